r"""Symbols, one a byte, as the units that a model codes, and back.

Example: LAYOUTS["audio_8bit"].units(b"\xff\x00") -> [127, 128]: the samples -1 and 0, each + 128.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Units = npt.NDArray[np.int32]
"""What a model codes: symbols, or samples."""


@dataclass(frozen=True)
class Layout:
    """How symbols make units of 0 .. 2^bits - 1.

    Arguments:
        bits: of a unit; of 16 two symbols are one, little-endian.
        signed: units are samples, each plus half of 2^bits.
        differences: a sample is the difference to the symbol before, modulo 256.
    """

    bits: int
    signed: bool = False
    differences: bool = False

    @property
    def width(self) -> int:
        """Symbols of a unit."""
        return 2 if self.bits == 16 else 1

    def units(self, symbols: bytes) -> Units:
        """The units of symbols, int32; symbols of a unit that is not whole are left out."""
        whole = symbols[: len(symbols) - len(symbols) % self.width]
        values = np.frombuffer(whole, "<i2" if self.bits == 16 else np.uint8).astype(np.int32)
        if self.differences:
            values = np.diff(values, prepend=np.int32(0))
        half = 1 << (self.bits - 1)
        return (values + half) % (2 * half) if self.signed else values

    def symbols(self, units: Units) -> bytes:
        """The mirror of `units`."""
        if not self.signed:
            return units.astype(np.uint8).tobytes()
        values = units.astype(np.int64) - (1 << (self.bits - 1))
        if self.bits == 16:
            return values.astype("<i2").tobytes()
        return (
            ((np.cumsum(values) if self.differences else values) % 256).astype(np.uint8).tobytes()
        )
