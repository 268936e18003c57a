"""Standard compressors as codecs: their own formats, byte for byte, header and all.

Example: Standard("gzip").encode(b"") -> 160 bits: an empty gzip file is 20 bytes.

gzip, deflate, bz2, xz, zstd and brotli streams know where they end, so they need no framing. A ppmd
stream does not: it is sent behind its length, the target's length where that is not public, and a
16-bit checksum over length and stream, because the library crashes on damaged input.
"""

import binascii
import bz2
import lzma
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import brotli
import pyppmd
import zstandard

from codelength.codecs.combinators import (
    LONGEST,
    check_alphabet,
    check_read,
    length_bits,
    read_length,
)
from codelength.codecs.protocol import Codec, Estimation, Estimator
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import elias_delta, read_elias_delta
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError, MessageError

MOST = (1 << 31) - 1
"""Bytes that pyppmd can decode."""
EMPTY_GZIP = 20
"""Bytes of an empty gzip file, which KT's code takes off each item."""


def gzip_paper_bytes(data: bytes) -> int:
    """Bytes of a gzip file as KT's code makes it: of the bytes as Latin-1 text in UTF-8.

    Every byte of 128 and more counts twice before it is compressed (KT, Table 6).
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    text = data.decode("latin-1").encode()
    return len(compressor.compress(text)) + len(compressor.flush())


class GzipPaper(Estimator):
    """KT's GZIP baseline as its code computes it; nothing is written that could be decoded.

    Arguments:
        free: bytes that are not counted: an empty file's 20 for items, 0 for a whole file.
    """

    def __init__(self, free: int = EMPTY_GZIP) -> None:
        self.free = free

    def estimate(self, target: bytes, given: Condition = NOTHING) -> Estimation:
        """8 * (bytes of the gzip file of the target's Latin-1 text in UTF-8, less `free`)."""
        return Estimation(8.0 * (gzip_paper_bytes(target) - self.free))

    def protocol(self) -> dict[str, Json]:
        """See `Estimator.protocol`."""
        return {"estimator": "gzip-paper", "free_bytes": self.free}


class Stream(Protocol):
    """What the libraries' decompressors have in common."""

    def decompress(self, data: bytes, limit: int, /) -> bytes:
        """Take in more of the stream; return what it gives, `limit` bytes at most."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """What was given behind the end."""


class BrotliStream:
    """brotli's decompressor with the end of the stream found, by giving it one byte at a time."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.unused_data = b""
        self.eof = False

    def decompress(self, data: bytes, limit: int, /) -> bytes:
        """See `Stream.decompress`."""
        out, made = [], 0
        for at in range(len(data)):
            out.append(self._inner.process(data[at : at + 1], output_buffer_limit=limit - made))
            made += len(out[-1])
            if made >= limit:
                break
            if self._inner.is_finished():
                self.eof, self.unused_data = True, data[at + 1 :]
                break
        return b"".join(out)


class ZstdStream:
    """zstandard's decompressor, which takes no limit: frames that announce too much are refused."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._started = False

    def decompress(self, data: bytes, limit: int, /) -> bytes:
        """See `Stream.decompress`."""
        if not self._started:
            size = zstandard.get_frame_parameters(data).content_size
            if size > limit:
                raise zstandard.ZstdError(f"a frame of {size} bytes")
            self._started = True
        return self._inner.decompress(data)

    @property
    def eof(self) -> bool:
        """See `Stream.eof`."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """See `Stream.unused_data`."""
        return self._inner.unused_data


class Format(ABC):
    """A compressor with a self-delimiting format.

    Arguments:
        level: of effort, in the library's own scale.
    """

    levels: range
    default: int
    errors: tuple[type[Exception], ...]

    def __init__(self, level: int) -> None:
        self.level = level

    @abstractmethod
    def compress(self, data: bytes) -> bytes:
        """The whole stream."""

    @abstractmethod
    def stream(self) -> Stream:
        """A new decompressor."""


class _Zlib(Format):
    levels, default, errors = range(10), 9, (zlib.error,)
    window: int

    def compress(self, data: bytes) -> bytes:
        compressor = zlib.compressobj(self.level, zlib.DEFLATED, self.window)
        return compressor.compress(data) + compressor.flush()

    def stream(self) -> Stream:
        return zlib.decompressobj(self.window)


class Gzip(_Zlib):
    """The gzip file format (RFC 1952): 18 bytes of header, checksum and length."""

    window = 31


class Deflate(_Zlib):
    """A bare deflate stream (RFC 1951)."""

    window = -15


class Bz2(Format):
    """The bzip2 file format."""

    levels, default, errors = range(1, 10), 9, (OSError, EOFError)

    def compress(self, data: bytes) -> bytes:
        """See `Format.compress`."""
        return bz2.compress(data, self.level)

    def stream(self) -> Stream:
        """See `Format.stream`."""
        return bz2.BZ2Decompressor()


class Xz(Format):
    """The xz file format with CRC-32, extreme presets, a dictionary no larger than the data."""

    levels, default, errors = range(10), 9, (lzma.LZMAError, EOFError)

    def compress(self, data: bytes) -> bytes:
        """See `Format.compress`. The dictionary's size changes the speed, not the length."""
        size = min(max(4096, 1 << max(len(data) - 1, 0).bit_length()), 1 << 26)
        preset = self.level | lzma.PRESET_EXTREME
        filters = [{"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": size}]
        return lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters)

    def stream(self) -> Stream:
        """See `Format.stream`."""
        return lzma.LZMADecompressor(lzma.FORMAT_XZ)


