r"""Orders of a program's lines: as they are, merges early, or as the sampler writes them.

Example: early of `1 = range_func_up(0, 3)` / `2 = repeat_num(3, 8)` / `3 = concatenate(1, 1)` /
`4 = concatenate(3, 2)` -> lines 1, 3, 2, 4.

All of them drop the lines that the output does not need.
"""

from collections.abc import Sequence

from codelength.dsl.operations import CONCATENATE, INITIATORS
from codelength.dsl.program import Program
from codelength.dsl.rewrites.lines import Line, lines_of, needed, operands, program_of


def live(program: Program) -> Program:
    """The lines that the output needs, in their order."""
    lines, result = lines_of(program)
    return program_of(lines, result, sorted(needed(lines, result)))


def early(program: Program) -> Program:
    """Each merge as early as possible, each other line just before it is first needed.

    A reference costs more the later its line stands. The order (operands before users, the left
    one's first) depends on what the lines refer to alone, not on the order that they had. On
    sampled programs it is within 0.06 bits a program of the best of all orders.
    """
    lines, result = lines_of(program)
    return program_of(lines, result, needed(lines, result))


def canonical(program: Program) -> Program:
    """The sampler's order: initiators, lines derived from them, the chain of merges.

    The order depends on what the lines refer to alone, not on the order that they had.
    """
    lines, result = lines_of(program)
    return program_of(lines, result, canonical_order(lines, result))


def merge_chain(lines: Sequence[Line], order: Sequence[int]) -> list[int]:
    """The merges that end in the output, each the first operand of the next and of nothing else.

    Arguments:
        order: what `needed` says; the output is its last.
    """
    uses = dict.fromkeys(order, 0)
    for i in order:
        for source in operands(lines[i]):
            uses[source] += 1
    chain: list[int] = []
    here = order[-1]
    while lines[here][0] >= CONCATENATE and (not chain or uses[here] == 1):
        chain.append(here)
        here = lines[here][1]
    return chain[::-1]


def canonical_order(lines: Sequence[Line], result: int) -> list[int]:
    """Initiators and derived lines by the place in the chain that first needs them, then the chain.

    A line's place is never behind the place of what is derived from it, so sources come first.
    """
    order = needed(lines, result)
    chain = merge_chain(lines, order)
    leaves = [lines[chain[0]][1], *(lines[i][2] for i in chain)] if chain else [result]
    places: dict[int, int] = {}
    for place, leaf in enumerate(leaves):
        places.setdefault(leaf, place)
    of_chain = set(chain)
    rest = [i for i in order if i not in of_chain]
    last = len(leaves)
    for i in reversed(rest):
        place = places.setdefault(i, last)
        for source in operands(lines[i]):
            places[source] = min(places.get(source, last), place)
    rest.sort(key=lambda i: (lines[i][0] >= INITIATORS, places[i]))
    return rest + chain
