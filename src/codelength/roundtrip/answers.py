"""What a model answered: the last complete [ANSWER] block of its text, as a value.

Example: answer_in('so: [ANSWER] {"output": [97, 98]} [/ANSWER]').value -> [97, 98].

Nothing before the block matters, so thinking aloud, drafts and worked examples cut nothing off; an
opening or closing mark inside a string of the answer is part of the string.
"""

import re
from dataclasses import dataclass

from codelength.roundtrip.families import Value
from codelength.roundtrip.values import dumps, read

OPEN, CLOSE = "[ANSWER]", "[/ANSWER]"
KEYS = ("output", "input")
"""Either names the answer, whichever was asked."""
ANSWERED, MALFORMED, MISSING = "answered", "malformed", "missing"
START = re.compile(r"\s*(```\w*\s*)?(?=\{)")
FINISH = re.compile(r"\s*(?:```\s*)?" + re.escape(CLOSE))
MOST, TRIES = 1_000_000, 200
"""Characters, and opening marks, that are looked at: the last ones of a response."""


@dataclass(frozen=True)
class Answer:
    """The answer in a response.

    Arguments:
        status: `ANSWERED`; `MALFORMED`, where the last complete block is no JSON object with the
            one key "output" or "input"; or `MISSING`, where there is no complete block.
        value: of the answer.
    """

    status: str
    value: Value = None


def block(value: Value, key: str = "output") -> str:
    """A value as the block that is asked for."""
    return f"{OPEN} {dumps({key: value})} {CLOSE}"


def answer_in(text: str) -> Answer:
    """The answer in a model's text: that of the last complete block."""
    text = text[-MOST:]
    found, at, last = Answer(MISSING), first(text), text.rfind(CLOSE)
    while (opened := text.find(OPEN, at)) >= 0:
        at = opened + len(OPEN)
        begin = START.match(text, at)
        if begin is not None:
            try:
                value, end = read(text, begin.end())
            except ValueError:
                pass  # no JSON there: perhaps a block nevertheless, which is malformed
            else:
                finish = FINISH.match(text, end)
                if finish is not None:
                    found, at = _named(value), finish.end()
                    continue
        if last >= at:
            found = Answer(MALFORMED)
    return found


def first(text: str) -> int:
    """Where the opening marks begin that are tried."""
    at = len(text)
    for _ in range(TRIES):
        before = text.rfind(OPEN, 0, at)
        if before < 0:
            break
        at = before
    return at


def _named(value: Value) -> Answer:
    """The value behind the one key of an object."""
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in KEYS:
        return Answer(MALFORMED)
    return Answer(ANSWERED, next(iter(value.values())))