class Zstd(Format):
    """A Zstandard frame without checksum."""

    levels, default, errors = range(1, 23), 19, (zstandard.ZstdError,)

    @cached_property
    def _compressor(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(level=self.level, write_checksum=False)

    def compress(self, data: bytes) -> bytes:
        """See `Format.compress`."""
        return self._compressor.compress(data)

    def stream(self) -> Stream:
        """See `Format.stream`."""
        return ZstdStream()

    def __getstate__(self) -> dict[str, int]:
        return {"level": self.level}


class Brotli(Format):
    """A brotli stream (RFC 7932)."""

    levels, default, errors = range(12), 11, (brotli.error,)

    def compress(self, data: bytes) -> bytes:
        """See `Format.compress`."""
        compressed: bytes = brotli.compress(data, quality=self.level, lgwin=24)
        return compressed

    def stream(self) -> Stream:
        """See `Format.stream`."""
        return BrotliStream()


FORMATS: Mapping[str, type[Format]] = {
    "gzip": Gzip,
    "deflate": Deflate,
    "bz2": Bz2,
    "xz": Xz,
    "zstd": Zstd,
    "brotli": Brotli,
}


class Standard(Codec):
    """A standard compressor: the message is its file.

    Arguments:
        name: a key of `FORMATS`.
        level: effort; the compressor's strongest usual one by default.
    """

    def __init__(self, name: str, level: int | None = None) -> None:
        self.name = name
        kind = FORMATS[name]
        self._format = kind(kind.default if level is None else level)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        check_alphabet(target, given)
        return Bits.from_bytes(self._format.compress(target))

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        limit = LONGEST if given.length is None else given.length
        target = read_stream(reader, self._format.stream, self._format.errors, self.name, limit)
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`. Any level decodes alike."""
        return {"codec": self.name}


def read_stream(
    reader: BitReader,
    new_stream: Callable[[], Stream],
    errors: tuple[type[Exception], ...],
    name: str,
    limit: int,
) -> bytes:
    """Decompress one stream of at most `limit` bytes and move `reader` behind it.

    Raises:
        MessageError: damaged or truncated, or more than `limit` bytes come out.
    """
    stream, out, size = new_stream(), [], 256
    left = min(limit, LONGEST) + 1
    try:
        while not stream.eof:
            piece = bytes(reader.peek(8 * min(size, reader.left // 8)))
            if not piece:
                raise MessageError(f"the {name} stream is truncated")
            out.append(stream.decompress(piece, left))
            left -= len(out[-1])
            if left <= 0:
                raise MessageError(f"the {name} stream holds more than {limit} bytes")
            reader.skip(8 * (len(piece) - len(stream.unused_data)))
            size = min(4 * size, 1 << 20)
    except errors as error:
        raise MessageError(f"the {name} stream is damaged: {error}") from error
    return b"".join(out)


@dataclass(frozen=True)
class Ppmd(Codec):
    """PPMd variant H (Shkarin; 7-Zip's), behind the lengths that it needs and a checksum.

    Arguments:
        order: of the longest context, 2..64.
        memory: bytes for the model, at most.
    """

    order: int = 6
    memory: int = 1 << 24

    def _memory(self, length: int) -> int:
        # Memory that an item cannot fill only costs time; both ends know the length.
        return min(self.memory, max(1 << 16, 1 << (64 * length).bit_length()))

    def _check(self, length: int, stream: bytes) -> int:
        return binascii.crc_hqx(stream, binascii.crc_hqx(length.to_bytes(8, "big"), 0))

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        check_alphabet(target, given)
        head = length_bits(len(target), given)
        if not target:
            return head
        if len(target) > MOST:
            raise InputError(f"ppmd takes {MOST} bytes at most, not {len(target)}")
        encoder = pyppmd.Ppmd7Encoder(self.order, self._memory(len(target)))
        stream = encoder.encode(target) + encoder.flush()
        check = Bits.from_int(self._check(len(target), stream), 16)
        return head + elias_delta(len(stream)) + check + Bits.from_bytes(stream)

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        if not length:
            return b""
        size = read_elias_delta(reader)
        check = reader.read_int(16)
        if 8 * size > reader.left:
            raise MessageError("the ppmd stream is truncated")
        stream = reader.read_bytes(size)
        if length > MOST or self._check(length, stream) != check:
            raise MessageError("the ppmd stream is damaged")
        decoder = pyppmd.Ppmd7Decoder(self.order, self._memory(length))
        try:
            target: bytes = decoder.decode(stream, length)
            while len(target) < length and decoder.needs_input:
                target += decoder.decode(b"\0", length - len(target))  # as 7-Zip's readers do
        except (ValueError, SystemError, OverflowError, MemoryError) as error:
            raise MessageError(f"the ppmd stream is damaged: {error}") from error
        if len(target) != length:
            raise MessageError("the ppmd stream ends before its target")
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "ppmd", "order": self.order, "memory": self.memory}
