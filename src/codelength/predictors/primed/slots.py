"""What was seen behind a context, in hashed slots: a chance and how much it rests on.

A slot is 32 bits: a check of 8, the chance of a 1 of 16, a count of 8; the count 0 is an empty one.
Four slots are a bucket. A context is a hash of 32 bits: 8 of them are the check, others tell the
bucket; so one in some hundred contexts that are new is taken for another one.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inlined

Array = npt.NDArray[np.int64]
Slots = npt.NDArray[np.uint32]

ABSENT = -1
BUCKET = 4
COUNTS = 255
"""A count stops here."""
RATES: Array = np.array([int(65536 / (n + 1.6)) for n in range(COUNTS + 1)], np.int64)
"""How far a chance moves, in 65536ths of the way, after so many bits."""
FRESH = 32768 << 8
HASH = 0xFFFFFFFF
HASH_BITS = 26
"""Of a unit's context, as it is kept in tables; hashes at its bits have 32."""
KEPT = (1 << HASH_BITS) - 1


@inlined
def mix(hashed: int, value: int) -> int:
    """A hash of 32 bits of a hash and a value below 2^32."""
    mixed = ((hashed ^ (value * 0x2C9277B5 & HASH)) * 0x5F356495 + 0x3C6EF372) & HASH
    return mixed ^ (mixed >> 15)


@inlined
def bucket(first: int, mask: int, hashed: int) -> int:
    """Where the bucket of a context begins, in the table of `mask` + 1 buckets at `first`."""
    return first + ((hashed >> 8) & mask) * BUCKET


@inlined
def find(slots: Slots, first: int, mask: int, hashed: int) -> int:
    """Where a context stands; `ABSENT` if it does not."""
    at = bucket(first, mask, hashed)
    check = hashed & 255
    for k in range(at, at + BUCKET):
        slot = np.int64(slots[k])
        if slot >> 24 == check and slot & 255:
            return k
    return ABSENT


@inlined
def room(slots: Slots, first: int, mask: int, hashed: int) -> int:
    """Where a new context would go: in place of the one of its bucket that was seen least."""
    at = bucket(first, mask, hashed)
    best = at
    for k in range(at + 1, at + BUCKET):
        if np.int64(slots[k]) & 255 < np.int64(slots[best]) & 255:
            best = k
    return best


@inlined
def fresh(hashed: int) -> int:
    """The slot of a context that has seen nothing."""
    return ((hashed & 255) << 24) | FRESH


@inlined
def after(slot: int, bit: int, limit: int) -> int:
    """The slot when it has seen a bit; counts beyond `limit` are taken for `limit`."""
    count, chance = slot & 255, (slot >> 8) & 65535
    rate = RATES[min(count, limit)]
    if bit:
        chance += ((65535 - chance) * rate) >> 16
    else:
        chance -= (chance * rate) >> 16
    return ((slot >> 24) << 24) | (chance << 8) | min(count + 1, COUNTS)
