"""What writes programs for targets: a checkpoint of ours, or a language model in the text form.

Example: TextModel("smollm2-135m:runs/lora", Manner(8, 1.0)).write([b"..."]) -> programs' words.

The text form is a comment with the target's values, then the program as KT writes it:
`# 7, 7, 7` and `sequence_1 = repeat_num(3, 7)`, `output = sequence_1`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength.dsl.program import Program
from codelength.errors import ProgramError
from codelength.predictors.lm.adapters import adapted
from codelength.synthesis.prompted.generation import Settings
from codelength.synthesis.prompted.local_model import LocalModel
from codelength.synthesis.prompted.prompts import Prompt, Turn
from codelength.synthesis.seqcoder.decoding import Manner, decode
from codelength.synthesis.seqcoder.model import load

Array = npt.NDArray[np.int64]


class Writer(ABC):
    """Writes programs that may be right or wrong."""

    @abstractmethod
    def write(self, targets: Sequence[bytes]) -> list[list[Array]]:
        """Words of programs for each target; those that did not come to an end are left out."""

    @abstractmethod
    def open(self) -> None:
        """Make sure that it is there."""

    @abstractmethod
    def fingerprint(self) -> str:
        """The SHA-256 of its weights."""


class OwnModel(Writer):
    """A checkpoint of the small models here."""

    def __init__(self, folder: Path, manner: Manner) -> None:
        self.folder, self.manner = folder, manner

    def open(self) -> None:
        """See `Writer.open`."""
        load(self.folder)

    def fingerprint(self) -> str:
        """See `Writer.fingerprint`."""
        return load(self.folder, "cpu").sha256

    def write(self, targets: Sequence[bytes]) -> list[list[Array]]:
        """See `Writer.write`."""
        written = decode(load(self.folder), targets, self.manner)
        return [[one.words for one in some if one.words is not None] for some in written]


def asked(target: bytes) -> Prompt:
    """A target in the text form."""
    return (Turn("user", f"# {', '.join(map(str, target))}"),)


def told(program: Program) -> str:
    """A program in the text form."""
    return f"{program}".rstrip() + "\n"


def understood(text: str) -> Array | None:
    """The program in an answer, as words: all up to the line of `output`; None if it is none."""
    lines = text.strip().splitlines()
    end = next((k for k, line in enumerate(lines) if line.startswith("output")), None)
    if end is None:
        return None
    try:
        return Program.parse("\n".join(lines[: end + 1]) + "\n").words
    except ProgramError:
        return None


class TextModel(Writer):
    """A language model of transformers, fine-tuned on the text form.

    Arguments:
        source: `SOURCE` or `SOURCE:ADAPTER`, as `transformers/` has them.
        manner: beams are not for it.
    """

    def __init__(self, source: str, manner: Manner) -> None:
        self.model, self.manner = LocalModel(f"transformers/{source}"), manner

    def open(self) -> None:
        """See `Writer.open`."""
        self.model.open()

    def fingerprint(self) -> str:
        """See `Writer.fingerprint`."""
        return adapted(*self.model.source).sha256

    def write(self, targets: Sequence[bytes]) -> list[list[Array]]:
        """See `Writer.write`."""
        manner = self.manner
        settings = Settings(2 * manner.longest, manner.temperature, manner.seed)
        prompts = [asked(one) for one in targets]
        found: list[list[Array]] = [[] for _ in targets]
        for turn in range(manner.draws):
            answers = self.model.generate(prompts, settings.redrawn(turn))
            for some, answer in zip(found, answers, strict=True):
                words = understood(answer.text)
                if words is not None:
                    some.append(words)
        return found
