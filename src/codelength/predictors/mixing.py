"""A byte model that mixes contexts, bit by bit, in integers (Mahoney 2005: logistic mixing).

Each bit is predicted from eight contexts: the last 0, 1, 2, 3, 4 and 6 bytes, the word or number
being written, and that with the one before. A context's slot holds a probability of 22 bits and a
count of 10. The mixer adds their logits with weights chosen by the bits of this byte so far, and
learns. All state is integers, so that every machine gives the same probabilities.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    decode_step,
    decode_target,
    encode_step,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.coding.compiled import constant, inner, kernel
from codelength.errors import MessageError

Array = npt.NDArray[np.int64]
Slots = npt.NDArray[np.uint32]
Buffer = npt.NDArray[np.uint8]
Chances = npt.NDArray[np.float64]

VERSION = 1
"""Of the model; a change of any constant below is a new one."""
ORDERS = np.array([0, 1, 2, 3, 4, 6], np.int64)
CONTEXTS = len(ORDERS) + 2
SLOTS = 1 << 17
"""Of each context."""
REACH = 2047
"""Logits are kept within +-REACH / 256."""
LIMIT = 255
"""Of a slot's count: beyond it, old bits fade."""
RATE, SHIFT = 10, 18
"""Of the mixer's learning."""
SQUASH = np.array(
    [round(65536 / (1 + math.exp(-x / 256))) for x in range(-REACH, REACH + 1)], np.int64
)
"""A logit's probability, in 65536ths."""
STRETCH = np.array(
    [max(-REACH, min(REACH, round(256 * math.log((p + 0.5) / (4095.5 - p))))) for p in range(4096)],
    np.int64,
)
"""The logit of a probability in 4096ths."""
ONE, ZERO = constant(1), constant(0)
TOTAL = constant(1 << 16)
NEVER = constant(256)
"""No byte: nothing ends a text of known length."""


HALF = 1 << 31
"""A fresh slot: probability one half, count 0."""


class Mixing:
    """The model's state: slots and weights. Priming is dear and copying cheap.

    Arguments:
        prime: what the model has learned before it is used.
    """

    def __init__(self, prime: bytes = b"") -> None:
        self.slots = np.full((CONTEXTS, SLOTS), HALF, np.uint32)
        self.weights = np.full((256, CONTEXTS), 20000, np.int64)
        if prime:
            self.encode(prime)

    def copy(self) -> "Mixing":
        """An independent copy."""
        other = object.__new__(Mixing)
        other.slots, other.weights = self.slots.copy(), self.weights.copy()
        return other

    def encode(self, data: bytes) -> tuple[Bits, float]:
        """The message of `data`, and its ideal bits; the state learns from it.

        The decoder must know where the data end.
        """
        symbols = np.frombuffer(data, np.uint8)
        state, out = new_state(), np.zeros(16 * 8 * len(data) + 64, np.uint8)
        ideal = encode_bytes(symbols, self.slots, self.weights, state, out)
        return pack(out, finish_encoding(state, out)), float(ideal)

    def decode(self, reader: BitReader, last: int, longest: int) -> bytes:
        """The data up to and with the byte `last`; moves the reader behind the message.

        Raises:
            MessageError: it is damaged, or there are more than `longest` bytes.
        """
        state = new_state()
        state[START], state[END] = reader.position, reader.length
        data = np.frombuffer(reader.data, np.uint8)
        start_decoding(state, data)
        out = np.zeros(1024, np.uint8)
        size = 0
        while True:
            size = decode_bytes(data, self.slots, self.weights, state, out, size, last)
            if size and out[size - 1] == last:
                break
            if size < len(out) or size > longest:
                raise MessageError("the message is damaged or truncated")
            out = np.concatenate([out, np.zeros_like(out)])
        finish_message(state, reader)
        return out[:size].tobytes()

    def decode_length(self, reader: BitReader, length: int) -> bytes:
        """Data of so many bytes; moves the reader behind the message.

        Raises:
            MessageError: it is damaged.
        """
        state = new_state()
        state[START], state[END] = reader.position, reader.length
        data = np.frombuffer(reader.data, np.uint8)
        start_decoding(state, data)
        out, size = np.zeros(min(length, 1024), np.uint8), 0
        while size < length:
            if size == len(out):
                out = np.concatenate([out, np.zeros(min(size, length - size), np.uint8)])
            before, size = (
                size,
                decode_bytes(data, self.slots, self.weights, state, out, size, NEVER),
            )
            if size < len(out) or size == before:
                raise MessageError("the message is damaged or truncated")
        finish_message(state, reader)
        return out.tobytes()

    def learn(self, data: Buffer, start: int, end: int) -> None:
        """Learn the bytes `start` .. `end` of `data`, behind those before them."""
        learn_bytes(data, constant(start), constant(end), self.slots, self.weights)

    def chances(self, data: Buffer, size: int) -> Chances:
        """The chances of the byte behind the first `size` ones, float64 `[256]`; learns nothing."""
        return byte_chances(data, constant(size), self.slots, self.weights)


