"""An exact arithmetic coder over integer frequency tables (Rissanen 1976, Pasco 1977).

Guarantees:

- A message takes at most ceil(NLL) + 1 bits, NLL being the sum of log2(total / frequency) over the
  tables that were used (up to a loss of total / 2^61 a symbol: 2^-37 at a total of 2^24).
- Messages are prefix-free: the decoder finds the end of its message and leaves the reader there.
- Integers only: the same tables give the same bits on every machine. Golden tests freeze them.

State: the interval [low, low + width) scaled so that 2^61 < width <= 2^62. Each doubling moves one
bit of `low` out; a carry walks back over the bits that are out already.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.bits import BitReader, Bits
from codelength.coding.compiled import constant, inner, kernel, part
from codelength.coding.tables import MAX_TOTAL, FrequencyTable
from codelength.errors import MessageError

PRECISION = 62
WHOLE = 1 << 62
HALF = 1 << 61
ONE = constant(1)

LOW, WIDTH, COUNT, OFFSET, START, END = range(6)
"""Fields of the state, int64 `[6]`: low, width, bits that moved out; for the decoder also the
offset of the message in the interval, the bit at which it starts, and the end of the data."""

Array = npt.NDArray[np.int64]
Buffer = npt.NDArray[np.uint8]


@kernel
def encode_step(state: Array, out: Buffer, first: int, frequency: int, total: int) -> None:
    """Narrow to [first, first + frequency) of `total`; `out` holds one bit a byte."""
    unit = state[1] // total
    state[0] += unit * first
    if first + frequency == total:
        state[1] -= unit * first  # the last symbol takes what the division left over
    else:
        state[1] = unit * frequency
    count = state[2]
    if state[0] >= WHOLE:
        state[0] -= WHOLE
        at = count - 1
        while out[at] == 1:
            out[at] = 0
            at -= 1
        out[at] = 1
    while state[1] <= HALF:
        out[count] = state[0] >> 61
        state[0] = (state[0] << 1) & (WHOLE - 1)
        state[1] <<= 1
        count += 1
    state[2] = count


@inner
def ending(low: int, width: int) -> tuple[int, int]:
    """The fewest bits k, and their value v, such that every continuation stays in the interval."""
    for k in range(3):
        step = WHOLE >> k
        value = (low + step - 1) >> (62 - k)
        if (value << (62 - k)) - low + step <= width:
            return k, value
    return 3, 0  # never: width > 2^61 holds a quarter


@inner
def put(count: int, out: Buffer, value: int, bits: int) -> None:
    """Write a value behind the `count` bits that are out; one bit too large, it carries."""
    if value >> bits:
        at = count - 1
        while out[at] == 1:
            out[at] = 0
            at -= 1
        out[at] = 1
    for j in range(bits):
        out[count + j] = (value >> (bits - 1 - j)) & 1


@kernel
def finish_encoding(state: Array, out: Buffer) -> int:
    """Write the ending into `out`; returns the length of the message in bits."""
    k, value = ending(state[0], state[1])
    put(state[2], out, value, k)
    return state[2] + k


@inner
def bit_at(data: Buffer, position: int, end: int) -> int:
    """The bit of packed `data` at `position`; 0 past `end`."""
    if position >= end:
        return 0
    return (np.int64(data[position >> 3]) >> (7 - (position & 7))) & 1


@kernel
def start_decoding(state: Array, data: Buffer) -> None:
    """Fill the window; fields START and END are set by the caller."""
    state[0] = 0
    state[1] = WHOLE
    state[2] = 0
    offset = 0
    for j in range(62):
        offset = (offset << 1) | bit_at(data, state[4] + j, state[5])
    state[3] = offset


@kernel
def decode_target(state: Array, total: int) -> int:
    """The number in 0..total-1 that the message points at; the symbol that owns it comes next."""
    return min(state[3] // (state[1] // total), total - 1)


@kernel
def decode_step(state: Array, data: Buffer, first: int, frequency: int, total: int) -> None:
    """Narrow to [first, first + frequency) of `total`, as the encoder did."""
    unit = state[1] // total
    state[0] += unit * first
    state[3] -= unit * first
    if first + frequency == total:
        state[1] -= unit * first
    else:
        state[1] = unit * frequency
    state[0] &= WHOLE - 1
    while state[1] <= HALF:
        state[0] = (state[0] << 1) & (WHOLE - 1)
        state[1] <<= 1
        state[3] = (state[3] << 1) | bit_at(data, state[4] + state[2] + 62, state[5])
        state[2] += 1


@kernel
def finish_decoding(state: Array) -> int:
    """The length of the message in bits, or -1 if the encoder would not have ended it like this."""
    k, value = ending(state[0], state[1])
    point = state[0] + state[3]
    return state[2] + k if point >> (62 - k) == value else -1


@part
def encode_uniform(state: Array, out: Buffer, value: int, choices: int) -> None:
    """One of `choices` equal choices, at most 2^30."""
    encode_step(state, out, value, ONE, choices)


@part
def decode_uniform(state: Array, data: Buffer, choices: int) -> int:
    """The mirror of `encode_uniform`."""
    value = decode_target(state, choices)
    decode_step(state, data, value, ONE, choices)
    return value


def pack(out: Buffer, count: int) -> Bits:
    """The first `count` entries of a buffer with one bit a byte, as `Bits`."""
    return Bits.from_bytes(np.packbits(out[:count]).tobytes(), count)


def new_state() -> Array:
    """The state of a coder that has not coded anything."""
    return np.array([0, WHOLE, 0, 0, 0, 0], dtype=np.int64)


class Encoder:
    """Writes one message, a symbol at a time.

    Example: `e = Encoder(); e.encode(2, FrequencyTable.of([1, 2, 1])); e.finish()` -> Bits("11").
    """

    def __init__(self) -> None:
        self._state = new_state()
        self._out = np.zeros(256, dtype=np.uint8)

    def _step(self, first: int, frequency: int, total: int) -> None:
        if self._state[COUNT] + 2 * PRECISION > len(self._out):
            self._out = np.concatenate([self._out, np.zeros_like(self._out)])
        encode_step(self._state, self._out, first, frequency, total)

    def encode(self, symbol: int, table: FrequencyTable) -> None:
        """Add `symbol`, priced by `table`."""
        if not 0 <= symbol < table.symbols:
            raise ValueError(f"symbol {symbol} is not in 0..{table.symbols - 1}")
        first, last = int(table.cumulative[symbol]), int(table.cumulative[symbol + 1])
        self._step(first, last - first, table.total)

    def encode_uniform(self, value: int, choices: int) -> None:
        """Add `value`, one of `choices` equal choices (1..2^30)."""
        if not 0 <= value < choices <= MAX_TOTAL:
            raise ValueError(f"{value} is not one of {choices} choices (2^30 at most)")
        self._step(value, 1, choices)

    def finish(self) -> Bits:
        """The message. The encoder is used up.

        Raises:
            ValueError: it was finished before.
        """
        if self._state[WIDTH] == 0:
            raise ValueError("the encoder is finished; take a new one for each message")
        count = finish_encoding(self._state, self._out)
        self._state[WIDTH] = 0
        return pack(self._out, count)


class Decoder:
    """Reads one message, a symbol at a time, with the tables that wrote it.

    Arguments:
        reader: stands at the start of the message; `finish` leaves it at the end.
    """

    def __init__(self, reader: BitReader) -> None:
        self._reader = reader
        self._data = np.frombuffer(reader.data, dtype=np.uint8)
        self._state = new_state()
        self._state[START], self._state[END] = reader.position, reader.length
        start_decoding(self._state, self._data)

    def _check(self) -> None:
        if self._state[COUNT] > self._state[END] - self._state[START]:
            raise MessageError(f"the message is truncated at bit {self._reader.length}")

    def decode(self, table: FrequencyTable) -> int:
        """The next symbol.

        Raises:
            MessageError: the message ended before.
        """
        self._check()
        target = decode_target(self._state, table.total)
        symbol = int(np.searchsorted(table.cumulative, target, side="right")) - 1
        first, last = int(table.cumulative[symbol]), int(table.cumulative[symbol + 1])
        decode_step(self._state, self._data, first, last - first, table.total)
        return symbol

    def decode_uniform(self, choices: int) -> int:
        """The next of `choices` equal choices; see `decode`."""
        self._check()
        if not 1 <= choices <= MAX_TOTAL:
            raise ValueError(f"{choices} choices are not in 1..2^30")
        return int(decode_uniform(self._state, self._data, choices))

    def finish(self) -> None:
        """Move the reader behind the message.

        Raises:
            MessageError: the message is truncated, or no encoder would have ended it like this.
        """
        finish_message(self._state, self._reader)


def finish_message(state: Array, reader: BitReader) -> None:
    """Move `reader` behind the message that `state` has decoded; see `Decoder.finish`."""
    length = finish_decoding(state)
    if length < 0:
        raise MessageError("the message does not end as an encoder ends it (damaged or foreign)")
    reader.skip(int(length))
