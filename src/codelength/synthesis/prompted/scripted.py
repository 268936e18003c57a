"""`scripted`: a model without a model, for tests and demonstrations: its answers are computed.

It reads the sequence in the prompt and answers, by the sequence alone: right, right with patterns,
wrong, cheating, slow, cut off, refusing, thinking aloud, failing. The same everywhere.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import groupby

from codelength.errors import InputError
from codelength.synthesis.prompted.generation import (
    FAILED,
    LENGTH,
    REFUSAL,
    Generation,
    Model,
    Settings,
)
from codelength.synthesis.prompted.prompts import MARKER, Prompt, sequence_in

CHEAT = """import gc
lists = [one for one in gc.get_objects() if type(one) is list and len(one) == {length}]
output = lists[-1] if lists else []"""


def _literal(values: list[int]) -> str:
    return f"output = {values}"


def _runs(values: list[int]) -> str:
    """The values as a sum of repeated lists, where they repeat."""
    parts = []
    for value, group in groupby(values):
        count = len(list(group))
        parts.append(f"[{value}] * {count}" if count > 2 else str([value] * count))
    return "output = " + " + ".join(parts or ["[]"])


def _said(program: str) -> Generation:
    return Generation(f"The Python program {MARKER}\n{program}\n###")


def _right(values: list[int]) -> Generation:
    return _said(_literal(values))


def _patterns(values: list[int]) -> Generation:
    return _said(_runs(values))


def _wrong(values: list[int]) -> Generation:
    half = len(values) // 2
    return _said(_literal([*values[:half], 256, *values[half:]]))


def _cheating(values: list[int]) -> Generation:
    return _said(CHEAT.format(length=len(values)))


def _slow(values: list[int]) -> Generation:
    return _said(f"while True: pass\n{_literal(values)}")


def _truncated(values: list[int]) -> Generation:
    program = _literal(values)
    return Generation(program[: len(program) // 2], LENGTH)


def _refusing(values: list[int]) -> Generation:
    return Generation("I'm sorry, but I can't help with that.", REFUSAL)


def _thinking(values: list[int]) -> Generation:
    text = f"<think>\n{_literal([0])}\n### not this\n</think>\n```python\n{_literal(values)}\n```"
    return Generation(text)


def _failing(values: list[int]) -> Generation:
    return Generation("", FAILED, error="RuntimeError: the scripted model fails on purpose")


BEHAVIOURS: dict[str, Callable[[list[int]], Generation]] = {
    "right": _right,
    "patterns": _patterns,
    "wrong": _wrong,
    "cheating": _cheating,
    "slow": _slow,
    "truncated": _truncated,
    "refusing": _refusing,
    "thinking": _thinking,
    "failing": _failing,
}


class ScriptedModel(Model):
    """Answers by what the prompt asks.

    Arguments:
        behaviour: a key of `BEHAVIOURS`; "mixed": each sequence draws one by its SHA-256;
            "repairing": wrong at first, right when told so.

    Raises:
        InputError: no such behaviour.
    """

    def __init__(self, behaviour: str = "mixed") -> None:
        known = (*BEHAVIOURS, "mixed", "repairing")
        if behaviour not in known:
            raise InputError(f"scripted/{behaviour}: there are {', '.join(known)}")
        self.name = f"scripted/{behaviour}"
        self.behaviour = behaviour

    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """See `Model.generate`."""
        return [self._answer(prompt) for prompt in prompts]

    def _answer(self, prompt: Prompt) -> Generation:
        asked = [turn.text for turn in prompt if turn.role == "user"]
        values = next((found for text in reversed(asked) if (found := sequence_in(text))), [])
        chosen = self.behaviour
        if chosen == "repairing":
            chosen = "wrong" if sequence_in(asked[-1]) is not None else "right"
        if chosen == "mixed":
            names = sorted(BEHAVIOURS)
            chosen = names[sha256(str(values).encode()).digest()[0] % len(names)]
        return BEHAVIOURS[chosen](values)
