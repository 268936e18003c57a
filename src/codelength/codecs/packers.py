"""What people pack sound and DNA with: FLAC, and two bits a base.

Example: TwoBit().encode(bytes([0, 1, 2, 3]), Condition(4, 8)) -> 8 bits of bases, 8 of cases.

A FLAC file does not say where it ends: it is sent behind its length.
"""

from importlib import import_module
from io import BytesIO
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.codecs.combinators import check_alphabet, check_read, length_bits, read_length
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import Spec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import elias_delta, read_elias_delta
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.corpora.speech import MISSING, RATE
from codelength.errors import InputError, MessageError

BASES = 8
"""Symbols of DNA: 4 x case + base."""
BLOCK = 1 << 16


def library() -> Any:
    """Libsndfile.

    Raises:
        InputError: it is not installed.
    """
    try:
        return import_module("soundfile")
    except ImportError as error:
        raise InputError(MISSING) from error


class Flac(Codec):
    """Samples of 16 bits (two symbols each, little-endian) or of 8 as a FLAC file, by libsndfile.

    A last symbol that is no whole sample stands plainly behind it.

    Arguments:
        bits: of a sample.
    """

    def __init__(self, bits: int) -> None:
        library()  # is it there?
        self._bits = bits

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        check_alphabet(target, given)
        whole = len(target) - len(target) % (self._bits // 8)
        if self._bits == 16:
            samples = np.frombuffer(target[:whole], "<i2").astype(np.int16)
        else:  # libsndfile takes samples of 16 bits and keeps the upper 8
            samples = np.frombuffer(target, np.int8).astype(np.int16) << 8
        head = length_bits(len(target), given)
        if not whole:
            return head + Bits.from_bytes(target)
        file, kind = BytesIO(), "PCM_16" if self._bits == 16 else "PCM_S8"
        library().write(file, samples, RATE, format="FLAC", subtype=kind, compression_level=1.0)
        stream = file.getvalue()
        size = elias_delta(len(stream))
        return head + size + Bits.from_bytes(stream) + Bits.from_bytes(target[whole:])

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        rest = length % (self._bits // 8)
        target = b""
        if length > rest:
            size = read_elias_delta(reader)
            if 8 * size > reader.left:
                raise MessageError("the FLAC file is truncated")
            samples = self._samples(reader.read_bytes(size), length // (self._bits // 8))
            if self._bits == 16:
                target = samples.astype("<i2").tobytes()
            else:
                target = (samples >> 8).astype(np.int8).tobytes()
        target += reader.read_bytes(rest)
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "flac", "bits": self._bits, "library": library().__libsndfile_version__}

    def _samples(self, stream: bytes, count: int) -> npt.NDArray[np.int16]:
        sound = library()
        try:
            with sound.SoundFile(BytesIO(stream)) as file:
                if (file.frames, file.channels, file.format) != (count, 1, "FLAC"):
                    raise MessageError("the FLAC file has another length")
                blocks = list(file.blocks(BLOCK, dtype="int16"))  # room for what is there
        except (sound.SoundFileError, ValueError) as error:
            raise MessageError(f"the FLAC file is damaged: {error}") from error
        samples = np.concatenate([np.zeros(0, np.int16), *blocks])
        if len(samples) != count:
            raise MessageError("the FLAC file ends before its samples")
        return samples


class TwoBit(Codec):
    """DNA of 8 symbols: two bits a base, and the lengths of runs of case (Elias delta)."""

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`.

        Raises:
            InputError: a symbol is 8 or more.
        """
        check_alphabet(target, given)
        if target and max(target) >= BASES:
            raise InputError(f"twobit knows the symbols 0..{BASES - 1}, not {max(target)}")
        symbols = np.frombuffer(target, np.uint8)
        bases = np.stack([symbols >> 1 & 1, symbols & 1], axis=1).ravel()
        packed = np.packbits(bases).tobytes()
        cases = [(key, len(list(run))) for key, run in groupby((symbols >> 2).tolist())]
        first = Bits(str(cases[0][0])) if cases else Bits()
        runs = Bits("".join(str(elias_delta(size)) for _, size in cases[:-1]))
        end = elias_delta(len(cases)) if cases else Bits()
        head = length_bits(len(target), given)
        return head + first + end + runs + Bits.from_bytes(packed, 2 * len(target))

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        if not length:
            return b""
        if 2 * length > reader.left:
            raise MessageError(f"{length} bases cannot stand in {reader.left} bits")
        case, left = reader.read_int(1), length
        cases: list[int] = []
        for _ in range(read_elias_delta(reader) - 1):
            size = read_elias_delta(reader)
            left -= size
            if left <= 0:
                raise MessageError("runs of case are longer than the data")
            cases += [case] * size
            case ^= 1
        cases += [case] * left
        if 2 * length > reader.left:
            raise MessageError("the bases are truncated")
        bits = Bits.from_int(reader.read_int(2 * length), 2 * length)
        found = np.unpackbits(np.frombuffer(bytes(bits), np.uint8), count=2 * length)
        bases = found.reshape(-1, 2) @ np.array([2, 1])
        target: bytes = (np.array(cases) * 4 + bases).astype(np.uint8).tobytes()
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "twobit"}


def build_flac(spec: Spec) -> Codec:
    """`flac`: option `bits`, 16 or 8."""
    spec.only("bits")
    return Flac(int(spec.choice("bits", ("16", "8"), "16")))


def build_twobit(spec: Spec) -> Codec:
    """`twobit`."""
    spec.only()
    return TwoBit()
