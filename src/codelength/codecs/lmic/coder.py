"""What codes targets with a language model: many at once, each a message of its own."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from codelength.coding.bits import BitReader, Bits
from codelength.corpora.instances import Condition
from codelength.errors import InputError, MessageError
from codelength.predictors.lm.exact import PORTABLE, Reader
from codelength.predictors.lm.weights import Weights, load

SMALL, SMALL_BATCH = 10_000_000, 64
"""Parameters of a small model, and its rows in step where no number is asked for."""
SLICE = 64
"""Positions whose logits are in memory at once, where the model reads whole windows."""


@dataclass(frozen=True)
class Coded:
    """A message, and its length by the model's own probabilities, in bits."""

    bits: Bits
    ideal_bits: float


@dataclass(frozen=True, eq=False)
class Coder(ABC):
    """Codes targets with a model.

    Arguments:
        source: of the weights, see `predictors.lm.weights.load`.
        window: tokens after which the model starts anew.
        batch: rows in step.
        exact: `PORTABLE` or `LOCKSTEP`.
        prompt: a text that both ends know; the model reads it before each window.
    """

    source: str
    window: int = 1024
    batch: int = 16
    exact: str = PORTABLE
    prompt: bytes = field(default=b"", repr=False)

    @property
    def weights(self) -> Weights:
        """Of the model."""
        return load(self.source)

    @cached_property
    def span(self) -> int:
        """Tokens of a window: so many that the model can look back on all."""
        return min(self.window, self.weights.context)

    @property
    def slice(self) -> int:
        """Positions that a row reads at once."""
        return SLICE if self.exact == PORTABLE and self.weights.steady else 1

    @property
    def rows(self) -> int:
        """Targets that are coded in step: more than `batch` of small models."""
        free = self.exact == PORTABLE and self.batch == Coder.batch
        return SMALL_BATCH if free and self.weights.size <= SMALL else self.batch

    def reader(self) -> Reader:
        """The model at the beginning of a window."""
        return Reader(self.weights, self.exact)

    @property
    def prompted(self) -> list[int]:
        """The prompt's tokens.

        Raises:
            InputError: it leaves less than half of the window.
        """
        words = self.weights.vocabulary
        tokens = [one if one < words.symbols else words.escape for one in words.split(self.prompt)]
        if 2 * len(tokens) > self.span:
            raise InputError(
                f"the prompt has {len(tokens)} tokens, a window {self.span}: take a larger window"
            )
        return tokens

    @abstractmethod
    def encode(self, targets: Sequence[bytes], given: Sequence[Condition]) -> list[Coded]:
        """The messages of targets, in order."""

    @abstractmethod
    def decode(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """The targets of messages, in order, or why there is none; readers move behind their own.

        Arguments:
            readers: None keeps the place of a target that is not read here.
        """
