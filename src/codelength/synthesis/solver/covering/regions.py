"""Literals of the chain that stand side by side: one region, wherever a cover happened to cut it.

Example: pieces set_list 0..5, set_list 5..9, range 9..20 -> one region, 0..9.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inner
from codelength.dsl.operations import SET_LIST
from codelength.synthesis.solver.covering.pool import END, OPERATION, START

Array = npt.NDArray[np.int64]


@inner
def is_literal(size: int, path: Array, at: int) -> bool:
    """Whether piece `at` is a literal of the chain, which has `size` symbols."""
    return path[at, OPERATION] == SET_LIST and path[at, START] < size


@inner
def opens_region(size: int, path: Array, pieces: int, at: int) -> bool:
    """Whether piece `at` is a literal behind which no other one ends."""
    if not is_literal(size, path, at):
        return False
    for other in range(pieces):
        if path[other, END] == path[at, START] and is_literal(size, path, other):
            return False
    return True


@inner
def region_end(size: int, path: Array, pieces: int, start: int) -> int:
    """Where the literals that follow each other from `start` on end."""
    end, going = start, True
    while going:
        going = False
        for at in range(pieces):
            if path[at, START] == end and path[at, END] > end and is_literal(size, path, at):
                end, going = path[at, END], True
    return end


@inner
def cuts_for(size: int, path: Array, pieces: int, start: int, end: int) -> int:
    """How many more pieces there are if start..end is one of them; -1 if it is not all literal."""
    first, cuts = -1, 1
    for at in range(pieces):
        a, b = path[at, START], path[at, END]
        if not is_literal(size, path, at) or b <= start or a >= end:
            continue
        if a <= start:
            first = a
        cuts += (a < start) + (b > end) - 1
    if first < 0 or region_end(size, path, pieces, first) < end:
        return -1
    return max(cuts, 0)
