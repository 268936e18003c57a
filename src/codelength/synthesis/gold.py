"""`gold`: the programs that the sampler made the sequences with (KT's UPPER BOUND)."""

from collections.abc import Sequence
from typing import Self

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import Spec
from codelength.corpora.instances import Instance
from codelength.dsl.priors import DecodablePrior, prior
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate, Synthesizer


class Gold(Synthesizer):
    """Looks the program up; where a corpus has none it proposes nothing.

    Arguments:
        programs: from target to the program's text.
    """

    name = "gold"

    def __init__(self, programs: dict[bytes, str] | None = None) -> None:
        self._programs = programs or {}

    def propose(self, target: bytes) -> Program | None:
        """See `Synthesizer.propose`."""
        text = self._programs.get(target)
        if text is None:
            return None
        try:
            return Program.parse(text)
        except ProgramError:
            return None

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Synthesizer.prepare`."""
        return type(self)({one.target: one.gold for one in instances if one.gold is not None})


def build(spec: Spec) -> Codec | Estimator:
    """`gold:prior=exact` (messages, the default), `fitted` (too) or `paper` (KT's formula)."""
    spec.only("prior")
    chosen = prior(spec.choice("prior", ("exact", "paper", "fitted"), "exact"))
    if isinstance(chosen, DecodablePrior):
        return Fallback(ProgramCodec(Gold(), chosen), Raw())
    return ProgramEstimate(Gold(), chosen)
