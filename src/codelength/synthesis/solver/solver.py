"""`solver`: finds a program for any sequence of 0..255, with the fewest bits under a prior.

Example: Solver(PaperPrior()).solve(bytes([1, 2, 3, 4, 5, 9, 9, 9, 9])).bits -> 52.4: a range, a
repeat_num and a concatenate.
"""

import time
from dataclasses import dataclass, replace

import numpy as np

from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import ExactPrior, Prior
from codelength.dsl.program import Program
from codelength.dsl.rewrites import shortened
from codelength.errors import ProgramError
from codelength.synthesis.programs import Synthesizer, runs_to
from codelength.synthesis.solver.costs import costs_of
from codelength.synthesis.solver.planner import Budget, Effort, Planner
from codelength.synthesis.solver.plans import Peel


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
        effort: how wide the search is.
    """

    name = "solver"

    def __init__(
        self,
        prior: Prior | None = None,
        budget: Budget | None = None,
        effort: Effort | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.prior = prior or ExactPrior()
        self.budget, self.effort = budget or Budget(), effort or Effort()
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
            planner = Planner(
                len(symbols), costs_of(self.prior, len(symbols)), self.budget, self.effort
            )
            planner.run(symbols)
            for candidate in planner.candidates:
                program = shortened(candidate.program, self.prior, self.limits)
                try:
                    bits = self.prior.bits(program, self.limits)
                except ProgramError:  # beyond the limits
                    continue
                if bits < best.bits and runs_to(program, target, self.limits):
                    best = Solution(program, bits, 0, 0.0, candidate.plan.peels)
            best = replace(best, nodes=planner.nodes)
        return replace(best, seconds=time.perf_counter() - began)
