"""Where the tape shows what one operation makes of a known sequence.

Example: known [1, 2, 3], tape [... 3, 2, 1 ...] -> an edge "reverse_list of it" over those three.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner, part
from codelength.dsl.interpreter import accepts, sort_ascending
from codelength.dsl.operations import (
    ADD_ITEM,
    ADD_TWO,
    BETWEEN,
    FILTER,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    MODULO_TWO,
    REPEAT_LIST,
    REPEAT_NUM,
    REVERSE,
    SCAN_ADD,
    SUBSTITUTE,
    SUBTRACT_ITEM,
    SUBTRACT_TWO,
    ZERO,
)
from codelength.synthesis.solver.costs import Costs
from codelength.synthesis.solver.covering.pool import (
    COPY,
    COUNT,
    EDGES,
    HIDDEN,
    MATCHED,
    Pool,
    add_edge,
    index,
    remember,
)
from codelength.synthesis.solver.covering.seeds import gcd
from codelength.synthesis.solver.covering.tape import Tape

Array = npt.NDArray[np.int64]

NONE = constant(-1)
LARGEST_N = constant(255)
"""The largest n of max_n and min_n that has a price."""
NEVER_GAP = constant(1 << 40)
"""Larger than any difference of two items."""


@inner
def place(
    tape: Tape,
    pool: Pool,
    costs: Costs,
    p: int,
    q: int,
    length: int,
    operation: int,
    first: int,
    second: int,
) -> None:
    """Edges wherever the tape shows pool.buffer[:length], made of sequences p and q."""
    if length < 1:
        return
    buffer, derived, literal = pool.buffer, costs.derived, costs.literal
    symbols, reach, exact, following = tape.symbols, tape.reach, tape.exact, pool.following
    cost = 0.0
    if operation != COPY:
        cost = derived[operation]
        if length >= len(literal) or cost >= literal[length] + costs.extra[0]:
            return
    head, flat = buffer[0], True
    if not 0 <= head <= 255:
        return
    for k in range(1, length):
        flat = flat and buffer[k] == head
    run, j, ahead = 0, NONE, pool.where[head]  # `run`: where the run of `head` began
    while 0 <= ahead <= len(symbols) - length:
        if ahead != j + 1:
            run = ahead
        j, ahead = ahead, following[ahead]
        end = j + length
        if end > reach[j] or (exact[j] != 0 and end != reach[j]):
            continue
        inside = flat and (j - run) % length != 0 and j + length < tape.info[0]
        if inside and exact[j] == 0 and symbols[j + length] == head:
            continue
        same = True
        for k in range(length):
            if symbols[j + k] != buffer[k]:
                same = False
                break
        if same:
            add_edge(pool, j, j + length, operation, p, q, first, second, cost)


@inner
def match_whole(tape: Tape, pool: Pool, costs: Costs, p: int) -> None:
    """Operations with few arguments: copy, reverse, jumps, filter, scan_add, repeat_list."""
    start, length = pool.bounds[p], pool.bounds[p + 1] - pool.bounds[p]
    values, buffer = pool.values, pool.buffer
    for k in range(length):
        buffer[k] = values[start + k]
    place(tape, pool, costs, p, NONE, length, COPY, ZERO, ZERO)
    for times in range(2, 9):
        if length * times > len(tape.symbols):
            break
        for k in range(length):
            buffer[length * (times - 1) + k] = values[start + k]
        place(tape, pool, costs, p, NONE, length * times, REPEAT_LIST, times, ZERO)
    for k in range(length):
        buffer[k] = values[start + length - 1 - k]
    place(tape, pool, costs, p, NONE, length, REVERSE, ZERO, ZERO)
    for jump in range(2, 9):
        count = (length + jump - 1) // jump
        if count < costs.extra[2]:
            break
        for k in range(count):
            buffer[k] = values[start + k * jump]
        place(tape, pool, costs, p, NONE, count, JUMPS, jump, ZERO)
    for predicate in range(3):
        count = 0
        for k in range(length):
            if accepts(predicate, values[start + k]):
                buffer[count] = values[start + k]
                count += 1
        if costs.extra[2] <= count < length:
            place(tape, pool, costs, p, NONE, count, FILTER, predicate, ZERO)
    total = 0
    for k in range(length):
        total += values[start + k]
        buffer[k] = total
    place(tape, pool, costs, p, NONE, length, SCAN_ADD, ZERO, ZERO)


@part
def modulus(items: Array, i: int, rests: Array, j: int, length: int) -> int:
    """Of what items[i:i + length] leave rests[j:j + length]: the largest number; 0 for none."""
    largest, smallest = 0, NEVER_GAP
    for k in range(length):
        gap = items[i + k] - rests[j + k]
        if gap < 0:
            return 0
        largest = max(largest, rests[j + k])
        if gap > 0:
            smallest = min(smallest, gap)
    if smallest <= largest or smallest == NEVER_GAP:
        return 0
    divisor = 0
    for k in range(length):
        divisor = gcd(divisor, items[i + k] - rests[j + k])
    return divisor if divisor > largest else 0


@inner
def match_items(tape: Tape, pool: Pool, costs: Costs, p: int) -> None:
    """Add, subtract, modulo, substitute: the constants are read off the tape."""
    start, length = pool.bounds[p], pool.bounds[p + 1] - pool.bounds[p]
    if length < costs.extra[2]:
        return
    values, symbols = pool.values, tape.symbols
    reach, exact = tape.reach, tape.exact
    for j in range(len(symbols) - length + 1):
        end = j + length
        if end > reach[j] or (exact[j] != 0 and end != reach[j]):
            continue
        shift = symbols[j] - values[start]
        if shift != 0 and -256 < shift < 256:
            k = 1
            while k < length and symbols[j + k] - values[start + k] == shift:
                k += 1
            if k == length:
                operation = ADD_ITEM if shift > 0 else SUBTRACT_ITEM
                cost = costs.derived[operation]
                add_edge(pool, j, j + length, operation, p, NONE, abs(shift), ZERO, cost)
                continue
        divisor = modulus(values, start, symbols, j, length)
        if 2 <= divisor <= 255:
            cost = costs.derived[MODULO_ITEM]
            add_edge(pool, j, j + length, MODULO_ITEM, p, NONE, divisor, ZERO, cost)
        old, new, k = -1, -1, 0
        while k < length:
            item, there = values[start + k], symbols[j + k]
            if old >= 0 and item == old:
                if there != new:
                    break
            elif item != there:
                if old >= 0 or item < 0 or item > 255:
                    break
                old, new = item, there
                earlier = 0
                while earlier < k and values[start + earlier] != old:
                    earlier += 1
                if earlier < k:
                    break
            k += 1
        if k == length and old >= 0:
            add_edge(pool, j, j + length, SUBSTITUTE, p, NONE, old, new, costs.derived[SUBSTITUTE])


@inner
def match_parts(tape: Tape, pool: Pool, costs: Costs, p: int) -> None:
    """Slices, largest and smallest: the longest that the tape shows at each place."""
    start, length = pool.bounds[p], pool.bounds[p + 1] - pool.bounds[p]
    values, symbols, buffer = pool.values, tape.symbols, pool.buffer
    reach, exact, starts, literal = tape.reach, tape.exact, pool.starts, costs.literal
    fewest, cost = costs.extra[2], costs.derived[BETWEEN]
    index(values[start : start + length], starts, buffer)
    for j in range(len(symbols)):
        if reach[j] < 0:
            continue
        limit = min(length - 1, reach[j] - j)
        best, where, i = 0, 0, starts[symbols[j]]
        while i >= 0 and (best == 0 or best < limit):
            k = 1
            while k < limit and i + k < length and values[start + i + k] == symbols[j + k]:
                k += 1
            if k > best:
                best, where = k, i
            i = buffer[i]
        extends = j > 0 and where > 0 and values[start + where - 1] == symbols[j - 1]
        if extends and reach[j - 1] == reach[j] and best < limit:
            continue
        fits = best >= fewest and (exact[j] == 0 or j + best == reach[j])
        if fits and cost < literal[min(best, len(literal) - 1)] + costs.extra[0]:
            add_edge(pool, j, j + best, BETWEEN, p, NONE, where, where + best, cost)
    for k in range(length):
        buffer[k] = values[start + k]
    sort_ascending(buffer, ZERO, length)
    for operation in (MIN_N, MAX_N):
        if operation == MAX_N:
            for k in range(length // 2):
                swap = buffer[k]
                buffer[k] = buffer[length - 1 - k]
                buffer[length - 1 - k] = swap
        cost = costs.derived[operation]
        for j in range(len(symbols)):
            if reach[j] < 0:
                continue
            limit = min(length, reach[j] - j, LARGEST_N)
            k = 0
            while k < limit and buffer[k] == symbols[j + k]:
                k += 1
            if k >= fewest and (exact[j] == 0 or j + k == reach[j]):
                add_edge(pool, j, j + k, operation, p, NONE, k, ZERO, cost)


@inner
def match_two(tape: Tape, pool: Pool, costs: Costs, p: int, q: int) -> None:
    """Operations on two sequences of one length, in both orders."""
    a, b = pool.bounds[p], pool.bounds[q]
    length = pool.bounds[p + 1] - a
    values, buffer = pool.values, pool.buffer
    inside = True
    for k in range(length):
        buffer[k] = values[a + k] + values[b + k]
        inside = inside and 0 <= buffer[k] <= 255
    if inside:
        place(tape, pool, costs, p, q, length, ADD_TWO, ZERO, ZERO)
    for _ in range(2):
        inside = True
        for k in range(length):
            buffer[k] = values[a + k] - values[b + k]
            inside = inside and 0 <= buffer[k] <= 255
        if inside:
            place(tape, pool, costs, p, q, length, SUBTRACT_TWO, ZERO, ZERO)
        count = 0
        for k in range(length):
            if values[b + k] != 0:
                buffer[count] = values[a + k] % values[b + k]
                count += 1
        if count >= costs.extra[2]:
            place(tape, pool, costs, p, q, count, MODULO_TWO, ZERO, ZERO)
        swap = a
        a = b
        b = swap
        swap = p
        p = q
        q = swap


@inner
def match_turned(tape: Tape, pool: Pool, costs: Costs, p: int) -> None:
    """Keep the reverse of sequence p as a source if the tape shows it with its items changed."""
    start, length = pool.bounds[p], pool.bounds[p + 1] - pool.bounds[p]
    if length < 6 or pool.recipe[p, 0] <= REPEAT_NUM or pool.recipe[p, 0] == REVERSE:
        return
    for k in range(length):
        pool.buffer[k] = pool.values[start + length - 1 - k]
    rank = HIDDEN if pool.rank[p] == HIDDEN else max(pool.rank[p], ZERO) + 1
    count = pool.info[COUNT]
    q = remember(
        pool, pool.buffer, ZERO, length, rank, REVERSE, p, NONE, ZERO, ZERO, costs.derived[REVERSE]
    )
    if q != count:
        return
    edges = pool.info[EDGES]
    match_items(tape, pool, costs, q)
    if pool.info[EDGES] == edges:
        pool.info[COUNT] = count


@inner
def match_new(tape: Tape, pool: Pool, costs: Costs) -> None:
    """Match the sequences that came into the pool since the last call."""
    first = pool.info[MATCHED]
    last = pool.info[COUNT]
    for p in range(first, last):
        match_whole(tape, pool, costs, p)
        match_items(tape, pool, costs, p)
        match_parts(tape, pool, costs, p)
        match_turned(tape, pool, costs, p)
        length = pool.bounds[p + 1] - pool.bounds[p]
        for q in range(p):
            if pool.bounds[q + 1] - pool.bounds[q] == length >= costs.extra[2]:
                match_two(tape, pool, costs, p, q)
    pool.info[MATCHED] = last
