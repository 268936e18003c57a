"""Parts of literals from which another part of the tape derives: borders that a cover should try.

Example: the literal [4, 90, 17, 200, 3, 200, 17, 90, 4] -> its first five symbols; the rest is the
reverse of a slice of them.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner, part
from codelength.dsl.operations import (
    ADD_ITEM,
    CONCATENATE,
    FILTER,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    REVERSE,
    SCAN_ADD,
    SET_LIST,
    SUBSTITUTE,
)
from codelength.synthesis.solver.costs import Costs
from codelength.synthesis.solver.covering.pool import END, OPERATION, START, Pool, find
from codelength.synthesis.solver.covering.regions import opens_region, region_end
from codelength.synthesis.solver.covering.seeds import gcd, remember_literal
from codelength.synthesis.solver.covering.tape import Tape

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


HORIZON = constant(2048)
"""How far behind a source a derived part is looked for."""
NEW_BORDERS = 5
"""New sources at a time."""


@inner
def note_border(
    tape: Tape,
    costs: Costs,
    found: Array,
    saving: Floats,
    start: int,
    end: int,
    shown: int,
    operation: int,
) -> None:
    """Keep start..end among the best sources, where deriving `shown` symbols from it saves bits."""
    cost = 0.0 if operation < 0 else costs.derived[operation]
    saved = 8.0 * shown - cost - costs.derived[CONCATENATE]
    if saved <= 0:
        return
    if shown > 0:
        # Runs at either end may be pieces of their own.
        for side in range(2):
            k = run_at(tape.symbols, start, end, side)
            flat = (
                tape.symbols[start if side == 0 else end - 2]
                == tape.symbols[start + 1 if side == 0 else end - 1]
            )
            if (k >= 4 or (flat and k >= 2)) and k < end - start - 4:
                first, last = (start + k, end) if side == 0 else (start, end - k)
                put_border(found, saving, first, last, saved - 8.0 * k)
    put_border(found, saving, start, end, saved)


@inner
def run_at(symbols: Array, start: int, end: int, side: int) -> int:
    """How many symbols at the start (side 0) or at the end of start..end have one difference."""
    ahead, at = (1, start) if side == 0 else (-1, end - 1)
    step = symbols[at + ahead] - symbols[at]
    k = 2
    while k < end - start and symbols[at + ahead * k] - symbols[at + ahead * (k - 1)] == step:
        k += 1
    return k


@inner
def put_border(found: Array, saving: Floats, start: int, end: int, saved: float) -> None:
    """Put start..end into the list, if it saves more than the worst there."""
    if saved <= 0:
        return
    worst = 0
    for k in range(len(saving)):
        if saving[k] > 0 and found[k, 0] == start and found[k, 1] == end:
            saving[k] = max(saving[k], saved)
            return
        if saving[k] < saving[worst]:
            worst = k
    if saved > saving[worst]:
        found[worst, 0], found[worst, 1], saving[worst] = start, end, saved


@part
def hints(symbols: Array, i: int, high: int, j: int, limit: int) -> bool:
    """Whether what starts at j may derive from what starts at i: a test that is nearly free."""
    if symbols[i] == symbols[j]:
        return True
    if i + 1 >= high or j + 1 >= limit:
        return False
    if symbols[i + 1] == symbols[j + 1]:
        return True
    if symbols[i + 1] - symbols[i] == symbols[j + 1] - symbols[j]:
        return True
    if i > 0 and symbols[i - 1] == symbols[j + 1]:
        return True
    if i + 3 >= high or j + 3 >= limit:
        return False
    if symbols[i] < symbols[j] or symbols[i + 1] < symbols[j + 1]:
        return False
    return symbols[i + 2] >= symbols[j + 2] and symbols[i + 3] >= symbols[j + 3]


@inner
def compare(
    tape: Tape,
    costs: Costs,
    found: Array,
    saving: Floats,
    i: int,
    low: int,
    high: int,
    j: int,
    limit: int,
) -> None:
    """Look for what the tape has at j..limit as derived from what it has at i in low..high."""
    symbols = tape.symbols
    most = min(high - i, limit - j)
    if j > i:
        most = min(most, j - i)
    shift = symbols[j] - symbols[i]
    left = i > low and j > 0
    if not (left and symbols[j - 1] - symbols[i - 1] == shift):
        k = 1
        while k < most and symbols[j + k] - symbols[i + k] == shift:
            k += 1
        if k >= 3:
            note_border(tape, costs, found, saving, i, i + k, k, -1 if shift == 0 else ADD_ITEM)
    if symbols[j] == symbols[i]:
        back = min(i + 1 - low, limit - j)
        if not (i + 1 < high and j > 0 and i + 1 < j - 1 and symbols[i + 1] == symbols[j - 1]):
            k = 1
            while k < back and symbols[j + k] == symbols[i - k]:
                k += 1
            if k >= 3:
                note_border(tape, costs, found, saving, i - k + 1, i + 1, k, REVERSE)
        for jump in range(2, 6):
            k = 1
            while k < limit - j and i + jump * k < high and symbols[j + k] == symbols[i + jump * k]:
                k += 1
            if k >= 3:
                for end in range(i + jump * (k - 1) + 1, min(i + jump * k, high) + 1):
                    if end == high or end == i + jump * (k - 1) + 1 or end == i + jump * k:
                        note_border(tape, costs, found, saving, i, end, k, JUMPS)
        k = 1
        while k < most and symbols[j + k] - symbols[j + k - 1] == symbols[i + k]:
            k += 1
        if k >= 3:
            note_border(tape, costs, found, saving, i, i + k, k, SCAN_ADD)
    divisor, largest, k = 0, 0, 0
    falls = most >= 4
    for ahead in range(4 if falls else 0):
        falls = falls and symbols[i + ahead] >= symbols[j + ahead]
    while falls and k < most:
        gap = symbols[i + k] - symbols[j + k]
        if gap < 0:
            break
        rest = max(largest, symbols[j + k])
        common = gcd(divisor, gap)
        if common != 0 and common <= rest:
            break
        divisor, largest = common, rest
        k += 1
    if left and k >= 4 and divisor > 1:
        gap = symbols[i - 1] - symbols[j - 1]
        if gap >= 0 and gap % divisor == 0 and symbols[j - 1] < divisor:
            k = 0
    if k >= 4 and divisor > 1:
        note_border(tape, costs, found, saving, i, i + k, k, MODULO_ITEM)
    old, new, k = -1, -1, 0
    if most < 5 or (symbols[i] != symbols[j] and symbols[i + 1] != symbols[j + 1]):
        return
    while k < most:
        item, there = symbols[i + k], symbols[j + k]
        if item == old:
            if there != new:
                break
        elif item != there:
            if old >= 0:
                break
            old, new = item, there
        k += 1
    if left and symbols[i - 1] == symbols[j - 1] and symbols[i - 1] != old:
        k = 0
    if k >= 5 and old >= 0:
        note_border(tape, costs, found, saving, i, i + k, k, SUBSTITUTE)


@inner
def compare_turned(
    tape: Tape, costs: Costs, found: Array, saving: Floats, i: int, low: int, j: int, limit: int
) -> None:
    """Look for what the tape has at j.. as reversed and then with one value substituted."""
    symbols = tape.symbols
    most = min(i + 1 - low, limit - j)
    if i < j:
        most = min(most, limit - j)
    old, new, k = -1, -1, 0
    if most < 6 or (symbols[i] != symbols[j] and symbols[i - 1] != symbols[j + 1]):
        return
    while k < most:
        item, there = symbols[i - k], symbols[j + k]
        if item == old:
            if there != new:
                break
        elif item != there:
            if old >= 0:
                break
            old, new = item, there
        k += 1
    if k >= 6 and old >= 0:
        note_border(tape, costs, found, saving, i - k + 1, i + 1, k, SUBSTITUTE)


@inner
def compare_filtered(
    tape: Tape,
    costs: Costs,
    found: Array,
    saving: Floats,
    i: int,
    low: int,
    high: int,
    j: int,
    limit: int,
) -> None:
    """Look for what the tape has at j.. as the even or odd items from i on."""
    symbols = tape.symbols
    if symbols[i] != symbols[j]:
        return
    odd = symbols[j] % 2
    k, at = 0, i
    stop = min(high, j) if j > i else high
    while at < stop and j + k < limit:
        if symbols[at] % 2 == odd:
            if symbols[at] != symbols[j + k]:
                break
            k += 1
        at += 1
    if k < 4 or k == at - i:
        return
    start = i
    while start > low and symbols[start - 1] % 2 != odd:
        start -= 1
    note_border(tape, costs, found, saving, start, at, k, FILTER)
    if start < i:
        note_border(tape, costs, found, saving, i, at, k, FILTER)


@inner
def find_sorted(
    tape: Tape, costs: Costs, found: Array, saving: Floats, low: int, high: int, j: int, limit: int
) -> int:
    """Look in low..high for a part of whose largest or smallest items the tape has a run at j."""
    symbols = tape.symbols
    if j + 1 >= limit:
        return j + 1
    sign = 1 if symbols[j + 1] >= symbols[j] else -1
    k = 1
    while j + k < limit and sign * (symbols[j + k] - symbols[j + k - 1]) >= 0:
        k += 1
    if k < 4 or k > 40:
        return j + max(k - 1, 1)
    last = sign * symbols[j + k - 1]
    for i in range(low, high):
        if i > low and sign * symbols[i - 1] > last:
            continue
        # i starts a part: at the row's start, or behind an item that may be the next part's own
        used, matched, end, least = 0, 0, i, -1
        while end < high:
            item = symbols[end]
            if sign * item <= last:
                fits = -1
                for a in range(k):
                    if symbols[j + a] == item and not (used >> a) & 1:
                        fits = a
                        break
                if fits < 0:
                    break
                used |= 1 << fits
                matched += 1
                if matched == k:
                    least = end + 1
            end += 1
        if matched == k:
            first = i
            while first < least and sign * symbols[first] > last:
                first += 1
            operation = MIN_N if sign > 0 else MAX_N
            note_border(tape, costs, found, saving, i, end, k, operation)
            note_border(tape, costs, found, saving, i, least, k, operation)
            note_border(tape, costs, found, saving, first, end, k, operation)
    return j + k - 1


@inner
def find_borders(
    tape: Tape, pool: Pool, costs: Costs, path: Array, pieces: int, found: Array, saving: Floats
) -> None:
    """Find the parts of this cover's literals from which most would be derived."""
    for k in range(len(saving)):
        saving[k] = 0.0
    size, symbols = tape.info[0], tape.symbols
    for at in range(pieces):
        if not opens_region(size, path, pieces, at):
            continue
        low = path[at, START]
        high = region_end(size, path, pieces, low)
        for to in range(pieces):
            if path[to, OPERATION] != SET_LIST:
                continue
            start, limit = path[to, START], path[to, END]
            if start >= size:
                if tape.rank[start] > tape.rank[low]:
                    for i in range(low, high):
                        compare(tape, costs, found, saving, i, low, high, start, limit)
                        compare_filtered(tape, costs, found, saving, i, low, high, start, limit)
                        compare_turned(tape, costs, found, saving, i, low, start, limit)
                continue
            if not opens_region(size, path, pieces, to):
                continue
            limit = region_end(size, path, pieces, start)
            j = start
            while j < limit:
                j = find_sorted(tape, costs, found, saving, low, high, j, limit)
            for i in range(low, high):
                for j in range(max(start, i + 1), min(limit, i + HORIZON)):
                    if not hints(symbols, i, high, j, limit):
                        continue
                    compare(tape, costs, found, saving, i, low, high, j, limit)
                    compare_filtered(tape, costs, found, saving, i, low, high, j, limit)
                    compare_turned(tape, costs, found, saving, i, low, j, limit)


@inner
def take_borders(tape: Tape, pool: Pool, costs: Costs, found: Array, saving: Floats) -> int:
    """Remember the best borders that were found and not taken yet; how many.

    What overlaps a better one waits: a small source that came with a large one would cut it.
    """
    taken = 0
    for k in range(len(saving)):
        found[k, 2] = 0
    while taken < NEW_BORDERS:
        chosen = -1
        for k in range(len(saving)):
            free = saving[k] > 0 and found[k, 2] == 0
            if free and (chosen < 0 or saving[k] > saving[chosen]):
                chosen = k
        if chosen < 0:
            break
        start, end = found[chosen, 0], found[chosen, 1]
        found[chosen, 2] = 1
        apart = True
        for k in range(len(saving)):
            if found[k, 2] == 2 and found[k, 0] < end and start < found[k, 1]:
                apart = False
        if apart:
            found[chosen, 2], saving[chosen] = 2, 0.0
            if find(pool, tape.symbols, start, end - start) < 0:
                remember_literal(pool, costs, tape, start, end, tape.rank[end - 1])
                taken += 1
    return taken
