"""Lines with equal values become one.

Example: `2 = reverse_list(1)` / `3 = reverse_list(2)` / `4 = concatenate(3, 1)` ->
`2 = concatenate(1, 1)`.

That covers whatever changes nothing: an empty list merged, a list repeated once, a filter that
keeps everything.
"""

from collections.abc import Sequence

from codelength.dsl.interpreter import Limits
from codelength.dsl.program import Program
from codelength.dsl.rewrites.lines import Line, lines_of, needed, program_of, redirected

Values = tuple[int, ...]


def shared(program: Program, limits: Limits | None = None) -> Program:
    """Of lines with equal values the first is used everywhere; the others go, dead lines too.

    Raises:
        ProgramError: the program does not run.
    """
    lines, result, _ = without_copies(program, limits)
    return program_of(lines, result, range(len(lines)))


def without_copies(program: Program, limits: Limits | None) -> tuple[list[Line], int, list[Values]]:
    """The lines without copies and dead lines, the output's number, each line's values."""
    lines, result = lines_of(program)
    execution = program.run(limits)
    all_values, bounds = execution.values.tolist(), execution.bounds.tolist()
    values = [tuple(all_values[bounds[i] : bounds[i + 1]]) for i in range(len(lines))]
    # Dead lines first: one of them may be the first of its values and cost more than the others.
    first: dict[Values, int] = {}
    targets = list(range(len(lines)))
    for i in sorted(needed(lines, result)):
        targets[i] = first.setdefault(values[i], i)
    lines = [redirected(line, targets) for line in lines]
    return compacted(lines, targets[result], values)


def compacted(
    lines: Sequence[Line], result: int, values: Sequence[Values]
) -> tuple[list[Line], int, list[Values]]:
    """Only the lines that the output needs, in their order, numbered anew."""
    kept = sorted(needed(lines, result))
    numbers = {i: number for number, i in enumerate(kept)}
    return (
        [redirected(lines[i], numbers) for i in kept],
        numbers[result],
        [values[i] for i in kept],
    )
