"""The message file `.cl`: coded messages back to back, in checked chunks, under a header.

Layout (format 1; integers are LEB128 unless said otherwise):

    "CLEN" | format, 1 byte | header length | header, UTF-8 JSON | CRC-32, 4 bytes
    per chunk:  messages (>= 1) | bits | bits packed | CRC-32 of the chunk, 4 bytes
    the end:    0 | messages in all | SHA-256 of the targets, 32 bytes | CRC-32, 4 bytes

Every CRC goes on from the one before it, so chunks cannot be dropped, swapped or repeated. The
header names the codec and its protocol's fingerprint: another codec, another version of a format,
other weights are refused by name.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from codelength.coding.bits import BitReader, Bits, BitWriter
from codelength.errors import InputError, MessageError

MAGIC = b"CLEN"
FORMAT = 1
CHUNK_BITS = 1 << 20
"""A chunk is closed at this many bits, or at `CHUNK_MESSAGES` messages."""
CHUNK_MESSAGES = 4096
BLOCK = 1 << 20
"""Bytes that are read at once."""

Json = str | int | float | bool | None | list["Json"] | Mapping[str, "Json"]


def canonical_json(value: Json) -> str:
    """`value` as JSON in one agreed form: keys sorted, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def fingerprint(protocol: Json) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a protocol's canonical JSON."""
    return sha256(canonical_json(protocol).encode()).hexdigest()[:16]


def differences(there: Json, here: Json, name: str = "") -> list[str]:
    """Where two protocols differ, each as "name: theirs there, ours here".

    Example: differences({"of": {"window": 8}}, {"of": {"window": 9}})
    -> ["of.window: 8 there, 9 here"].
    """
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        found: list[str] = []
        for key in dict.fromkeys([*there, *here]):
            inner = f"{name}.{key}" if name else key
            found += differences(there.get(key), here.get(key), inner)
        return found
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        pairs = enumerate(zip(there, here, strict=True))
        return [one for k, (a, b) in pairs for one in differences(a, b, f"{name}.{k}".lstrip("."))]
    if canonical_json(there) == canonical_json(here):
        return []
    return [f"{name or 'it'}: {canonical_json(there)} there, {canonical_json(here)} here"]


def varint(value: int) -> bytes:
    """LEB128: seven bits a byte, least significant first, the high bit set on all but the last."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def pack_header(header: Mapping[str, Json]) -> bytes:
    """The start of a file, up to and with the header's CRC."""
    text = canonical_json(header).encode()
    body = MAGIC + bytes([FORMAT]) + varint(len(text)) + text
    return body + zlib.crc32(body).to_bytes(4, "big")


@dataclass(frozen=True)
class Place:
    """A place between two chunks of a file: what is before it.

    Arguments:
        size: bytes.
        check: the CRC-32 there.
        messages, coded_bits: of the chunks.
    """

    size: int
    check: int
    messages: int
    coded_bits: int


class MessageWriter:
    """Writes a message file chunk by chunk.

    Arguments:
        file: open for writing bytes.
        after: the chunks that it holds already, as a `MessageReader` has read them; None: nothing.

    Attributes:
        size: bytes written so far; `check`: the CRC-32 that the next chunk goes on from.
        coded_bits, messages: written so far.
    """

    def __init__(
        self, file: BinaryIO, header: Mapping[str, Json], after: "Place | None" = None
    ) -> None:
        self._file = file
        if after is None:
            start = pack_header(header)
            file.write(start)
            after = Place(len(start), int.from_bytes(start[-4:], "big"), 0, 0)
        self.size, self.check = after.size, after.check
        self.coded_bits, self.messages = after.coded_bits, after.messages

    @property
    def place(self) -> "Place":
        """Where the file ends now."""
        return Place(self.size, self.check, self.messages, self.coded_bits)

    def add(self, bits: Bits, messages: int = 1) -> None:
        """A chunk of messages back to back."""
        self._record(varint(messages) + varint(len(bits)) + bytes(bits))
        self.coded_bits += len(bits)
        self.messages += messages

    def finish(self, digest: bytes) -> None:
        """The end; `digest` is the SHA-256 of the targets (see `TargetDigest`)."""
        self._record(varint(0) + varint(self.messages) + digest)

    def _record(self, body: bytes) -> None:
        self.check = zlib.crc32(body, self.check)
        self._file.write(body + self.check.to_bytes(4, "big"))
        self.size += len(body) + 4


def pack_messages(header: Mapping[str, Json], messages: Iterable[Bits], digest: bytes) -> bytes:
    """A whole file; `digest` is the SHA-256 of the targets (see `TargetDigest`)."""
    out = BytesIO()
    writer = MessageWriter(out, header)
    for count, bits in _chunks(messages):
        writer.add(bits, count)
    writer.finish(digest)
    return out.getvalue()


def _chunks(messages: Iterable[Bits]) -> Iterator[tuple[int, Bits]]:
    writer, count = BitWriter(), 0
    for bits in messages:
        writer.append(bits)
        count += 1
        if len(writer) >= CHUNK_BITS or count >= CHUNK_MESSAGES:
            yield count, writer.bits()
            writer, count = BitWriter(), 0
    if count:
        yield count, writer.bits()


