"""One walk over a program, writing or reading: at each place, what the sampler would have drawn.

Example: the walk over `range_func_up(0, 9)`, `output` notes: the line is regular; an initiator,
which, its start, its length; regular; no second one; at each place that nothing happens; no reuse.

A line that the sampler could not have written here is irregular: a flag says so, and any line of
the domain follows. The flag gets cheaper once it was used. docs/kt.md has the choices in order.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import COUNT, END, START
from codelength.coding.compiled import constant, inner, kernel
from codelength.dsl.interpreter import FINE, MEMORY, run_line, words_of_line, work_of_line
from codelength.dsl.operations import (
    CONCATENATE,
    FILTER,
    INITIATORS,
    INTERLEAVE,
    MAX_N,
    MIN_N,
    OUTPUT,
    REPEAT_LIST,
    REVERSE,
    SUBSTITUTE,
    ZERO,
)
from codelength.dsl.priors.exact import TRUNCATED, UNREADABLE
from codelength.dsl.priors.fitted_arguments import (
    irregular_arguments,
    irregular_operation,
    regular_arguments,
)
from codelength.dsl.priors.fitted_choices import (
    FAILED,
    FULL,
    GATE,
    LINE,
    NONE,
    OPEN,
    READING,
    Coder,
    flag,
    from_table,
    trial,
    uniform,
)
from codelength.dsl.priors.fitted_places import (
    CALCULATING,
    INITIATING,
    MERGING,
    MOST,
    PAIRING,
    REUSING,
    REVERSED,
    REVERSING,
    SUBSTITUTED,
    USED,
    draws_of,
    note_facts,
    operation_of,
    possible,
)
from codelength.dsl.priors.fitted_places import FILTERING as FILTERED
from codelength.dsl.priors.fitted_tables import (
    KIND,
    LEFT_OUT,
    MERGE,
    MORE,
    REUSE,
    REUSED,
    REUSED_OF,
    Model,
)

Array = npt.NDArray[np.int64]

PHASE, PLACE, PARTNER, DRAW, UNTIL, SEQUENCES, JOINED, NEXT, FIRST, REUSES, IRREGULAR = range(6, 17)
"""Fields of the walk (the first six are in `fitted_choices`): phase; place and draw of its loop,
and where it ends; sequences to merge, the line that joins them, the next to join, the first;
reuses; irregular lines so far."""
WALK = 17
ROW_KIND, ROW_MERGE, ROW_LEFT_OUT = constant(KIND), constant(MERGE), constant(LEFT_OUT)
INITIATORS_AT_MOST = 5


@inner
def enter(walk: Array, model: Model, phase: int, line: int) -> None:
    """Begin a phase."""
    walk[PHASE], walk[PLACE], walk[PARTNER], walk[DRAW], walk[UNTIL] = phase, 0, 1, 0, line
    if phase == REVERSING:
        walk[GATE] = model.gates[0]
    elif phase == CALCULATING:
        walk[GATE] = model.gates[1]
    elif phase == PAIRING:
        walk[GATE] = model.gates[2]
    elif phase > CALCULATING:
        walk[GATE] = OPEN
    if phase == FILTERED:
        walk[PLACE] = line - 1
    if phase == MERGING:
        walk[SEQUENCES], walk[JOINED], walk[NEXT], walk[FIRST], walk[REUSES] = line, -1, 0, -1, 0


@inner
def advance(walk: Array, outcome: int) -> None:
    """Move to the next draw."""
    phase = walk[PHASE]
    walk[DRAW] += 1
    if walk[DRAW] < draws_of(phase) and outcome != MAX_N and outcome != MIN_N:
        return
    walk[DRAW] = 0
    if phase == PAIRING:
        walk[PARTNER] += 1
        if walk[PARTNER] < walk[UNTIL]:
            return
        walk[PARTNER] = walk[PLACE] + 2
    walk[PLACE] += 1


@inner
def code_trials(
    coder: Coder,
    model: Model,
    words: Array,
    here: int,
    line: int,
    facts: Array,
    marks: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
) -> tuple[int, int, int]:
    """The phase's next event: (outcome, i, j), or (NONE, 0, 0) at its end."""
    walk = coder.walk
    phase = walk[PHASE]
    operation, x, y = words[here], words[here + 1], words[here + 2]
    outcome = OUTPUT + 1 + x if operation == FILTER else operation
    if operation == FILTER or operation == REPEAT_LIST:
        x = y
    fixed = phase == CALCULATING or phase >= FILTERED
    until = walk[UNTIL] if fixed else line
    while walk[PLACE] < until and (phase != PAIRING or walk[PARTNER] < until):
        i, j = walk[PLACE], walk[PARTNER]
        could = possible(phase, walk[DRAW], i, j, facts, marks, arena, bounds, seen)
        happened = NONE
        if could:
            wanted = outcome if x == i and (phase != PAIRING or y == j) else NONE
            happened = trial(coder, model.hazards, could, wanted, phase)
        advance(walk, happened)
        if happened != NONE:
            return happened, i, j
    return NONE, ZERO, ZERO


