"""A: text whose lines are reversed, without and with the tool that turns them round.

    L_A1(x) = L_M(R(x)),     L_A0(x) = L_M(x)

(agentic codelength, section 5.1 and appendix A.1).
"""

from collections.abc import Mapping

from codelength.agentic.experiments import Arm, Experiment, Settings
from codelength.agentic.models import text_codec
from codelength.codecs.combinators import Fallback, Raw, Transform, Transformed
from codelength.codecs.protocol import Codec
from codelength.coding.messages import Json
from codelength.corpora.enwik8 import ReversedText, reversed_lines
from codelength.corpora.instances import Condition, Corpus

VERSION = 1
"""Of what counts as a line and as a letter."""


class ReverseLines(Transform):
    """The tool: each line backwards, line ends where they were; an involution."""

    name = "reverse lines"

    def forward(self, target: bytes) -> bytes:
        """See `Transform.forward`."""
        return reversed_lines(target)

    def inverse(self, transformed: bytes) -> bytes:
        """See `Transform.inverse`."""
        return reversed_lines(transformed)

    def condition(self, given: Condition) -> Condition:
        """All stays."""
        return given

    def protocol(self) -> dict[str, Json]:
        """See `Transform.protocol`."""
        return {"transform": self.name, "version": VERSION}


class ReversedBlocks(Experiment):
    """Blocks of whole lines of about 4 KiB, each a message of its own."""

    name = "reversed-text"
    arms = (
        Arm("A0", "the reversed text, coded directly"),
        Arm("A1", "behind the shared tool that reverses lines", frozenset({"reverse"})),
    )
    budgets: Mapping[str, int] = {"window": 1024}
    models = "none (context mixing), uniform, gzip, xz, ..., or a language model"

    def corpus(self, settings: Settings) -> Corpus:
        """See `Experiment.corpus`."""
        return ReversedText(settings.data, limit=settings.limit)

    def system(self, arm: Arm, model: str, budget: Mapping[str, int]) -> Codec:
        """See `Experiment.system`."""
        inner = text_codec(model, budget["window"])
        if "reverse" not in arm.components:
            return inner
        return Fallback(Transformed(inner, ReverseLines()), Raw())


class ReversedWhole(ReversedBlocks):
    """The first MiB of enwik8 as one message."""

    name = "reversed-text-whole"

    def corpus(self, settings: Settings) -> Corpus:
        """See `Experiment.corpus`."""
        return ReversedText(settings.data, None, settings.limit)
