"""What peeling could bring to light: runs and copies at the strides that interleaving makes.

Example: [1, 9, 2, 7, 3, 4, 4, 8] has the run 1, 2, 3, 4 at stride 2, so half of it is explained.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]

SLOTS = constant(1 << 12)
STEEPEST = constant(8)
SHORTEST = constant(4)
RUN, COPY = 8.0, 4.0
"""Bits of a run and of a copy, roughly."""


class Trace(NamedTuple):
    """Room for one chain's marks and the places of its triples.

    Arguments:
        marks: bits of an explained symbol, roughly: 1, and 1 more for each peel; 0: not explained.
        slots: a triple's place and stride, int64 `[SLOTS, 3]`: place, stride, stamp.
        stamp: int64 `[1]`: tells this chain's entries from older ones.
        pieces: float64 `[1]`: bits of the runs and copies that explain symbols, one by one.
    """

    marks: Marks
    slots: Array
    stamp: Array
    pieces: Floats


def new_trace(symbols: int) -> Trace:
    """Room for chains of so many symbols."""
    return Trace(
        np.zeros(symbols + 1, np.int8),
        np.zeros((SLOTS, 3), np.int64),
        np.zeros(1, np.int64),
        np.zeros(1),
    )


@inner
def slot_of(a: int, b: int, c: int) -> int:
    """Where a triple is kept."""
    return ((a * 0x9E5 + b * 0x1F3 + c * 0x35) ^ (b << 4) ^ (c << 7)) % SLOTS


@inner
def mark_runs(chain: Array, begin: int, limit: int, stride: int, level: int, trace: Trace) -> None:
    """Mark runs of one small difference."""
    marks, pieces = trace.marks, trace.pieces
    for start in range(stride):
        i = begin + start
        while i + stride < limit:
            step = chain[i + stride] - chain[i]
            k = i + stride
            while k + stride < limit and chain[k + stride] - chain[k] == step:
                k += stride
            if -STEEPEST <= step <= STEEPEST and (k - i) // stride + 1 >= SHORTEST:
                new = 0
                for j in range(i, k + 1, stride):
                    if marks[j] == 0:
                        marks[j] = level
                        new += 1
                if new > 0:
                    pieces[0] += min(RUN, 7.0 * new)
            i = k


@inner
def mark_triples(
    chain: Array, begin: int, limit: int, stride: int, level: int, trace: Trace
) -> None:
    """Mark triples that were there before, forwards or backwards."""
    stamp = trace.stamp[0]
    marks, slots, pieces = trace.marks, trace.slots, trace.pieces
    for start in range(stride):
        last, last_at, new = -1000, 0, 0
        for i in range(begin + start, limit - 2 * stride, stride):
            a, b, c = chain[i], chain[i + stride], chain[i + 2 * stride]
            if c - b == b - a:
                continue
            for turn in range(2):
                at = slot_of(a, b, c)
                if slots[at, 2] == stamp:
                    j, other = slots[at, 0], slots[at, 1]
                    if chain[j] == a and chain[j + other] == b and chain[j + 2 * other] == c:
                        if i - last > stride or abs(j - last_at) != other:
                            pieces[0] += min(COPY, 7.0 * new)
                            new = 0
                        last, last_at = i, j
                        for k in range(3):
                            there = max(i + k * stride, j + k * other)
                            if marks[there] == 0:
                                marks[there] = level
                                new += 1
                        break
                elif turn == 0:
                    slots[at, 0], slots[at, 1], slots[at, 2] = i, stride, stamp
                swap = a
                a = c
                c = swap
        pieces[0] += min(COPY, 7.0 * new)


@inner
def potential(
    symbols: Array, bounds: Array, streams: int, active: int, merge: float, trace: Trace
) -> float:
    """Bits of streams and a chain, if all that it shows at strides 1, 2, 4, 8 could be peeled.

    Arguments:
        symbols: the streams, then the chain; `bounds`: where each starts, and the end.
        active: so many first symbols of the chain may be peeled.
    """
    marks = trace.marks
    trace.stamp[0] += 1
    trace.pieces[0] = 0.0
    size = bounds[streams + 1]
    for j in range(size):
        marks[j] = 0
    for k in range(streams):
        mark_runs(symbols, bounds[k], bounds[k + 1], 1, 1, trace)
        mark_triples(symbols, bounds[k], bounds[k + 1], 1, 1, trace)
    begin = bounds[streams]
    stride, level, limit = 1, 1, size
    while stride <= 8 and begin + 3 * stride < limit:
        mark_runs(symbols, begin, limit, stride, level, trace)
        mark_triples(symbols, begin, limit, stride, level, trace)
        stride, level, limit = 2 * stride, level + 1, begin + active
    bits = merge * streams + trace.pieces[0]
    for j in range(size):
        bits += marks[j] if marks[j] > 0 else 8.0
    return bits
