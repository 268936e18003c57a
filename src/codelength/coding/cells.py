"""A choice that takes whole bits: what is left of the interval is dealt out to outcomes as cells.

An arithmetic coder's message ends in a cell, an aligned part of 2^-n of all, that lies in the
interval of what it tells: on the average 5/2 - 1/ln 2 = 1.06 bits are lost. Where one last choice
is made of cells at once, as in Huffman's code but filling an interval, most of that is saved.

Example: of what is 0 .. 3/4, outcomes of 1/2, 1/4, 1/4 get 0 .. 1/4, 1/4 .. 1/2, 1/2 .. 3/4 or
the like: 2 bits each. Intervals of 3/8, 3/16, 3/16 would have held cells of 2, 3 and 3 bits.
"""

from typing import NamedTuple

import numpy as np

from codelength.coding.arithmetic import Array, Buffer, bit_at, put
from codelength.coding.compiled import constant, kernel

SHARES = constant(1 << 40)
"""Chances of all outcomes together; each has at least one of them."""
DEPTHS = 44
"""More than the bits of the smallest cell."""
ONE = constant(1)


class Deal(NamedTuple):
    """Outcomes, and the cells that they get.

    Arguments:
        shares: chances, of `SHARES`, int64 `[most]`.
        bits: of their cells, int64 `[most]`.
        gains: where cells are worked out, int64 `[most]`; `free`: likewise, int64 `[DEPTHS]`.
    """

    shares: Array
    bits: Array
    gains: Array
    free: Array


def new_deal(most: int) -> Deal:
    """Room for so many outcomes."""
    return Deal._make(np.zeros(size, np.int64) for size in (most, most, most, DEPTHS))


@kernel
def size_cells(low: int, width: int, deal: Deal, count: int) -> None:
    """How many bits each outcome's cell has.

    `free[n]` is how many cells of n bits the interval has room for besides what is given away. At
    first each cell has more than a quarter and at most half of what its outcome is worth. These
    fit: where the interval is w cells of a size long, those and larger ones take w / 2 of them at
    most, a whole number, and w - 1 or more lie in it whole, or none is asked for. Then the outcome
    that is the likeliest for the size of its cell gets one of twice the size, while there is room.
    """
    for n in range(DEPTHS):
        size = ONE << (62 - n)
        deal.free[n] = (low + width) // size - (low + size - 1) // size
    for k in range(count):
        worth = (width >> 42) * deal.shares[k]  # 2^60ths
        bits = 61
        while worth > 1:
            worth >>= 1
            bits -= 1
        deal.bits[k] = bits
        deal.gains[k] = deal.shares[k] << bits
        for n in range(bits, DEPTHS):
            deal.free[n] -= ONE << (n - bits)
    while True:
        best = 0
        for k in range(1, count):
            if deal.gains[k] > deal.gains[best]:
                best = k
        if not deal.gains[best]:
            return
        bits = deal.bits[best]
        fits = bits > 0 and deal.free[bits - 1] > 0
        for n in range(bits, DEPTHS):
            fits = fits and deal.free[n] >= ONE << (n - bits)
        if not fits:
            deal.gains[best] = 0
            continue
        deal.free[bits - 1] -= 1
        for n in range(bits, DEPTHS):
            deal.free[n] -= ONE << (n - bits)
        deal.bits[best] = bits - 1
        deal.gains[best] >>= 1


@kernel
def find_cell(low: int, width: int, deal: Deal, count: int, k: int, point: int) -> tuple[int, int]:
    """The outcome that is `k` or whose cell has `point` in it, and where its cell begins; or -1.

    Larger cells come first. What is given away is one stretch, which grows up, and down where there
    is no more room above.
    """
    first = last = -ONE
    for n in range(DEPTHS):
        size = ONE << (62 - n)
        for one in range(count):
            if deal.bits[one] != n:
                continue
            if last < 0:
                first = last = (low + size - 1) // size * size
            if size <= low + width - last:
                start = last
                last += size
            else:
                first -= size
                start = first
            if one == k or start <= point < start + size:
                return one, start
    return -1, 0


@kernel
def encode_cell(state: Array, out: Buffer, deal: Deal, count: int, k: int) -> None:
    """Tell the outcome `k` of `count`. What follows has a whole interval again."""
    size_cells(state[0], state[1], deal, count)
    _, start = find_cell(state[0], state[1], deal, count, k, -ONE)
    bits = deal.bits[k]
    put(state[2], out, start >> (62 - bits), bits)
    state[0], state[1], state[2] = 0, ONE << 62, state[2] + bits


@kernel
def decode_cell(state: Array, data: Buffer, deal: Deal, count: int) -> int:
    """The outcome that was told, or -1 if the message points at no cell."""
    size_cells(state[0], state[1], deal, count)
    point = state[0] + state[3]
    k, start = find_cell(state[0], state[1], deal, count, -ONE, point)
    if k < 0:
        return k
    offset = point - start
    for n in range(deal.bits[k]):
        at = state[4] + state[2] + 62 + n
        offset = (offset << 1) | bit_at(data, at, state[5])
    state[0], state[1], state[2], state[3] = 0, ONE << 62, state[2] + deal.bits[k], offset
    return k
