"""`solver` as a codec: the programs that the solver finds, as messages of a decodable prior."""

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import Spec
from codelength.dsl.priors import DecodablePrior, prior
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate
from codelength.synthesis.solver.planner import Budget
from codelength.synthesis.solver.solver import solver

LARGEST_BUDGET, WIDEST = 10**9, 64


def build(spec: Spec) -> Codec | Estimator:
    """`solver:prior=exact,budget=2000`: messages, or KT's formula with `prior=paper`.

    `seconds=1` ends each search by the clock: such a run is not reproducible. `wider=2` goes on
    with a search twice as wide.
    """
    spec.only("prior", "budget", "seconds", "wider")
    chosen = prior(spec.choice("prior", ("exact", "fitted", "paper"), "exact"))
    wider = spec.integer("wider", range(WIDEST + 1), 0)
    usual = Budget().nodes * max(1, wider)
    nodes = spec.integer("budget", range(1, LARGEST_BUDGET), usual)
    searching = solver(chosen, nodes, spec.number("seconds", None), wider)
    if isinstance(chosen, DecodablePrior):
        return Fallback(ProgramCodec(searching, chosen), Raw())
    return ProgramEstimate(searching, chosen)
