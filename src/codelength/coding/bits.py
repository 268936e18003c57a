r"""`Bits`: an immutable string of bits; a writer that joins many; a reader that walks them.

Example: Bits("101") + Bits("1") -> Bits("1011"), 4 bits, packed to b"\xb0".
"""

from collections.abc import Iterator
from typing import overload

from codelength.errors import MessageError


class Bits:
    """An immutable string of bits, first bit first; `len` counts bits, not bytes.

    Arguments:
        text: zeros and ones, e.g. `"101"`. See `from_bytes` and `from_int` for other sources.
    """

    __slots__ = ("_length", "_value")

    def __init__(self, text: str = "") -> None:
        if text.strip("01"):
            raise ValueError(f"Bits takes a string of 0 and 1, not {text!r}")
        self._length = len(text)
        self._value = int(text, 2) if text else 0

    @classmethod
    def from_int(cls, value: int, length: int) -> "Bits":
        """The `length` bits of `value`, most significant first."""
        value, length = int(value), int(length)  # numpy's integers would overflow
        if length < 0 or value < 0 or value >> length:
            raise ValueError(f"{value} does not fit into {length} bits")
        bits = cls.__new__(cls)
        bits._value, bits._length = value, length
        return bits

    @classmethod
    def from_bytes(cls, data: bytes, length: int | None = None) -> "Bits":
        """The first `length` bits of `data` (all of them by default)."""
        length = 8 * len(data) if length is None else int(length)
        if not 0 <= length <= 8 * len(data):
            raise ValueError(f"{len(data)} bytes do not hold {length} bits")
        used = (length + 7) // 8
        return cls.from_int(int.from_bytes(data[:used], "big") >> (8 * used - length), length)

    def __len__(self) -> int:
        return self._length

    def __int__(self) -> int:
        return self._value

    def __bytes__(self) -> bytes:
        """The bits packed into bytes, the last byte filled with zeros."""
        used = (self._length + 7) // 8
        return (self._value << (8 * used - self._length)).to_bytes(used, "big")

    def __add__(self, other: "Bits") -> "Bits":
        if not isinstance(other, Bits):
            return NotImplemented
        value = (self._value << other._length) | other._value
        return Bits.from_int(value, self._length + other._length)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "Bits": ...
    def __getitem__(self, index: int | slice) -> "int | Bits":
        if isinstance(index, slice):
            return Bits(str(self)[index])
        if not -self._length <= index < self._length:
            raise IndexError(f"bit {index} of {self._length}")
        return (self._value >> (self._length - 1 - index % self._length)) & 1

    def __iter__(self) -> Iterator[int]:
        return (int(bit) for bit in str(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bits):
            return NotImplemented
        return self._length == other._length and self._value == other._value

    def __hash__(self) -> int:
        return hash((self._length, self._value))

    def __str__(self) -> str:
        return format(self._value, f"0{self._length}b") if self._length else ""

    def __repr__(self) -> str:
        text = str(self) if self._length <= 64 else f"{self[:61]!s}..."
        return f"Bits({text!r})"


class BitWriter:
    """Joins bits; `len` is how many were appended, `bytes` packs them with zeros at the end."""

    def __init__(self) -> None:
        self._full = bytearray()
        self._rest = Bits()

    def append(self, bits: Bits) -> None:
        """Add `bits` at the end."""
        joined = self._rest + bits
        whole, left = divmod(len(joined), 8)
        self._full += (int(joined) >> left).to_bytes(whole, "big")
        self._rest = Bits.from_int(int(joined) & ((1 << left) - 1), left)

    def __len__(self) -> int:
        return 8 * len(self._full) + len(self._rest)

    def __bytes__(self) -> bytes:
        return bytes(self._full) + bytes(self._rest)

    def bits(self) -> Bits:
        """All that was appended, as one `Bits`."""
        return Bits.from_bytes(bytes(self), len(self))


class BitReader:
    """Walks over packed bits; reading past the end raises `MessageError`.

    Arguments:
        data: packed bytes, first bit first.
        length: how many bits of `data` count (all by default).
    """

    def __init__(self, data: bytes, length: int | None = None) -> None:
        self.data = data
        self.length = 8 * len(data) if length is None else length
        self.position = 0
        if not 0 <= self.length <= 8 * len(data):
            raise ValueError(f"{len(data)} bytes do not hold {self.length} bits")

    @classmethod
    def over(cls, bits: Bits) -> "BitReader":
        """A reader at the start of `bits`."""
        return cls(bytes(bits), len(bits))

    @property
    def left(self) -> int:
        """Bits that are not read yet."""
        return self.length - self.position

    def skip(self, count: int) -> None:
        """Move on by `count` bits."""
        if not 0 <= count <= self.left:
            raise MessageError(
                f"the message ends {count - self.left} bits too early (truncated or damaged)"
            )
        self.position += count

    def peek(self, count: int) -> Bits:
        """The next `count` bits, or as many as there are, without moving."""
        count = max(0, min(count, self.left))
        first, last = self.position // 8, (self.position + count + 7) // 8
        value = int.from_bytes(self.data[first:last], "big") >> (8 * last - self.position - count)
        return Bits.from_int(value & ((1 << count) - 1), count)

    def read(self, count: int) -> Bits:
        """The next `count` bits."""
        bits = self.peek(count)
        self.skip(count)
        return bits

    def read_int(self, count: int) -> int:
        """The next `count` bits as an unsigned integer, most significant bit first."""
        return int(self.read(count))

    def read_bytes(self, count: int) -> bytes:
        """The next `8 * count` bits as bytes."""
        return bytes(self.read(8 * count))
