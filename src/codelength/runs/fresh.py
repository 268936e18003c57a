"""A fresh process that decodes messages as they are made: it has the bytes of a file alone.

The parent sends whole message files, each under its length in 8 bytes; for every chunk the process
says one line: the SHA-256 of its target, or "-" and why there is none. "!" and why: it cannot read
the file at all. Before these, "~" and the share of the work that is done, now and then.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from queue import Queue
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from threading import Thread
from types import TracebackType
from typing import Self

from codelength.codecs.protocol import Codec
from codelength.coding.bits import Bits
from codelength.coding.messages import (
    BLOCK,
    Json,
    MessageWriter,
    TargetDigest,
    unpack_messages,
)
from codelength.coding.pulse import listening, tell
from codelength.errors import CodelengthError, MessageError
from codelength.runs.chunks import read_each
from codelength.runs.verify import rebuild

COMMAND = (sys.executable, "-P", "-c", "from codelength.runs.fresh import serve; serve()")
"""-P: nothing is imported from the current folder."""
EVERY = 2.0
"""Seconds between shares, so that those of hours fit into a pipe that nobody reads meanwhile."""
NAME = Path("the message file")


class FreshProcess:
    """The parent's end. Use it as a context manager: the process ends with it.

    Arguments:
        header: of the message file; names the codec that the process builds.
    """

    def __init__(self, header: Mapping[str, Json]) -> None:
        self._header = header
        self._said = TemporaryFile()  # noqa: SIM115  closed by __exit__
        self._process: Popen[bytes]

    def __enter__(self) -> Self:
        # A group of its own: Ctrl-C is for the parent, which ends it.
        self._process = Popen(COMMAND, stdin=PIPE, stdout=PIPE, stderr=self._said, process_group=0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()  # all that it was asked is answered, or of no use
        self._process.communicate()
        self._said.close()

    def send(self, targets: Sequence[bytes], messages: Sequence[Bits]) -> None:
        """Ask for these messages; `receive` has the answers."""
        data, digest = BytesIO(), TargetDigest()
        writer = MessageWriter(data, self._header)
        for target, bits in zip(targets, messages, strict=True):
            writer.add(bits)
            digest.add(target)
        writer.finish(digest.digest())
        file = data.getvalue()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(len(file).to_bytes(8, "big") + file)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def receive(self, targets: Sequence[bytes]) -> list[int]:
        """The numbers of the messages, of those sent last, that do not come back as `targets`.

        Raises:
            MessageError: the process cannot build the codec that the header names.
            ChildProcessError: it ended.
        """
        assert self._process.stdout is not None
        wrong = []
        for number, target in enumerate(targets):
            line = self._process.stdout.readline().decode()
            while line.startswith("~") and line.endswith("\n"):
                tell(float(line[1:]))
                line = self._process.stdout.readline().decode()
            if not line.endswith("\n"):
                raise self._ended()
            if line.startswith("!"):
                raise MessageError(f"a fresh process does not read it: {line[1:].strip()}")
            if line.strip() != sha256(target).hexdigest():
                wrong.append(number)
        return wrong

    def _ended(self) -> ChildProcessError:
        code = self._process.wait()
        self._said.seek(0)
        *_, last = [b"", *self._said.read().split(b"\n")[:-1]]
        said = last.decode(errors="replace").strip()
        return ChildProcessError(
            f"the process that decodes what was coded ended with code {code}"
            + (f": {said}" if said else "")
        )


def serve() -> None:
    """The process: answer what comes on standard input until it ends, which ends this at once."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints
    asked: Queue[bytes] = Queue(1)
    Thread(target=_listen, args=(sys.stdin.fileno(), asked), daemon=True).start()

    def say(line: str) -> None:
        out.write(" ".join(line.split()) + "\n")

    told = time.monotonic()

    def share(done: float) -> None:
        nonlocal told
        if time.monotonic() > told + EVERY:
            told = time.monotonic()
            say(f"~{done:.4f}")
            out.flush()

    with listening(share):
        while True:
            for line in answers(asked.get()):
                say(line)
            out.flush()


def _listen(source: int, asked: "Queue[bytes]") -> None:
    while len(size := _read(source, 8)) == 8:
        asked.put(_read(source, int.from_bytes(size, "big")))
    os._exit(0)  # the parent is gone, or has what it wants


def _read(source: int, count: int) -> bytes:
    """So many bytes, or fewer at the end; of the descriptor, for it holds no lock at our end."""
    data = bytearray()
    while part := os.read(source, min(count - len(data), BLOCK)):
        data += part
    return bytes(data)


def answers(file: bytes) -> Iterator[str]:
    """A line for each chunk of a message file."""
    try:
        found = unpack_messages(file, str(NAME))
        codec = _codec(str(found.header["codec"]), str(found.header["fingerprint"]))
    except CodelengthError as error:
        yield f"! {error}"
        return
    try:
        targets = read_each(codec, found.chunks, str(NAME))
    except CodelengthError as error:
        yield from [f"- {error}"] * len(found.chunks)
        return
    for one in targets:
        yield f"- {one}" if isinstance(one, MessageError) else sha256(one).hexdigest()


@cache
def _codec(name: str, protocol_fingerprint: str) -> Codec:
    return rebuild(name, protocol_fingerprint, NAME)
