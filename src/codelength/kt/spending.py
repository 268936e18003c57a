"""What asking a model will take, in tokens and money, before it is spent.

Example: two items of 128 symbols, zero-shot -> some 940 input tokens, 2,048 output tokens at most.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codelength.codecs.combinators import Fallback
from codelength.codecs.registry import build
from codelength.corpora.instances import Instance
from codelength.corpora.kt import kt_corpus
from codelength.kt.grid import GridSpec
from codelength.synthesis.prompted.asking import Manner
from codelength.synthesis.prompted.codec import PythonCodec
from codelength.synthesis.prompted.prompts import prompt

CHARACTERS = 4.5
"""Of English in a token, as tokenizers of today have it."""
A_VALUE = 2.0
"""Tokens of a value in a list: the number, and the comma with its space."""
MILLION = 1_000_000


@dataclass(frozen=True)
class Spending:
    """An estimate.

    Arguments:
        items: targets that are asked for.
        input_tokens: of all prompts, feedback not counted.
        output_tokens: of answers that repeat their sequences; a model that writes shorter programs
            takes fewer, one that thinks aloud more.
        most_output_tokens: at the limit of every answer, repairs included.
    """

    items: int
    input_tokens: int
    output_tokens: int
    most_output_tokens: int

    def dollars(self, price_in: float, price_out: float) -> tuple[float, float]:
        """Expected and most dollars, by prices a million tokens."""
        given = self.input_tokens * price_in / MILLION
        return (
            given + self.output_tokens * price_out / MILLION,
            given + self.most_output_tokens * price_out / MILLION,
        )

    def text(self, prices: tuple[float, float] | None = None) -> str:
        """One line for a person."""
        line = (
            f"{self.items:,} items: about {self.input_tokens:,} tokens in, {self.output_tokens:,}"
            f" out ({self.most_output_tokens:,} at most)"
        )
        if prices is None:
            return line
        expected, most = self.dollars(*prices)
        return f"{line}; about {expected:,.2f} dollars ({most:,.2f} at most)"


def spending(instances: Iterable[Instance], manner: Manner, epochs: int = 1) -> Spending:
    """Estimate what a model is sent and sends back for some instances."""
    items = sent = back = 0
    words = sum(len(turn.text) for turn in prompt(b"", manner.style, manner.shots)) / CHARACTERS
    for one in instances:
        items += epochs
        values = A_VALUE * len(one.target)
        sent += epochs * round(words + values)
        back += epochs * min(manner.settings.tokens, round(values) + 20)
    most = items * manner.settings.tokens * (1 + manner.repairs)
    return Spending(items, sent, back, most)


def plans(spec: GridSpec, data: Path | None = None) -> Iterator[str]:
    """A line for each cell of a grid that will ask a model; scripted ones cost nothing."""
    for cell in spec.cells():
        if not cell.codec.startswith("program:") or "model=scripted/" in cell.codec:
            continue
        codec = build(cell.codec)
        partial = codec.primary if isinstance(codec, Fallback) else None
        asker = partial.asker if isinstance(partial, PythonCodec) else None
        if asker is not None:
            corpus = kt_corpus(cell.modality, cell.item_length, cell.limit, cell.seed, data)
            yield f"{cell.codec} on {cell.modality}: {spending(corpus, asker.manner).text()}"
