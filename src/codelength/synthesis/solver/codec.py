"""`solver` as a codec: the programs that the solver finds, as messages of a decodable prior."""

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import Spec
from codelength.dsl.priors import DecodablePrior, prior
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate
from codelength.synthesis.solver.planner import Budget
from codelength.synthesis.solver.solver import Solver

LARGEST_BUDGET = 10**9


def build(spec: Spec) -> Codec | Estimator:
    """`solver:prior=exact,budget=2000`: messages, or KT's formula with `prior=paper`.

    `seconds=1` ends each search by the clock: such a run is not reproducible.
    """
    spec.only("prior", "budget", "seconds")
    chosen = prior(spec.choice("prior", ("exact", "fitted", "paper"), "exact"))
    nodes = spec.integer("budget", range(1, LARGEST_BUDGET), Budget().nodes)
    seconds = spec.number("seconds", None)
    solver = Solver(chosen, Budget(nodes, seconds))
    if isinstance(chosen, DecodablePrior):
        return Fallback(ProgramCodec(solver, chosen), Raw())
    return ProgramEstimate(solver, chosen)
