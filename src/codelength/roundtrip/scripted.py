"""`scripted`: a model without a model, for tests and demonstrations: it reads prompts and computes.

It finds in a prompt the function, the value and the tables, and answers by its behaviour: right,
wrong, in another form, cut off, refusing, thinking aloud, failing; when it is told to look at its
answer again, some mend it and some break it. The same everywhere.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256

from codelength.errors import InputError
from codelength.roundtrip.answers import CLOSE, OPEN, block
from codelength.roundtrip.families import FAMILIES, Code, Value
from codelength.roundtrip.prompts import parameter
from codelength.roundtrip.reflection import CRITIQUE, REVISE
from codelength.roundtrip.renderings import RENDERINGS, Rendering, shown_value
from codelength.roundtrip.shown import shown
from codelength.roundtrip.values import loads
from codelength.synthesis.prompted.generation import (
    FAILED,
    LENGTH,
    REFUSAL,
    Generation,
    Model,
    Settings,
)
from codelength.synthesis.prompted.prompts import Prompt

SIDE = re.compile(r"\[(INPUT|OUTPUT)\]\n(.*)\n\[/\1\]", re.DOTALL)
TABLE = re.compile(r"\[TABLE (\w+)\]\n(.*?)\n\[/TABLE\]")
CODE = re.compile(r"\[PYTHON\]\n(.*)\n\[/PYTHON\]", re.DOTALL)
KEY = re.compile(r'\{"(input|output)": \.\.\.\}')
EXAMPLE = "Now the question itself:"


@cache
def programs() -> dict[str, list[tuple[Code, bool]]]:
    """Every text of a function that prompts show: whose it is, and whether it is blind."""
    found: dict[str, list[tuple[Code, bool]]] = {}
    for family in FAMILIES.values():
        for code in dict.fromkeys(family.codes.values()):
            for function in ("encoder", "decoder"):
                for blind in (False, True):
                    text = shown(code, function, blind).source.strip()
                    found.setdefault(text, []).append((code, blind))
    return found


def solution(question: str) -> tuple[str, Value]:
    """What a question asks for, "input" or "output", and the right answer, rendered as asked.

    Raises:
        ValueError: it is no question of ours.
    """
    text = question.rpartition(EXAMPLE)[2]
    code_text, side, key = CODE.search(text), SIDE.search(text), KEY.search(text)
    if code_text is None or side is None or key is None:
        raise ValueError("no function, no value or no form of answer")
    candidates = programs().get(code_text[1], [])
    known = [one for one in candidates if one[0].canonical in text]
    if not candidates:
        raise ValueError("no function of ours")
    code, blind = (known or candidates)[0]
    tables = dict(TABLE.findall(text))
    beside: dict[str, Value] = {
        name: loads(tables[parameter(code, name, blind)])
        for name in code.all_tables
        if parameter(code, name, blind) in tables
    }
    chosen = rendered_in(text)
    value = shown_value(side[2], side[1].lower(), chosen)
    asked = key[1]
    try:
        gold = code.encode(value, beside) if asked == "output" else code.decode(value, beside)
    except Exception as error:  # what a model made up is any value
        raise ValueError(f"the function fails: {error!r}") from error
    return asked, chosen.write(gold) if chosen and chosen.side == asked else gold


def rendered_in(text: str) -> Rendering | None:
    """The rendering whose words a question has."""
    for one in RENDERINGS.values():
        if re.search(rf"The {one.side} is .*rendered: {re.escape(one.words)}\.\n", text):
            return one
    return None


def altered(value: Value) -> Value:
    """Another value, near it."""
    if isinstance(value, str):
        return value[1:] + value[:1] if value[1:] + value[:1] != value else value + "a"
    if isinstance(value, list):
        return value[:-1] if value else [0]
    return 0


def loose(value: Value) -> Value:
    """What a careless judge would take for the value: numbers as floats, values as text."""
    if isinstance(value, list) and value and type(value[0]) is int and abs(value[0]) < 2**53:
        return [float(value[0]), *value[1:]]
    return block(value) if isinstance(value, str) else str(value)


def aloud(asked: str, value: Value) -> str:
    """Thinking first, with a draft in marks and the closing mark by itself."""
    draft = block(altered(value), asked)
    return (
        f"<think>\nPerhaps {draft}? I must end with {CLOSE}. No.\n</think>\n{block(value, asked)}"
    )


BEHAVIOURS: dict[str, Callable[[str, Value], Generation]] = {
    "right": lambda asked, value: Generation(f"The answer:\n{block(value, asked)}"),
    "wrong": lambda asked, value: Generation(block(altered(value), asked)),
    "loose": lambda asked, value: Generation(block(loose(value), asked)),
    "bare": lambda asked, value: Generation(f"{OPEN} so be it {CLOSE}"),
    "thinking": lambda asked, value: Generation(aloud(asked, value)),
    "truncated": lambda asked, value: Generation(block(value, asked)[:-3], LENGTH),
    "refusing": lambda asked, value: Generation("I'm sorry, but I can't do that.", REFUSAL),
    "failing": lambda asked, value: Generation(
        "", FAILED, error="RuntimeError: the scripted model fails on purpose"
    ),
}
CHANGING = {"mending": ("wrong", "right"), "breaking": ("right", "wrong")}
"""Behaviours at first, and once the model was told to look again."""


class Scripted(Model):
    """Answers by what the prompt asks.

    Arguments:
        behaviour: one of `BEHAVIOURS` or `CHANGING`; "mixed": each question draws one by its
            SHA-256.

    Raises:
        InputError: no such behaviour.
    """

    def __init__(self, behaviour: str = "mixed") -> None:
        self.known = (*BEHAVIOURS, *CHANGING)
        if behaviour not in (*self.known, "mixed"):
            raise InputError(
                f"no model scripted/{behaviour}: there are {', '.join(self.known)}, mixed"
            )
        self.name = f"scripted/{behaviour}"
        self.behaviour = behaviour

    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """See `Model.generate`."""
        return [self._answer(list(said(prompt))) for prompt in prompts]

    def _answer(self, asked: list[str]) -> Generation:
        behaviour = self.behaviour
        if behaviour == "mixed":
            digest = sha256(asked[0].encode("utf-8", "replace")).digest()
            behaviour = self.known[digest[0] % len(self.known)]
        told = any(one in (CRITIQUE, REVISE) for one in asked)
        first, later = CHANGING.get(behaviour, (behaviour, behaviour))
        behaviour = later if told else first
        if asked[-1] == CRITIQUE and behaviour != "failing":
            return Generation("I went through it once more, and will say what I find.")
        try:
            key, value = solution(asked[0])
        except ValueError as error:
            return Generation(f"I cannot read the question: {error}")
        return BEHAVIOURS[behaviour](key, value)


def said(prompt: Prompt) -> Iterator[str]:
    """The turns of the user."""
    return (turn.text for turn in prompt if turn.role == "user")