@inner
def code_merge(
    coder: Coder, model: Model, words: Array, here: int, marks: Array
) -> tuple[int, int, int]:
    """The merge's next event: (operation, x, y), or (NONE, 0, 0) when all is merged."""
    walk, rows = coder.walk, model.rows
    operation, x, y = words[here], words[here + 1], words[here + 2]
    while walk[NEXT] < walk[SEQUENCES]:
        j = walk[NEXT]
        walk[NEXT] += 1
        joined = walk[JOINED]
        if marks[SUBSTITUTED, j] and j < walk[SEQUENCES] - 1:
            left_out = (x if joined < 0 else y) != j
            if from_table(coder, rows, ROW_LEFT_OUT, ZERO + left_out):
                continue
        if joined < 0:
            walk[JOINED] = walk[FIRST] = j
            continue
        operation = CONCATENATE + from_table(coder, rows, ROW_MERGE, operation - CONCATENATE)
        return operation, joined, j
    return NONE, ZERO, ZERO


@inner
def uses(walk: Array, marks: Array, j: int) -> int:
    """How often the merge has used sequence j."""
    return marks[USED, j] + (walk[FIRST] == j)


@inner
def code_reuse(
    coder: Coder, model: Model, words: Array, here: int, marks: Array
) -> tuple[int, int, int]:
    """After the merge: (operation, x, y) of a reuse, or the output."""
    walk, rows = coder.walk, model.rows
    operation, y = words[here], words[here + 2]
    free, rank = ZERO, -1 + ZERO
    for j in range(walk[SEQUENCES]):
        if uses(walk, marks, j) < 2:
            if j == y:
                rank = free
            free += 1
    row = REUSE + 8 * min(walk[SEQUENCES], REUSED_OF) + min(walk[REUSES], REUSED)
    if free == 0 or not from_table(coder, rows, row, ZERO + (operation != OUTPUT)):
        return OUTPUT, walk[JOINED], ZERO
    walk[REUSES] += 1
    operation = CONCATENATE + from_table(coder, rows, ROW_MERGE, operation - CONCATENATE)
    rank = uniform(coder, rank, free)
    if coder.walk[READING]:
        y = -1 + ZERO
        while rank >= 0:
            y += 1
            rank -= uses(walk, marks, y) < 2
    return operation, walk[JOINED], y


@inner
def regular_line(
    coder: Coder,
    model: Model,
    words: Array,
    here: int,
    line: int,
    facts: Array,
    marks: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
) -> None:
    """A line as the sampler would go on; `FAILED` where it could not have."""
    walk = coder.walk
    happened, i, j = NONE, ZERO, ZERO
    if walk[PHASE] == INITIATING:
        is_initiator = ZERO + (words[here] < INITIATORS)
        more = line < INITIATORS_AT_MOST
        if more and line > 0:
            more = from_table(coder, model.rows, MORE + line, is_initiator) == 1
        if more:
            happened = from_table(coder, model.rows, ROW_KIND, words[here])
        else:
            enter(walk, model, REVERSING, line)
    while happened == NONE and walk[PHASE] < MERGING:
        happened, i, j = code_trials(
            coder, model, words, here, line, facts, marks, arena, bounds, seen
        )
        if happened == NONE:
            enter(walk, model, walk[PHASE] + 1, line)
    if happened == NONE and walk[PHASE] == MERGING:
        happened, i, j = code_merge(coder, model, words, here, marks)
        if happened == NONE:
            walk[PHASE] = REUSING
    if happened == NONE:
        happened, i, j = code_reuse(coder, model, words, here, marks)
    operation = operation_of(happened)
    if walk[READING]:
        words[here] = operation
        if operation == FILTER:
            words[here + 1] = happened - OUTPUT - 1
    elif operation != words[here] or (
        operation >= CONCATENATE
        and (words[here + 1] != i or (operation != OUTPUT and words[here + 2] != j))
    ):
        walk[FAILED] = 1
    if not walk[FAILED]:
        regular_arguments(coder, model, words, here, i, j, facts, arena, bounds, seen)


