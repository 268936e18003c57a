"""A context's fitted table: which units came behind which hashes, how often; packed and unpacked.

Hashes are kept ascending, as differences (Elias-Fano: low bits plainly, high ones in unary).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inlined, kernel
from codelength.errors import InputError
from codelength.predictors.primed.kinds import key_of
from codelength.predictors.primed.packing import Arrays
from codelength.predictors.primed.slots import (
    BUCKET,
    COUNTS,
    HASH_BITS,
    Array,
    Slots,
    mix,
    room,
)

Bytes = npt.NDArray[np.uint8]

NOTHING = 0xFFFFFFFF
"""In place of a hash, where a context does not apply."""
LEVELS: Array = np.array(
    [*range(1, 9), *(m << e for e in range(1, 14) for m in (5, 6, 7, 8))], np.int64
)
"""Counts that are told apart."""
FIELDS = ("low", "high", "sizes", "units", "counts")
LEAST_BUCKETS = 1 << 14
"""Of a context's table: room for what a text brings."""


@dataclass(frozen=True)
class Context:
    """What was fitted of a context.

    Arguments:
        hashes: of `HASH_BITS`, ascending, distinct, uint32.
        sizes: how many units came behind each, less 1.
        units: these, ascending, for one hash after the other.
        counts: how often each came: the place in `LEVELS`.
    """

    hashes: Slots
    sizes: Bytes
    units: Bytes
    counts: Bytes

    def arrays(self, name: str) -> dict[str, Bytes]:
        """Its arrays, as they are stored, under names that begin with `name`."""
        low, high = sparse(self.hashes, 1 << HASH_BITS)
        fields = (low, high, self.sizes, self.units, self.counts)
        return {f"{name}.{field}": one for field, one in zip(FIELDS, fields, strict=True)}


def no_context() -> Context:
    """Nothing was fitted."""
    none = np.zeros(0, np.uint8)
    return Context(np.zeros(0, np.uint32), none, none, none)


def from_arrays(name: str, arrays: Arrays) -> Context:
    """The mirror of `Context.arrays`."""
    low, high, sizes, units, counts = (arrays[f"{name}.{field}"] for field in FIELDS)
    if any(one.dtype != np.uint8 for one in (low, high, sizes, units, counts)):
        raise ValueError(f"context {name} is not of bytes")
    if len(counts) and counts.max() >= len(LEVELS):
        raise ValueError(f"context {name} has counts that are none")
    hashes = unsparse(low, high, len(sizes), 1 << HASH_BITS)
    if len(units) != len(counts) or len(units) != int(sizes.astype(np.int64).sum()) + len(sizes):
        raise InputError("tables are damaged: not as many units as their sizes say")
    return Context(hashes, sizes, units, counts)


def level_of(counts: Array) -> Array:
    """The place in `LEVELS` of the largest that is not above a count."""
    return np.searchsorted(LEVELS, counts, side="right") - 1


def buckets(context: Context, steps: int) -> int:
    """Buckets for a context's slots: a power of two, half full at most."""
    most = 2 * len(context.units) + (steps - 2) * len(context.hashes) if steps > 2 else 0
    most = max(most, steps * len(context.hashes))
    return max(LEAST_BUCKETS, 1 << (most * 2 // BUCKET).bit_length())


@kernel
def fill(
    kind: int,
    first_step: int,
    end_step: int,
    hashes: Slots,
    sizes: Bytes,
    units: Bytes,
    counts: Bytes,
    first: int,
    mask: int,
    slots: Slots,
) -> None:
    """Put a context's slots into its table of `mask` + 1 buckets at `first`."""
    ones, totals = np.zeros(256, np.int64), np.zeros(256, np.int64)
    keys = np.zeros(256, np.int64)
    at = 0
    for c in range(len(hashes)):
        known = 0
        for _ in range(np.int64(sizes[c]) + 1):
            count = LEVELS[counts[at]]
            node = 1 << first_step
            for step in range(first_step, end_step):
                bit = (np.int64(units[at]) >> (end_step - 1 - step)) & 1
                key = key_of(kind, step, node)
                if totals[key] == 0:
                    keys[known] = key
                    known += 1
                totals[key] += count
                ones[key] += bit * count
                node = 2 * node + bit
            at += 1
        for n in range(known):
            key = keys[n]
            put(slots, first, mask, mix(np.int64(hashes[c]), key), ones[key], totals[key])
            totals[key] = ones[key] = 0


@inlined
def put(slots: Slots, first: int, mask: int, hashed: int, ones: int, total: int) -> None:
    """A slot that has seen `ones` of `total` bits, unless its bucket has better known ones."""
    at = room(slots, first, mask, hashed)
    count = min(total, COUNTS)
    if np.int64(slots[at]) & 255 < count:
        chance = (10 * ones + 4) * 65536 // (10 * total + 8)
        slots[at] = np.uint32(((hashed & 255) << 24) | (chance << 8) | count)


def sparse(hashes: Slots, size: int) -> tuple[Bytes, Bytes]:
    """Ascending numbers below `size`: their low bits, and the high ones in unary (Elias-Fano).

    Example: [2, 9] below 16 with 2 low bits: low 10 01, high 1 0 0 1.
    """
    low = low_bits(len(hashes), size)
    values = hashes.astype(np.int64)
    bits = (values[:, None] >> np.arange(low - 1, -1, -1)) & 1
    ones = (values >> low) + np.arange(len(values))
    unary = np.zeros((size >> low) + len(values) + 1, np.uint8)
    unary[ones] = 1
    return np.packbits(bits.astype(np.uint8).ravel()), np.packbits(unary)


def unsparse(low_part: Bytes, high_part: Bytes, count: int, size: int) -> Slots:
    """The mirror of `sparse`."""
    low = low_bits(count, size)
    bits = np.unpackbits(low_part, count=count * low)
    values = np.zeros(count, np.int64)
    for column in bits.reshape(count, low).T:
        values = values << 1 | column
    ones = np.flatnonzero(np.unpackbits(high_part))
    if len(ones) != count:
        raise InputError("tables are damaged: not as many hashes as contexts")
    return (values | (ones - np.arange(count)) << low).astype(np.uint32)


def low_bits(count: int, size: int) -> int:
    """How many bits of a number below `size` are told plainly, of `count` numbers."""
    return max(0, (size // max(count, 1)).bit_length() - 1)
