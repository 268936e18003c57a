"""The cheapest of a program's rewrites under a prior.

Example: shortened(program, PaperPrior()) -> a program with the same output and no higher price.
"""

from codelength.dsl.interpreter import Limits
from codelength.dsl.priors.base import Prior
from codelength.dsl.program import Program
from codelength.dsl.rewrites.draft import Draft
from codelength.dsl.rewrites.fusing import fuse
from codelength.dsl.rewrites.lines import needed, program_of
from codelength.dsl.rewrites.orders import canonical_order
from codelength.dsl.rewrites.sharing import without_copies
from codelength.errors import ProgramError


def shortened(program: Program, prior: Prior, limits: Limits | None = None) -> Program:
    """The cheapest of the program and its rewrites, the first of equals.

    A program without a price comes back as it is.
    """
    try:
        best, lowest = program, prior.bits(program, limits)
    except ProgramError:
        return program
    seen = {program}
    for candidate in rewrites(program, limits):
        if candidate in seen:
            continue
        seen.add(candidate)
        try:
            bits = prior.bits(candidate, limits)
        except ProgramError:
            continue
        if bits < lowest:
            best, lowest = candidate, bits
    if best is not program and best.run(limits).as_bytes() != program.run(limits).as_bytes():
        raise AssertionError(f"a rewrite changed the output of\n{program}\nas\n{best}")
    return best


def rewrites(program: Program, limits: Limits | None) -> list[Program]:
    """Without copies: as it is, merges early, the sampler's order; fused: the latter two.

    What comes of rewriting one of these again is among them, so `shortened` is done in one go.
    """
    lines, result, values = without_copies(program, limits)
    found = [program_of(lines, result, range(len(lines)))]
    plain = list(lines)
    draft = Draft(lines, result, values)
    fuse(draft)
    for graph in (plain, draft.lines):
        found.append(program_of(graph, result, needed(graph, result)))
        found.append(program_of(graph, result, canonical_order(graph, result)))
    return found
