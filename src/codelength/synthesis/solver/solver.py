"""`solver`: finds a program for any sequence of 0..255, with the fewest bits under a prior.

Example: Solver(PaperPrior()).solve(bytes([1, 2, 3, 4, 5, 9, 9, 9, 9])).bits -> 52.4: a range, a
repeat_num and a concatenate.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import INITIATORS, SET_LIST
from codelength.dsl.priors import ExactPrior, Prior
from codelength.dsl.priors.fitted import FittedPrior
from codelength.dsl.program import Program
from codelength.dsl.rewrites import shortened
from codelength.dsl.rewrites.lines import lines_of
from codelength.errors import ProgramError
from codelength.synthesis.programs import Synthesizer, runs_to
from codelength.synthesis.solver.costs import costs_of
from codelength.synthesis.solver.peeling.plans import Peel
from codelength.synthesis.solver.planner import (
    DIVE,
    FIRST,
    HOPELESS,
    WIDER,
    Budget,
    Candidate,
    Effort,
    Planner,
    widened,
)
from codelength.synthesis.solver.polishing.brief import brief_programs
from codelength.synthesis.solver.polishing.polish import Polisher

LONGEST_SAMPLED, MOST_SAMPLED = 25, 5
"""Values of a list and initiators of a program, as the sampler draws them."""
RIVAL, RIVAL_OF_ODD, RIVAL_UNPRICED = 1.05, 1.3, 1.5
"""Of the best bits: dearer programs are not polished, where the best looks as sampled and where it
looks odd; and by the search's own estimate, not even priced."""

USUAL = (FIRST, DIVE, WIDER)


@dataclass(frozen=True)
class Solution:
    """What was found.

    Arguments:
        program: outputs the target.
        bits: its price under the solver's prior.
        nodes: covers that were tried.
        seconds: that it took.
        peels: the interleavings that were undone for it, outermost first.
    """

    program: Program
    bits: float
    nodes: int
    seconds: float
    peels: tuple[Peel, ...] = ()


class Solver(Synthesizer):
    """Searches programs: peels interleaved streams off, covers the rest, prices the best.

    Arguments:
        prior: prices programs; the exact one by default.
        budget: of one target.
        efforts: how wide the search is; the next one only where what was found still looks odd.
    """

    name = "solver"

    def __init__(
        self,
        prior: Prior | None = None,
        budget: Budget | None = None,
        efforts: Sequence[Effort] = USUAL,
        limits: Limits | None = None,
    ) -> None:
        self.prior = prior or ExactPrior()
        self.budget, self.efforts = budget or Budget(), efforts
        self.limits = limits or Limits()

    def propose(self, target: bytes) -> Program:
        """See `Synthesizer.propose`."""
        return self.solve(target).program

    def solve(self, target: bytes) -> Solution:
        """The cheapest program that the budget finds; always one that outputs the target."""
        began = time.perf_counter()
        literal = Program.literal(target)
        best = Solution(literal, self.prior.bits(literal, self.limits), 0, 0.0)
        if target:
            symbols = np.frombuffer(target, np.uint8).astype(np.int64)
            planner = Planner(len(symbols), costs_of(self.prior, len(symbols)), self.budget)
            polisher = Polisher(
                self.prior, target, self.limits, isinstance(self.prior, FittedPrior), planner.end
            )
            enough = False
            for effort in self.efforts:
                if len(symbols) > effort.longest or (enough and not effort.insists):
                    continue
                planner.run(symbols, effort)
                found = self.priced(planner.candidates, target)[: effort.polished]
                trials = min(effort.trials, effort.work // len(symbols))
                if effort.insists:  # from the best itself, too, and by changes that were tried
                    polisher.seen.clear()
                    found.insert(0, best)
                best = self.improved(best, found, polisher, trials)
                hopeless = best.bits > HOPELESS * self.prior.bits(literal, self.limits)
                enough = hopeless or not self.looks_odd(best.program)
            best = replace(self.short(best, target), nodes=planner.nodes)
        return replace(best, seconds=time.perf_counter() - began)

    def short(self, best: Solution, target: bytes) -> Solution:
        """The best of all and of the programs of at most three lines."""
        for program in brief_programs(tuple(target)):
            try:
                bits = self.prior.bits(program, self.limits)
            except ProgramError:  # outside the domain
                continue
            if bits < best.bits and runs_to(program, target, self.limits):
                best = Solution(program, bits, 0, 0.0)
        return best

    def priced(self, candidates: Sequence[Candidate], target: bytes) -> list[Solution]:
        """The candidates' programs rewritten, cheapest first."""
        found = []
        for candidate in candidates:
            if candidate.bits > RIVAL_UNPRICED * candidates[0].bits:
                break
            program = shortened(candidate.program, self.prior, self.limits)
            try:
                bits = self.prior.bits(program, self.limits)
            except ProgramError:  # beyond the limits
                continue
            if runs_to(program, target, self.limits):
                found.append(Solution(program, bits, 0, 0.0, candidate.plan.peels))
        return sorted(found, key=lambda one: one.bits)

    def improved(
        self, best: Solution, found: Sequence[Solution], polisher: Polisher, trials: int
    ) -> Solution:
        """The best of all after small changes to each."""
        for one in found:
            rival = RIVAL_OF_ODD if self.looks_odd(best.program) else RIVAL
            if one.bits > rival * best.bits:
                break
            program = shortened(polisher.polished(one.program, trials), self.prior, self.limits)
            bits = self.prior.bits(program, self.limits)
            if bits < best.bits:
                best = Solution(program, bits, 0, 0.0, one.peels)
        return best

    def looks_odd(self, program: Program) -> bool:
        """Whether the sampler would hardly have written this, so that more search may pay."""
        if isinstance(self.prior, FittedPrior):
            return self.prior.irregular(program, self.limits) > 0
        lines, _ = lines_of(program)
        initiators = [line for line in lines if line[0] < INITIATORS]
        longest = max((line[1] for line in initiators if line[0] == SET_LIST), default=0)
        return longest > LONGEST_SAMPLED or len(initiators) > MOST_SAMPLED


def solver(
    prior: Prior, nodes: int | None = None, seconds: float | None = None, wider: int = 0
) -> Solver:
    """The solver as its options say.

    Arguments:
        nodes: of the budget; by default the usual ones, and for a wider search as many times more.
        seconds: of the budget.
        wider: after the usual search one so many times as wide, for every target.
    """
    budget = Budget(Budget().nodes * max(1, wider) if nodes is None else nodes, seconds)
    return Solver(prior, budget, (*USUAL, widened(wider)) if wider else USUAL)
