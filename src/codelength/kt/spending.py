"""What asking a model will take, in tokens and money, before it is spent.

Example: two items of 128 symbols, zero-shot -> some 940 input tokens, 2,048 output tokens at most.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from operator import add
from pathlib import Path

from codelength.corpora.instances import Instance
from codelength.corpora.kt import kt_corpus
from codelength.kt.grid import GridSpec
from codelength.synthesis.prompted.asking import Manner
from codelength.synthesis.prompted.codec import python_codec
from codelength.synthesis.prompted.prompts import FEEDBACK, prompt

CHARACTERS = 4.5
"""Of English in a token, as tokenizers of today have it."""
A_VALUE = 2.0
"""Tokens of a value in a list: the number, and the comma with its space."""
MILLION = 1_000_000


@dataclass(frozen=True)
class Spending:
    """An estimate.

    Arguments:
        items: targets that are asked for, once for each draw.
        input_tokens: of all first prompts.
        output_tokens: of answers that repeat their sequences; a model that writes shorter programs
            takes fewer, one that thinks aloud more.
        most_input_tokens, most_output_tokens: where every answer is at its limit and every repair
            is asked for; each repair sends what was said before again.
    """

    items: int
    input_tokens: int
    output_tokens: int
    most_input_tokens: int
    most_output_tokens: int

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(*map(add, astuple(self), astuple(other)))

    def dollars(self, price_in: float, price_out: float) -> tuple[float, float]:
        """Expected and most dollars, by prices a million tokens."""
        return (
            (self.input_tokens * price_in + self.output_tokens * price_out) / MILLION,
            (self.most_input_tokens * price_in + self.most_output_tokens * price_out) / MILLION,
        )

    def text(self, prices: tuple[float, float] | None = None) -> str:
        """One line for a person."""
        line = (
            f"{self.items:,} answers: about {self.input_tokens:,} tokens in,"
            f" {self.output_tokens:,} out (at most {self.most_input_tokens:,} in,"
            f" {self.most_output_tokens:,} out)"
        )
        if prices is None:
            return line
        expected, most = self.dollars(*prices)
        return f"{line}; about {expected:,.2f} dollars ({most:,.2f} at most)"


def spending(instances: Iterable[Instance], manner: Manner) -> Spending:
    """Estimate what a model is sent and sends back for some instances."""
    items = sent = back = 0
    words = sum(len(turn.text) for turn in prompt(b"", manner.style, manner.shots)) / CHARACTERS
    limit, draws, rounds = manner.settings.tokens, manner.draws, 1 + manner.repairs
    for one in instances:
        items += draws
        values = A_VALUE * len(one.target)
        sent += draws * round(words + values)
        back += draws * min(limit, round(values) + 20)
    again = limit + round(len(FEEDBACK) / CHARACTERS)
    most = rounds * sent + items * again * (rounds * manner.repairs // 2)
    return Spending(items, sent, back, most, items * limit * rounds)


def plans(spec: GridSpec, data: Path | None = None) -> Iterator[str]:
    """A line for each cell of a grid that will ask a model; scripted ones cost nothing."""
    for cell in spec.cells():
        if not cell.codec.startswith("program:") or "model=scripted/" in cell.codec:
            continue
        codec = python_codec(cell.codec)
        if codec is not None and codec.asker is not None:
            corpus = kt_corpus(cell.modality, cell.item_length, cell.limit, cell.seed, data)
            yield f"{cell.codec} on {cell.modality}: {spending(corpus, codec.asker.manner).text()}"