@inner
def look(data: Buffer, size: int, hashes: Array) -> None:
    """The contexts of the byte behind the first `size` ones, as hashes."""
    for k in range(len(ORDERS)):
        value = constant_seed(k)
        for back in range(1, ORDERS[k] + 1):
            byte = data[size - back] if size >= back else 0
            value = ((value + byte + 1) * 0x2C9277B5) & 0xFFFFFFFF
            value ^= value >> 15
        hashes[k] = value
    at, word = size, 0
    while at > 0 and (48 <= data[at - 1] < 58 or 65 <= data[at - 1] < 123):
        at -= 1
        word = ((word + data[at] + 1) * 0x2C9277B5) & 0xFFFFFFFF
        word ^= word >> 15
    hashes[CONTEXTS - 2] = (word + 0x51ED270B) & 0xFFFFFFFF
    while at > 0 and not (48 <= data[at - 1] < 58 or 65 <= data[at - 1] < 123):
        at -= 1
    before = 0
    while at > 0 and (48 <= data[at - 1] < 58 or 65 <= data[at - 1] < 123):
        at -= 1
        before = ((before + data[at] + 1) * 0x2C9277B5) & 0xFFFFFFFF
        before ^= before >> 15
    hashes[CONTEXTS - 1] = (word * 0x1B873593 + before + 0x38B34AE5) & 0xFFFFFFFF


@inner
def constant_seed(k: int) -> int:
    """Keeps the orders' hashes apart."""
    return (k + 1) * 0x1F123BB5 & 0xFFFFFFFF


@inner
def predict(
    hashes: Array, partial: int, slots: Slots, weights: Array, places: Array, logits: Array
) -> int:
    """The probability that the next bit is 1, in 65536ths, 16..65520."""
    total = 0
    for k in range(CONTEXTS):
        place = ((hashes[k] + partial * 0x9E3779B1) * 0x85EBCA6B) & 0xFFFFFFFF
        place = (place ^ (place >> 13)) & (SLOTS - 1)
        places[k] = place
        logits[k] = STRETCH[np.int64(slots[k, place]) >> 20]
        total += weights[partial, k] * logits[k]
    total >>= 16
    probability = SQUASH[max(-REACH, min(REACH, total)) + REACH]
    return max(16, min(65520, probability))


@inner
def learn(
    bit: int,
    probability: int,
    partial: int,
    slots: Slots,
    weights: Array,
    places: Array,
    logits: Array,
) -> None:
    """Move the slots and the weights that made the prediction towards the bit."""
    wrong = ((bit << 16) - probability) * RATE
    for k in range(CONTEXTS):
        weights[partial, k] += (logits[k] * wrong + (1 << (SHIFT - 1))) >> SHIFT
        slot = np.int64(slots[k, places[k]])
        chance, count = slot >> 10, slot & 1023
        goal = 4194303 if bit else 0
        chance += (goal - chance) * 2 // (2 * count + 3)
        if count < LIMIT:
            count += 1
        slots[k, places[k]] = np.uint32((chance << 10) | count)


