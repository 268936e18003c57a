"""The last unit of an item: all that it may be, to be told in whole bits (`coding.cells`).

What is likely is known to the last bit of the unit; what is not, to where it gets unlikely, and
when that was told, the rest follows in the same way. Weights learn no more.
"""

from typing import NamedTuple

import numpy as np

from codelength.coding.cells import SHARES, Deal, new_deal
from codelength.coding.compiled import constant, inlined, unmanaged
from codelength.predictors.primed.kernels import begin, tell, weigh
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.logistic import TOTAL_BITS
from codelength.predictors.primed.network import Parts, Work
from codelength.predictors.primed.slots import Array

LIKELY = 7
"""What is less likely than 2^-7 is not divided any more."""
ZERO, ONE = constant(0), constant(1)


class Tree(NamedTuple):
    """A unit's beginnings, ascending, and what was known at those above the one looked at.

    Arguments:
        units: the first unit that begins so; `known`: by how many bits; int64 `[most]` both.
        deal: their chances and cells.
        upper: the chance of the second half of each node, int64 `[bits]`.
        rows: of each node low, high, below and over of `Rows`, int64 `[bits, 4 ranges]`.
        mill: the same of low, high and middle, int64 `[bits, 3 components]`.
    """

    units: Array
    known: Array
    deal: Deal
    upper: Array
    rows: Array
    mill: Array


def new_tree(bits: int, work: Work) -> Tree:
    """Room for units of so many bits."""
    most = (bits << LIKELY) + 1
    rows, components = len(work.rows.low), len(work.mill.low)
    shapes = [(most,), (most,), (bits,), (bits, 4 * rows), (bits, 3 * components)]
    units, known, upper, kept, mill = (np.zeros(shape, np.int64) for shape in shapes)
    return Tree(units, known, new_deal(most), upper, kept, mill)


@inlined
def keep(tree: Tree, work: Work, step: int) -> None:
    """Keep what is known at a node."""
    rows, mill = work.rows, work.mill
    for k in range(len(rows.low)):
        tree.rows[step, 4 * k], tree.rows[step, 4 * k + 1] = rows.low[k], rows.high[k]
        tree.rows[step, 4 * k + 2], tree.rows[step, 4 * k + 3] = rows.below[k], rows.over[k]
    for k in range(len(mill.low)):
        tree.mill[step, 3 * k], tree.mill[step, 3 * k + 1] = mill.low[k], mill.high[k]
        tree.mill[step, 3 * k + 2] = mill.middle[k]


@inlined
def put_back(tree: Tree, work: Work, step: int) -> None:
    """The mirror of `keep`."""
    rows, mill = work.rows, work.mill
    for k in range(len(rows.low)):
        rows.low[k], rows.high[k] = tree.rows[step, 4 * k], tree.rows[step, 4 * k + 1]
        rows.below[k], rows.over[k] = tree.rows[step, 4 * k + 2], tree.rows[step, 4 * k + 3]
    for k in range(len(mill.low)):
        mill.low[k], mill.high[k] = tree.mill[step, 3 * k], tree.mill[step, 3 * k + 1]
        mill.middle[k] = tree.mill[step, 3 * k + 2]


@unmanaged
def grow(
    kind: int,
    bits: int,
    data: Units,
    at: int,
    parts: Parts,
    work: Work,
    tree: Tree,
    unit: int,
    known: int,
) -> int:
    """Into the tree how the unit at `at` may begin that has the first `known` bits of `unit`.

    Returns how many beginnings there are. It is called with none known first.
    """
    if known:
        put_back(tree, work, ZERO)  # as the unit began
    else:
        begin(kind, bits, data, ZERO, at, parts, work)
    count, node, step, share = ZERO, ONE, ZERO, SHARES
    while True:
        if step < bits and (step < known or share >> (40 - LIKELY)):
            chance = weigh(kind, bits, data, ZERO, at, step, node, parts, work)
            keep(tree, work, step)
            bit = ZERO
            if step < known:
                bit = (unit >> (bits - 1 - step)) & 1
            else:
                tree.upper[step] = (share * chance) >> TOTAL_BITS
                share -= tree.upper[step]
        else:
            tree.units[count], tree.known[count] = (node << (bits - step)) - (ONE << bits), step
            tree.deal.shares[count] = share
            count += 1
            while step > known and node & 1:
                node >>= 1
                step -= 1
            if step == known:
                return count
            node >>= 1
            step -= 1
            put_back(tree, work, step)
            share, bit = tree.upper[step], ONE
        tell(kind, step, bit, parts, work)
        node = 2 * node + bit
        step += 1
