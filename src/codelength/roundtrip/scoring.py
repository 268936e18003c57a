"""Judging responses: strict equality of values, feasibility by running the code, edit similarity.

Example: judge(record, setting("0"), '[ANSWER] {"output": [["a", 3]]} [/ANSWER]').correct -> True.
"""

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from codelength.roundtrip.answers import ANSWERED, MALFORMED, answer_in
from codelength.roundtrip.families import FAMILIES, Value
from codelength.roundtrip.records import Record
from codelength.roundtrip.renderings import JSON, rendering
from codelength.roundtrip.settings import Setting
from codelength.roundtrip.values import dumps, same

CORRECT, WRONG = "correct", "wrong"
"""Status of an answer; of what is none: "malformed", "missing"."""
ROOM = 64
"""Characters by which any answer may be longer than twice what it stands for."""
A_CHARACTER = 40
"""Characters of a message that one character of its text may take: [1000, 0, "a"] and more."""


@dataclass(frozen=True)
class Judged:
    """What a response is worth.

    Arguments:
        correct: its answer is the gold answer, value for value and type for type.
        feasible: run through the code, it gives the side that was shown.
        edit_similarity: 1 - edits / the longer one's characters; of the answers as text, outputs
            as JSON; 0 without an answer.
        status: "correct", "wrong", "malformed" or "missing".
    """

    correct: bool
    feasible: bool
    edit_similarity: float
    status: str


def judge(
    one: Record, setting: Setting, response: str, rendered: str = JSON, given: Value = None
) -> Judged:
    """Judge the text of a response.

    Arguments:
        rendered: the name of the rendering in which was asked.
        given: the output that was shown instead of the record's own: then an input is right if it
            is the record's, feasible if it gives what was shown.
    """
    answer = answer_in(response)
    if answer.status != ANSWERED:
        return Judged(False, False, 0.0, answer.status)
    value = answer.value
    chosen = rendering(rendered)
    if chosen is not None and chosen.side == setting.asked:
        try:
            value = chosen.read(value) if isinstance(value, str) else None
        except ValueError:
            value = None
        if value is None:
            return Judged(False, False, 0.0, MALFORMED)
    gold: Value = one.output if setting.asked == "output" else one.input
    correct = same(value, gold)
    return Judged(
        correct,
        feasible(one, setting, value, given),
        1.0 if correct else similarity(value, gold),
        CORRECT if correct else WRONG,
    )


def feasible(one: Record, setting: Setting, value: Value, given: Value = None) -> bool:
    """Whether the code turns an answer into the side that was shown.

    Answers that are far longer than what they stand for, or ask for far more, are not run.
    """
    room = 2 * len(one.input) + ROOM
    try:
        if setting.asked == "input":
            if not isinstance(value, str) or len(value) > room:
                return False
            shown = one.output if given is None else given
            if not same(one.code.encode(value, one.beside), shown):
                return False
            # Several inputs give a message where it leans on a table of the decoder's, its padding.
            return not one.code.decoder_tables or one.code.decode(shown, one.beside) == value
        if len(dumps(value)) > A_CHARACTER * room + 4 * len(dumps(one.output)):
            return False
        spelled = FAMILIES[one.family].spelled
        if spelled is not None and spelled(value) > room:
            return False
        return same(one.code.decode(value, one.beside), one.input)
    except Exception:  # noqa: BLE001  our own code, on values of any kind: what fails is no message
        return False


def similarity(value: Value, gold: Value) -> float:
    """1 - Levenshtein distance over the length of the longer one."""
    texts = [one if isinstance(gold, str) and isinstance(one, str) else dumps(one)
             for one in (value, gold)]  # fmt: skip
    return float(Levenshtein.normalized_similarity(*texts))