@inner
def note_line(
    walk: Array,
    words: Array,
    here: int,
    line: int,
    facts: Array,
    marks: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
) -> None:
    """Remember what later lines depend on."""
    operation, x, y = words[here], words[here + 1], words[here + 2]
    if walk[PHASE] >= MERGING:
        walk[JOINED] = line
        if (operation == CONCATENATE or operation == INTERLEAVE) and y < walk[SEQUENCES]:
            marks[USED, y] += 1
    elif line < MOST:
        note_facts(facts, line, operation, arena, bounds, seen)
        if operation == REVERSE:
            marks[REVERSED, x] = marks[REVERSED, line] = 1
        elif operation == SUBSTITUTE:
            marks[SUBSTITUTED, x] = 1


@inner
def code_line(
    coder: Coder,
    model: Model,
    words: Array,
    here: int,
    line: int,
    facts: Array,
    marks: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
    saved: Array,
    most: int,
) -> int:
    """One line, regular if it can be; the interpreter's outcome or one of the exact prior's."""
    walk = coder.walk
    regular = ZERO + (line < MOST or walk[PHASE] >= MERGING)
    odd = 1 + 128 * walk[IRREGULAR]
    total = odd + 255 + 8 * line
    if regular:
        for k in range(WALK):
            saved[k] = walk[k]
        regular = 1 - flag(coder, ZERO, odd, total)
        if regular:
            regular_line(coder, model, words, here, line, facts, marks, arena, bounds, seen)
        if walk[FAILED]:
            for k in range(WALK):
                walk[k] = saved[k]
            regular = flag(coder, ZERO + 1, odd, total) - 1
    if regular:
        return FINE
    walk[IRREGULAR] += 1
    operation = irregular_operation(coder, model, words[here], line)
    if walk[READING]:
        words[here] = operation
    return irregular_arguments(coder, words, here, line, bounds, most)


@kernel
def walk_program(
    coder: Coder,
    model: Model,
    words: Array,
    arena: Array,
    bounds: Array,
    facts: Array,
    marks: Array,
    seen: Array,
    saved: Array,
    length: int,
    steps: int,
) -> tuple[int, int]:
    """Write or read a program and run it on the way: (outcome, words used).

    `MEMORY` asks for larger arrays.
    """
    walk, state = coder.walk, coder.state
    here, line, work = ZERO, ZERO, ZERO
    bounds[0] = 0
    while True:
        if line + 2 > len(bounds) or walk[FULL]:
            return MEMORY, 0
        if walk[READING]:
            if here + 40 > len(words):
                return MEMORY, 0
            if state[COUNT] > state[END] - state[START]:
                return TRUNCATED, 0
        walk[LINE] = line
        outcome = code_line(
            coder, model, words, here, line, facts, marks, arena, bounds, seen, saved, length
        )
        if outcome != FINE:
            return outcome, 0
        if words[here] == OUTPUT:
            return (MEMORY if walk[FULL] else FINE), here + 2
        outcome = run_line(words, here, line, arena, bounds, length)
        if outcome != FINE:
            return outcome, line
        work += work_of_line(words, here, line, bounds)
        if work > steps:
            return UNREADABLE, 0
        note_line(walk, words, here, line, facts, marks, arena, bounds, seen)
        line += 1
        here += words_of_line(words, here)
