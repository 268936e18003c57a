r"""Responses: what a model said to each question, a row of JSON each, and their scores.

Example: {"id": "rle/string/char_repeat/0001", "setting": "output_execution_prediction",
"response": "... [ANSWER] {\"output\": [[\"a\", 3]]} [/ANSWER]"}.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codelength.errors import InputError
from codelength.roundtrip.families import Value
from codelength.roundtrip.metrics import Scored
from codelength.roundtrip.records import Record
from codelength.roundtrip.renderings import JSON, RENDERINGS
from codelength.roundtrip.scoring import judge
from codelength.roundtrip.settings import setting
from codelength.roundtrip.values import loads
from codelength.synthesis.prompted.generation import FAILED, LENGTH, REFUSAL, STOP

ENDS = (STOP, LENGTH, REFUSAL, FAILED)
OWN = "own:"
"""Before the name of a setting: what is shown is what the model itself answered before."""


@dataclass(frozen=True)
class Response:
    """One response.

    Arguments:
        id: of the record.
        setting: by name or number; with "own:" before it, `given` was shown.
        response: the model's text.
        sample: which of several to the same question, from 0.
        end: "stop", "length" (cut off), "refusal" or "failed" (there was no answer).
        input_tokens, output_tokens: as the provider counts them.
        error: why there is no answer.
        rendering: in which was asked.
        given: JSON of the side that was shown, where it is not the record's own; else empty.
        round: of a reflection; 0 is the first answer.
        critique: what the model said of its answer before.
    """

    id: str
    setting: str
    response: str
    sample: int = 0
    end: str = STOP
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""
    rendering: str = JSON
    given: str = ""
    round: int = 0
    critique: str = ""

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        """What tells it from all others in a run."""
        return (self.id, self.setting, self.rendering, self.sample, self.round)

    def line(self) -> str:
        """The row; what is as it is by default is left out."""
        default = asdict(Response("", "", ""))
        row = {
            key: value
            for key, value in asdict(self).items()
            if key in ("id", "setting", "response", "sample", "end") or value != default[key]
        }
        return json.dumps(row) + "\n"

    @property
    def shown(self) -> Value:
        """The side that was shown instead of the record's own, or None."""
        return loads(self.given) if self.given else None


def response_of(row: Any, where: str) -> Response:
    """The response of a row.

    Raises:
        InputError: it lacks a key, or has one of another type; names it.
    """
    if (
        not isinstance(row, dict)
        or not {"id", "setting", "response"} <= row.keys()
        or (row["id"] is None or row["setting"] is None)
    ):
        raise InputError(f'{where}: expected an object with "id", "setting" and "response"')
    default = asdict(Response("", "", ""))
    known = {key: row[key] for key in default if row.get(key) is not None}
    known["setting"] = str(known.get("setting", ""))
    known.setdefault("response", "")  # null: a call that gave nothing
    for key, value in known.items():
        if type(value) is not type(default[key]):
            kind = "a text" if isinstance(default[key], str) else "an integer"
            raise InputError(f"{where}: {key} is {kind}, not {str(value)[:40]!r}")
    found = Response(**known)
    if found.end not in ENDS:
        raise InputError(f"{where}: end is one of {', '.join(ENDS)}, not {found.end!r}")
    if found.rendering != JSON and found.rendering not in RENDERINGS:
        raise InputError(f"{where}: no rendering {found.rendering!r}")
    try:
        setting(found.setting.removeprefix(OWN))
        found.shown  # noqa: B018  it may be no JSON
    except (InputError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error
    return found


def read_responses(path: Path, torn: bool = False) -> Iterator[tuple[int, Any]]:
    """(line number, row) of a file of JSON lines.

    Arguments:
        torn: leave out a last line without an end, which a kill has torn.

    Raises:
        InputError: it cannot be read, or a line is not JSON.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, text in enumerate(file, 1):
                if not text.strip() or (torn and not text.endswith("\n")):
                    continue
                try:
                    yield number, json.loads(text, parse_int=_small)
                except (ValueError, RecursionError) as error:
                    raise InputError(f"{path}, line {number}: not JSON: {error}") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}") from error


def _small(text: str) -> int:
    if len(text) > 18:
        raise ValueError("an integer that is too long for a row")
    return int(text)


def scored(one: Response, records: Mapping[str, Record], where: str) -> Scored:
    """A response with its score.

    Raises:
        InputError: there is no such record, or it cannot be asked in that rendering.
    """
    if one.id not in records:
        raise InputError(f"{where}: there is no record {one.id!r} in the data")
    record = records[one.id]
    asked = setting(one.setting.removeprefix(OWN))
    name = OWN + asked.name if one.setting.startswith(OWN) else asked.name
    judged = judge(record, asked, one.response, one.rendering, one.shown)
    tokens = (one.input_tokens, one.output_tokens)
    return Scored(record, name, one.sample, judged, one.end, tokens)


def by_id(records: Iterable[Record]) -> dict[str, Record]:
    """Records by their ids.

    Raises:
        InputError: an id stands twice.
    """
    found: dict[str, Record] = {}
    for one in records:
        if found.setdefault(one.id, one) is not one:
            raise InputError(f"the record {one.id!r} stands twice in the data")
    return found


def score_row(one: Response, found: Scored) -> dict[str, Any]:
    """A scored response as a row of JSON."""
    judged = found.judged
    return {
        "id": one.id,
        "setting": one.setting,
        "correct": judged.correct,
        "feasible": judged.feasible,
        "edit_similarity": round(judged.edit_similarity, 6),
        "status": judged.status,
        "sample": one.sample,
        "end": one.end,
    }
