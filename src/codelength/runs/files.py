"""Single message files: encode a file or a stream, decode it, verify it, in constant memory.

Codecs that say so (`Codec.piece`) get a message for each piece, in a chunk of its own, so many at
a time as they take together; the others take the whole at once.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.coding.bits import Bits
from codelength.coding.messages import (
    Json,
    MessageReader,
    MessageWriter,
    TargetDigest,
    canonical_json,
    fingerprint,
)
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.runs.chunks import code_pieces, come_back, read_chunks
from codelength.runs.fresh import FreshProcess
from codelength.runs.resume import Journal, Start
from codelength.runs.steps import Meter, Progress
from codelength.runs.streams import (
    STANDARD,
    Output,
    cut_stream,
    open_source,
    source_size,
)
from codelength.runs.verify import Verification, rebuild

Where = Literal["here", "process"]
"""Where messages are decoded before they count: in this process, or in a fresh one."""


@dataclass(frozen=True)
class Written(Verification):
    """A message file that was written.

    Arguments:
        plain: messages that did not come back and were replaced by plain ones.
        resumed: messages that an earlier, killed process had made.
    """

    plain: int = 0
    resumed: int = 0


@dataclass(frozen=True)
class _Group:
    targets: list[bytes]
    messages: list[Bits]
    plain: int = 0


def encode_file(
    path: Path, name: str, out: Path, progress: Progress | None = None, verify: Where = "here"
) -> Written:
    """Encode a file into the message file `out`; every message is decoded before it counts.

    A file that was begun by a process that was killed is gone on with, and ends with the same
    bytes, provided that codec, `verify` and the source so far are the same.

    Arguments:
        path: `-` is standard input, which cannot be gone on with.
        out: `-` is standard output, written as it goes.
        verify: "process": a fresh process decodes all messages, a group behind this one; those
            that do not come back are replaced by plain ones (`Codec.plain`).

    Raises:
        InputError: unknown codec, unreadable file, or a codec without a message for it.
        MessageError: the codec's own message does not decode to the file; nothing is written.
    """
    codec = build_codec(name)
    refuse_same(path, out)
    with open_source(path) as source:
        header: dict[str, Json] = {"codec": name, "fingerprint": fingerprint(codec.protocol())}
        if needs := codec.needs():
            header["needs"] = needs
        with Output(out) as output:
            chosen = codec.unchecked() if verify == "process" else codec
            job = _Encoding(path, chosen, header, verify, source, output)
            return job.run(out, progress)


class _Encoding:
    """One file on its way through a codec."""

    def __init__(
        self,
        path: Path,
        codec: Codec,
        header: dict[str, Json],
        verify: Where,
        source: BinaryIO,
        output: Output,
    ) -> None:
        self.path, self.codec, self.header, self.verify = path, codec, header, verify
        self.source, self.output, self.together = source, output, codec.together or 1
        self.journal: Journal | None = None
        self.meter = Meter(None, None, 0)

    def _start(self) -> Start:
        part = self.output.file
        if self.output.hidden is None or self.output.journal is None:
            return Start(None, TargetDigest())
        if self.codec.piece and self.path != STANDARD and source_size(self.source) is not None:
            identity: dict[str, Json] = {"header": self.header, "verify": self.verify}
            self.journal = Journal(self.output.journal, canonical_json(identity))
            return self.journal.start(
                part, self.header, self.source, self.codec.piece, self.together
            )
        part.truncate(0)
        return Start(None, TargetDigest())

    def run(self, out: Path, progress: Progress | None) -> Written:
        start, total = self._start(), source_size(self.source)
        digest, symbols, plain = start.digest, start.read, start.plain
        writer = MessageWriter(self.output.file, self.header, start.place)
        pieces = cut_stream(self.source, self.codec.piece, begun=start.place is not None)
        self.output.keep = self.journal is not None and start.place is not None
        self.meter = Meter(progress, total, symbols, tasks=1 if self.verify == "here" else 2)
        self.meter.tell(symbols, writer.coded_bits)
        with closing(self._verified(pieces)) as groups:
            for group in groups:
                for target, bits in zip(group.targets, group.messages, strict=True):
                    writer.add(bits)
                    digest.add(target)
                    symbols += len(target)
                plain += group.plain
                self.output.file.flush()
                if self.journal:
                    self.journal.add(writer.place, digest, plain)
                    self.output.keep = True
                self.meter.tell(symbols, writer.coded_bits)
        writer.finish(digest.digest())
        self.output.finish()
        coded = writer.coded_bits
        resumed = start.place.messages if start.place else 0
        return Written(
            out, str(self.header["codec"]), writer.messages, symbols, coded,
            8 * writer.size - coded, True, plain, resumed,
        )  # fmt: skip

    def _coded(self, pieces: Iterator[bytes]) -> Iterator[_Group]:
        while targets := list(islice(pieces, self.together)):
            with self.meter.working(sum(map(len, targets))):
                messages = code_pieces(self.codec, targets, str(self.path))
            yield _Group(targets, messages)

    def _verified(self, pieces: Iterator[bytes]) -> Generator[_Group, None, None]:
        groups = self._coded(pieces)
        if self.verify == "here":
            yield from self._verified_here(groups)
            return
        first = next(groups, None)
        if first is None:  # a file that lacked only its end
            return
        with FreshProcess(self.header) as fresh:
            fresh.send(first.targets, first.messages)
            for group in groups:  # is coded while the process decodes the one before
                yield self._settled(fresh, first)
                fresh.send(group.targets, group.messages)
                first = group
            yield self._settled(fresh, first)

    def _verified_here(self, groups: Iterable[_Group]) -> Iterator[_Group]:
        decoder = self.codec.decoder()
        for group in groups:
            if not (self.codec.checks or come_back(decoder, group.targets, group.messages)):
                raise self._lost()
            yield group

    def _settled(self, fresh: FreshProcess, group: _Group) -> _Group:
        """A group that was sent, with plain messages for those that do not come back."""
        messages, plain = list(group.messages), set[int]()
        with self.meter.working(sum(map(len, group.targets))):
            while wrong := set(fresh.receive(group.targets)):
                if wrong <= plain:
                    raise self._lost()
                for number in wrong - plain:
                    try:
                        messages[number] = self.codec.plain(group.targets[number])
                    except CannotEncode as error:
                        raise self._lost() from error
                plain |= wrong
                fresh.send(group.targets, messages)
        return _Group(group.targets, messages, len(plain))

    def _lost(self) -> MessageError:
        name = self.header["codec"]
        return MessageError(
            f"{name} does not decode its own message of {self.path}; nothing is written"
        )


def cut_text(data: bytes, size: int) -> Iterator[bytes]:
    """`cut_stream` of bytes."""
    return cut_stream(BytesIO(data), size)


def refuse_same(source: Path, out: Path) -> None:
    """Refuse to write over what is read.

    Raises:
        InputError: both are one regular file.
    """
    if source.is_file() and out.is_file() and source.samefile(out):
        raise InputError(
            f"{out} is the file that is read; choose another place for what is written"
        )


def _same(name: str) -> str:
    return name


def decode_file(
    path: Path,
    out: Path | None,
    named: Callable[[str], str] = _same,
    progress: Progress | None = None,
) -> Verification:
    """Decode a message file that `encode_file` wrote into the file `out`.

    `out` is put in place when the SHA-256 of all that was decoded holds.

    Arguments:
        path: `-` is standard input.
        out: `-` is standard output, written as it goes; None: nowhere.
        named: from the codec that the header names to the one to build: weights in another folder.

    Raises:
        MessageError: damaged, truncated, or of another protocol.
        InputError: the messages of a run, which need its conditions.
    """
    if out is not None:
        refuse_same(path, out)
    with open_source(path) as source:
        reader = MessageReader(source, str(path))
        if "corpus" in reader.header:
            raise InputError(f"{path} belongs to a run; verify its folder {path.parent} instead")
        codec = _reading_codec(reader.header, named(str(reader.header["codec"])), path)
        total = source_size(source)
        if out is None:
            symbols = _decode(codec, reader, None, str(path), total, progress)
        else:
            with Output(out) as output:
                if output.hidden:
                    output.file.truncate(0)
                symbols = _decode(codec, reader, output.file, str(path), total, progress)
                output.finish()
    name, place = str(reader.header["codec"]), reader.place
    container = 8 * reader.size - place.coded_bits
    where = path if out is None else out
    return Verification(where, name, place.messages, symbols, place.coded_bits, container, True)


def _decode(
    codec: Codec,
    reader: MessageReader,
    file: BinaryIO | None,
    name: str,
    total: int | None,
    progress: Progress | None,
) -> int:
    """Decode all chunks into `file`; returns how many symbols there were."""
    digest, symbols, chunks = TargetDigest(), 0, iter(reader)
    meter = Meter(progress, total, reader.size)
    meter.tell(0, 0)
    before = reader.size
    while group := list(islice(chunks, codec.together or 1)):
        with meter.working(reader.size - before):
            targets = read_chunks(codec, group, name)
        before = reader.size
        for target in targets:
            digest.add(target)
            symbols += len(target)
            if file:
                file.write(target)
        if file:
            file.flush()
        meter.tell(symbols, reader.place.coded_bits)
    with meter.working(reader.size - before):
        if digest.digest() != reader.digest:
            raise MessageError(f"{name}: the decoded target's SHA-256 is not the file's")
    meter.tell(symbols, reader.place.coded_bits)
    return symbols


def _reading_codec(header: dict[str, Json], name: str, path: Path) -> Codec:
    """The codec that reads a file; `name` is what the one in its header is called here.

    Raises:
        MessageError: it is another; says what was recorded and what is here.
    """
    try:
        return rebuild(name, str(header["fingerprint"]), path)
    except MessageError as error:
        here = build_codec(name)
        recorded, found = str(header.get("needs", "")), here.needs()
        needs = ("", "")
        if recorded != found:
            needs = f", which needs {recorded or 'nothing'}", f", which needs {found or 'nothing'}"
        raise MessageError(
            f"{path} was written by another protocol: {header['codec']} with fingerprint"
            f" {header['fingerprint']}{needs[0]}; here {name} has {fingerprint(here.protocol())}"
            f"{needs[1]} (other weights, options or versions)"
        ) from error


def verify_file(path: Path) -> Verification:
    """Decode a message file and check the SHA-256 of what comes out; see `decode_file`."""
    return decode_file(path, None)
