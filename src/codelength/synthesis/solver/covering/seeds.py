"""Sequences that are not on the tape but make parts of it: sources to try.

Example: a tape with 9, 8, 7, 6 -> the range 6..9, of which it is the reverse.
"""

from codelength.coding.compiled import constant, inner
from codelength.dsl.operations import RANGE_INTERVAL, RANGE_UP, REPEAT_NUM, SET_LIST, ZERO
from codelength.synthesis.solver.costs import NEVER, Costs
from codelength.synthesis.solver.covering.pool import HIDDEN, Pool, remember
from codelength.synthesis.solver.covering.tape import Tape

NONE = constant(-1)
LONGEST_PERIOD = constant(40)


@inner
def initiator_cost(costs: Costs, step: int, length: int) -> float:
    """Bits of the initiator that makes `length` items with this step; `NEVER` if there is none."""
    if step == 0:
        return costs.repeat[length] if length < len(costs.repeat) else NEVER
    if step < 0 or step > 8 or length >= len(costs.interval):
        return NEVER
    if step == 1:
        return min(costs.up[length], costs.interval[length])
    return costs.interval[length]


@inner
def remember_progression(
    pool: Pool, costs: Costs, first: int, step: int, length: int, rank: int
) -> int:
    """The number of first, first + step, ..."""
    for k in range(length):
        pool.buffer[k] = first + k * step
    operation = REPEAT_NUM if step == 0 else RANGE_UP if step == 1 else RANGE_INTERVAL
    cost = initiator_cost(costs, step, length)
    if cost >= NEVER:
        return NONE
    return remember(pool, pool.buffer, ZERO, length, rank, operation, NONE, NONE, first, step, cost)


@inner
def remember_literal(pool: Pool, costs: Costs, tape: Tape, start: int, end: int, rank: int) -> int:
    """The number of the tape's part start..end, as an initiator or a literal."""
    length = end - start
    step = tape.symbols[start + 1] - tape.symbols[start] if length > 1 else 0
    k = 1
    while k < length and tape.symbols[start + k] - tape.symbols[start + k - 1] == step:
        k += 1
    if k == length and initiator_cost(costs, step, length) < costs.literal[length]:
        return remember_progression(pool, costs, tape.symbols[start], step, length, rank)
    return remember(
        pool,
        tape.symbols,
        start,
        length,
        rank,
        SET_LIST,
        NONE,
        NONE,
        ZERO,
        ZERO,
        costs.literal[length],
    )


@inner
def run_length(tape: Tape, start: int, end: int) -> int:
    """How many symbols from `start` on have one difference."""
    step = tape.symbols[start + 1] - tape.symbols[start]
    k = start + 2
    while k < end and tape.symbols[k] - tape.symbols[k - 1] == step:
        k += 1
    return k - start


@inner
def plant_runs(tape: Tape, pool: Pool, costs: Costs, start: int, limit: int) -> int:
    """Sources of the run at `start`: descending, or with a large step; where to look next."""
    length = run_length(tape, start, limit)
    first = tape.symbols[start]
    step = tape.symbols[start + 1] - first
    if length < 3:
        return start + 1
    last = start + length
    if 0 < step <= 8 and last + 1 < limit and tape.symbols[last + 1] == first + (length + 1) * step:
        more = length + 2
        while start + more < limit and tape.symbols[start + more] == first + more * step:
            more += 1
        remember_progression(pool, costs, first, step, more, HIDDEN)
    if -8 <= step < 0:
        remember_progression(pool, costs, first + (length - 1) * step, -step, length, HIDDEN)
    elif abs(step) > 8 and length >= 6:
        for jump in range(2, 6):
            if step % jump == 0 and abs(step) // jump <= 8:
                low = first if step > 0 else first + (length - 1) * step
                count = (length - 1) * jump + 1
                remember_progression(pool, costs, low, abs(step) // jump, count, HIDDEN)
    elif step == 0 and length > 25:
        for part in range(25, 3, -1):
            if length % part == 0:
                remember_progression(pool, costs, first, ZERO, part, HIDDEN)
                break
        remember_progression(pool, costs, first, ZERO, constant_part(length), HIDDEN)
    return start + length - 1


@inner
def constant_part(length: int) -> int:
    """A count up to 25 of which few repeats make nearly `length`."""
    times = (length + 24) // 25
    return length // min(times, 8) if length // min(times, 8) <= 25 else 25


@inner
def plant_changed(tape: Tape, pool: Pool, costs: Costs, start: int, end: int) -> None:
    """The run that start..end would be but for one changed item, or but for wrapping round."""
    length = end - start
    if length < 5:
        return
    symbols = tape.symbols
    for try_step in range(3):  # the step between items 0, 1, or 1, 2, or 2, 3
        step = symbols[start + try_step + 1] - symbols[start + try_step]
        if not 0 <= step <= 8:
            continue
        first = symbols[start + try_step] - try_step * step
        last = first + (length - 1) * step
        if first < 0 or last > 255:
            continue
        wrong, wrapped, divisor = 0, 0, 0
        for k in range(length):
            gap = first + k * step - symbols[start + k]
            if gap != 0:
                wrong += 1
                divisor = gcd(divisor, gap)
                wrapped += gap < 0
        if (wrong == 1 and step > 0) or (wrong > 0 and wrapped == 0 and 2 <= divisor <= 255):
            remember_progression(pool, costs, first, step, length, HIDDEN)


@inner
def gcd(a: int, b: int) -> int:
    """The greatest common divisor."""
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a


@inner
def plant_period(tape: Tape, pool: Pool, costs: Costs, start: int, end: int) -> None:
    """The period of start..end, if it is made of whole ones."""
    length = end - start
    for period in range(2, length // 2 + 1):
        if length % period != 0 or length // period > 8:
            continue
        k = period
        while k < length and tape.symbols[start + k] == tape.symbols[start + k - period]:
            k += 1
        if k == length:
            remember_literal(pool, costs, tape, start, start + period, HIDDEN)
            return


@inner
def plant_repeats(tape: Tape, pool: Pool, costs: Costs) -> None:
    """What the chain shows several times in a row, as a part of it."""
    symbols, size = tape.symbols, tape.info[0]
    for period in range(3, min(size // 2, LONGEST_PERIOD) + 1):
        k = period
        while k < size:
            start = k
            while k < size and symbols[k] == symbols[k - period]:
                k += 1
            if k - start >= period:
                first = start - period
                rank = tape.rank[start - 1]
                step = symbols[first + 1] - symbols[first]
                j = 2
                while j < period and symbols[first + j] - symbols[first + j - 1] == step:
                    j += 1
                if j < period:
                    remember_literal(pool, costs, tape, first, start, rank)
            k += 1


@inner
def plant(tape: Tape, pool: Pool, costs: Costs) -> None:
    """Put sources that the tape hints at into the pool."""
    plant_repeats(tape, pool, costs)
    for part in range(tape.info[1] + 1):
        start, end = tape.bounds[part], tape.bounds[part + 1]
        if part > 0:
            plant_changed(tape, pool, costs, start, end)
            plant_period(tape, pool, costs, start, end)
        j = start
        while j + 3 < end:
            j = plant_runs(tape, pool, costs, j, end)