@kernel
def encode_bytes(data: Buffer, slots: Slots, weights: Array, state: Array, out: Buffer) -> float:
    """Code and learn; the ideal bits."""
    hashes, places = np.zeros(CONTEXTS, np.int64), np.zeros(CONTEXTS, np.int64)
    logits = np.zeros(CONTEXTS, np.int64)
    ideal = 0.0
    for at in range(len(data)):
        look(data, at, hashes)
        partial = ONE
        for shift in range(7, -1, -1):
            bit = (np.int64(data[at]) >> shift) & 1
            probability = predict(hashes, partial, slots, weights, places, logits)
            if bit:
                encode_step(state, out, ZERO, probability, TOTAL)
                ideal -= np.log2(probability / 65536.0)
            else:
                encode_step(state, out, probability, TOTAL - probability, TOTAL)
                ideal -= np.log2(1.0 - probability / 65536.0)
            learn(bit, probability, partial, slots, weights, places, logits)
            partial = (2 * partial + bit) & 255
    return ideal


@kernel
def decode_bytes(
    message: Buffer,
    slots: Slots,
    weights: Array,
    state: Array,
    out: Buffer,
    size: int,
    last: int,
) -> int:
    """Decode until `out` is full, the byte `last` came, or the message ends; the bytes so far."""
    hashes, places = np.zeros(CONTEXTS, np.int64), np.zeros(CONTEXTS, np.int64)
    logits = np.zeros(CONTEXTS, np.int64)
    while size < len(out) and state[COUNT] <= state[END] - state[START]:
        look(out, size, hashes)
        partial = ONE
        for _ in range(8):
            probability = predict(hashes, partial, slots, weights, places, logits)
            bit = ONE if decode_target(state, TOTAL) < probability else ZERO
            if bit:
                decode_step(state, message, ZERO, probability, TOTAL)
            else:
                decode_step(state, message, probability, TOTAL - probability, TOTAL)
            learn(bit, probability, partial, slots, weights, places, logits)
            partial = 2 * partial + bit
            if partial >= 256:
                out[size] = partial - 256
            else:
                partial &= 255
        size += 1
        if out[size - 1] == last:
            return size
    return size


@kernel
def learn_bytes(data: Buffer, start: int, end: int, slots: Slots, weights: Array) -> None:
    """Learn some bytes as if they had been coded."""
    hashes, places = np.zeros(CONTEXTS, np.int64), np.zeros(CONTEXTS, np.int64)
    logits = np.zeros(CONTEXTS, np.int64)
    for at in range(start, end):
        look(data, at, hashes)
        partial = ONE
        for shift in range(7, -1, -1):
            bit = (np.int64(data[at]) >> shift) & 1
            probability = predict(hashes, partial, slots, weights, places, logits)
            learn(bit, probability, partial, slots, weights, places, logits)
            partial = (2 * partial + bit) & 255


@kernel
def byte_chances(data: Buffer, size: int, slots: Slots, weights: Array) -> Chances:
    """The chances of all bytes, by walking the tree of their bits."""
    hashes, places = np.zeros(CONTEXTS, np.int64), np.zeros(CONTEXTS, np.int64)
    logits = np.zeros(CONTEXTS, np.int64)
    look(data, size, hashes)
    tree = np.ones(512)
    for partial in range(ONE, 256):
        yes = predict(hashes, partial, slots, weights, places, logits) / 65536.0
        tree[2 * partial + 1] = tree[partial] * yes
        tree[2 * partial] = tree[partial] * (1.0 - yes)
    return tree[256:].copy()
