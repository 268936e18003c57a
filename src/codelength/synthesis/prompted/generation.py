"""What a model wrote, and the one method that a model has."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codelength.synthesis.prompted.prompts import Prompt

STOP, LENGTH, REFUSAL, FAILED = "stop", "length", "refusal", "failed"
"""Why an answer ended: by itself, at the limit of tokens, as a refusal, or there is none."""


@dataclass(frozen=True)
class Generation:
    """One answer.

    Arguments:
        text: without thinking, where the provider tells them apart.
        end: one of `STOP`, `LENGTH`, `REFUSAL`, `FAILED`.
        input_tokens, output_tokens: as the provider counts them; 0 where it does not.
        error: why there is no answer.
        model: that answered, as the provider names it; empty where it does not.
    """

    text: str
    end: str = STOP
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""
    model: str = ""


@dataclass(frozen=True)
class Settings:
    """How answers are drawn.

    Arguments:
        tokens: of an answer, at most (KT: 1,024).
        temperature: 0 for the likeliest answer.
        seed: for providers that take one.
    """

    tokens: int = 1024
    temperature: float = 0.0
    seed: int | None = None

    def redrawn(self, times: int) -> "Settings":
        """The settings of another draw: another seed, which also keeps caches apart."""
        return replace(self, seed=(self.seed or 0) + times)


class Model(ABC):
    """Answers prompts.

    Attributes:
        name: as providers and logs know it.
        together: prompts that it is best given at once; 0 for any number, in any process.
    """

    name: str
    together: int = 0

    def open(self) -> None:  # noqa: B027  most have nothing to open
        """Make sure that it can be asked.

        Raises:
            InputError: it cannot; says why.
        """

    @abstractmethod
    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """One answer to each prompt, in order. A call that fails is an answer too (`FAILED`)."""
