"""Single message files: encode one file, decode it, verify it."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.coding.bits import BitReader
from codelength.coding.messages import (
    Chunk,
    MessageFile,
    MessageWriter,
    TargetDigest,
    fingerprint,
    read_messages,
    write_atomic,
)
from codelength.corpora.files import read_file
from codelength.corpora.instances import NOTHING, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.runs.verify import Verification, rebuild

LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8."""


def encode_file(
    path: Path, name: str, out: Path, progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Encode a file into the message file `out`; every message is decoded again first.

    Codecs that say so (`Codec.piece`) get a message for each piece, in a chunk of its own.

    Arguments:
        progress: is called with (bytes done, bytes in all).

    Raises:
        InputError: unknown codec, unreadable file, or a codec without a message for it.
        MessageError: the codec's own message does not decode to the file; nothing is written.
    """
    codec = build_codec(name)
    refuse_same(path, out)
    whole, decoder = read_file(path), codec.decoder()
    pieces = list(cut_text(whole, codec.piece))
    header = {"codec": name, "fingerprint": fingerprint(codec.protocol())}
    made, digest, done = BytesIO(), TargetDigest(), 0
    writer = MessageWriter(made, header)
    for first in range(0, len(pieces), codec.together or 1):
        targets = pieces[first : first + (codec.together or 1)]
        encoder = codec.prepare([Instance(str(path), one) for one in targets])
        try:
            messages = [encoder.encode(one, NOTHING) for one in targets]
        except CannotEncode as error:
            raise InputError(f"{path}: {error}; wrap the codec in a Fallback") from error
        readers = [BitReader.over(bits) for bits in messages]
        if not codec.checks and (
            decoder.read_many(readers, [NOTHING] * len(readers)) != targets
            or any(reader.left for reader in readers)
        ):
            raise MessageError(
                f"{name} does not decode its own message of {path}; nothing is written"
            )
        for bits, one in zip(messages, targets, strict=True):
            writer.add(bits)
            digest.add(one)
        done += sum(map(len, targets))
        if progress:
            progress(done, len(whole))
    writer.finish(digest.digest())
    write_atomic(out, made.getvalue())
    coded, file_bits = writer.coded_bits, 8 * writer.size
    return Verification(out, name, len(pieces), len(whole), coded, file_bits - coded, True)


def cut_text(data: bytes, size: int) -> Iterator[bytes]:
    """Pieces of at most `size` bytes that do not cut a character of UTF-8; one piece where 0."""
    at = 0
    while size and len(data) - at > size:
        end = at + size
        while end > at + size - LONGEST_CHARACTER and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[at:end]
        at = end
    yield data[at:]


def refuse_same(source: Path, out: Path) -> None:
    """Refuse to write over what is read.

    Raises:
        InputError: both are one regular file.
    """
    if source.is_file() and out.is_file() and source.samefile(out):
        raise InputError(f"{out} is the file that is read; choose another -o")


def decode_file(
    path: Path, name: str = "", progress: Callable[[int, int], None] | None = None
) -> tuple[bytes, MessageFile]:
    """The targets of a message file that `codelength encode` wrote, joined; and the file.

    Arguments:
        name: of the codec where it goes by another name here: weights in another folder.
        progress: is called with (messages done, messages in all).

    Raises:
        MessageError: damaged, truncated, or of another protocol.
        InputError: the messages of a run, which need its conditions.
    """
    file = read_messages(path)
    if "corpus" in file.header:
        raise InputError(f"{path} belongs to a run; verify its folder {path.parent} instead")
    codec = rebuild(name or str(file.header["codec"]), str(file.header["fingerprint"]), path)
    digest, targets = TargetDigest(), []
    step = codec.together or 1
    for first in range(0, len(file.chunks), step):
        for target in _targets(codec, file.chunks[first : first + step], path):
            targets.append(target)
            digest.add(target)
        if progress:
            progress(len(targets), file.messages)
    if digest.digest() != file.digest:
        raise MessageError(f"{path}: the decoded target's SHA-256 is not the file's")
    return b"".join(targets), file


def _targets(codec: Codec, chunks: Sequence[Chunk], path: Path) -> list[bytes]:
    """The targets of some chunks; a message in each is read in step with the others."""
    readers = [chunk.reader() for chunk in chunks]
    if all(chunk.messages == 1 for chunk in chunks):
        targets = codec.read_many(readers, [NOTHING] * len(chunks))
    else:
        targets = [
            codec.read(reader, NOTHING)
            for reader, chunk in zip(readers, chunks, strict=True)
            for _ in range(chunk.messages)
        ]
    for reader in readers:
        if reader.left:
            raise MessageError(f"{path}: {reader.left} bits left in a chunk")
    return targets


def verify_file(path: Path) -> Verification:
    """Decode a message file and check the SHA-256 of what comes out; see `decode_file`."""
    target, file = decode_file(path)
    name = str(file.header["codec"])
    bits = file.coded_bits, file.container_bits
    return Verification(path, name, file.messages, len(target), *bits, True)