class TargetDigest:
    """SHA-256 over the targets of a file in order, each under its length."""

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, target: bytes) -> None:
        """Take in one more target."""
        self._hash.update(len(target).to_bytes(8, "big"))
        self._hash.update(target)

    def digest(self) -> bytes:
        """The 32 bytes of the hash."""
        return self._hash.digest()

    def copy(self) -> "TargetDigest":
        """Another one that has taken in the same."""
        other = TargetDigest()
        other._hash = self._hash.copy()
        return other


@dataclass(frozen=True)
class Chunk:
    """Some messages back to back, without framing: their number and their bits."""

    messages: int
    data: bytes
    length: int

    def reader(self) -> BitReader:
        """A reader at the first message."""
        return BitReader(self.data, self.length)


@dataclass(frozen=True)
class MessageFile:
    """A message file that was read and whose checksums hold.

    Arguments:
        header: what the writer said of codec, corpus and protocol.
        chunks: the coded messages.
        digest: SHA-256 of the targets that they decode to.
        size: bytes of the whole file.
    """

    header: dict[str, Json]
    chunks: tuple[Chunk, ...]
    digest: bytes
    size: int

    @property
    def coded_bits(self) -> int:
        """Bits of the messages alone."""
        return sum(chunk.length for chunk in self.chunks)

    @property
    def container_bits(self) -> int:
        """What the file spends beyond its messages: header, checksums, padding."""
        return 8 * self.size - self.coded_bits

    @property
    def messages(self) -> int:
        """How many messages there are."""
        return sum(chunk.messages for chunk in self.chunks)


class MessageReader:
    """Reads a message file chunk by chunk; each is checked before it is given out.

    Iterate over it for the chunks. Memory: one chunk.

    Arguments:
        file: open for reading bytes; a pipe will do.
        name: of the file, for errors.

    Attributes:
        header: what the writer said of codec and protocol.
        place: behind the last chunk that was given out, or behind the header.
        digest: SHA-256 of the targets; empty until all chunks were given out.
        size: bytes read so far; in the end, of the whole file.

    Raises:
        MessageError: not a message file, another format version, damaged, or truncated; also while
            iterating.
    """

    def __init__(self, file: BinaryIO, name: str = "the message file") -> None:
        self._file, self._name = file, name
        self.size, self._check, self._start, self.digest = 0, 0, 0, b""
        magic = file.read(len(MAGIC))
        if magic != MAGIC[: len(magic)] or not magic:
            raise MessageError(f"{name} is not a .cl message file (it does not start with CLEN)")
        self.size, self._check = len(magic), zlib.crc32(magic)
        if len(magic) < len(MAGIC):
            raise self._truncated()
        version = self._take(1)[0]
        if version != FORMAT:
            raise MessageError(f"{name} has format {version}; this version reads format {FORMAT}")
        text = self._take(self._varint())
        self._close()
        self.header = _header(text, name)
        self.place = Place(self.size, self._check, 0, 0)

    def __iter__(self) -> Iterator[Chunk]:
        while count := self._varint():
            length = self._varint()
            payload = self._take((length + 7) // 8)
            self._close()
            before = self.place
            messages, bits = before.messages + count, before.coded_bits + length
            self.place = Place(self.size, self._check, messages, bits)
            yield Chunk(count, payload, length)
        total, digest = self._varint(), self._take(32)
        self._close()
        if total != self.place.messages or self._file.read(1):
            raise MessageError(
                f"{self._name} does not end where its last record says (damaged or appended)"
            )
        self.digest = digest

    def _take(self, count: int) -> bytes:
        """The next bytes; a damaged length does not ask for more memory than the file has."""
        parts: list[bytes] = []
        while count:
            part = self._file.read(min(count, BLOCK))
            if not part:
                raise self._truncated()
            self._check = zlib.crc32(part, self._check)
            self.size += len(part)
            count -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _truncated(self) -> MessageError:
        return MessageError(f"{self._name} is truncated: it ends at byte {self.size}")

    def _varint(self) -> int:
        value, shift = 0, 0
        while True:
            byte = self._take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise MessageError(f"{self._name} is damaged at byte {self.size}")

    def _close(self) -> None:
        """The end of a record: its checksum, from which the next one goes on."""
        check, end = self._check, self.size
        if int.from_bytes(self._take(4), "big") != check:
            raise MessageError(f"{self._name} is damaged between bytes {self._start} and {end}")
        self._check, self._start = check, self.size


def unpack_messages(data: bytes, name: str = "the message file") -> MessageFile:
    """Read a whole file and check every checksum.

    Raises:
        MessageError: not a message file, another format version, damaged, or truncated.
    """
    return _whole(BytesIO(data), name)


def read_messages(path: Path) -> MessageFile:
    """`unpack_messages` of a file on disk.

    Raises:
        InputError: also where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _whole(file, str(path))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _whole(file: BinaryIO, name: str) -> MessageFile:
    reader = MessageReader(file, name)
    chunks = tuple(reader)
    return MessageFile(reader.header, chunks, reader.digest, reader.size)


def _header(text: bytes, name: str) -> dict[str, Json]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"{name} has a header that is no JSON: {error}") from error
    if not isinstance(header, dict) or not all(
        isinstance(header.get(key), str) for key in ("codec", "fingerprint")
    ):
        raise MessageError(f"{name} has a header without codec and fingerprint")
    return header
