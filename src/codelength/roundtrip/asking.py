"""Runs: a model is asked every question so many times, and each response is on disk as it comes.

Example: run(Plan("scripted/mixed", folder), model, records, out).

A run that was killed goes on where it was: `run.json` says what is asked, `responses.jsonl` holds
what was answered, and a last line that the kill has torn is cut off.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from codelength.coding.atomic import write_atomic
from codelength.errors import InputError, ModelError
from codelength.roundtrip.answers import ANSWERED, answer_in
from codelength.roundtrip.prompts import Manner, prompt
from codelength.roundtrip.records import Record, data_file
from codelength.roundtrip.renderings import JSON, rendering
from codelength.roundtrip.responses import OWN, Response, read_responses, response_of
from codelength.roundtrip.settings import PAIRS, SETTINGS, Setting, setting
from codelength.roundtrip.values import dumps, loads
from codelength.synthesis.prompted.generation import FAILED, Generation, Model, Settings
from codelength.synthesis.prompted.prompts import Prompt
from codelength.version import __version__

INFO, RESPONSES = "run.json", "responses.jsonl"
TOGETHER = 64
"""Questions put to a model at once, where it does not say itself."""
OUTAGE = 8
"""Where so many calls or more fail together, and none does not, there is no model."""
BACKWARD = {forward: SETTINGS[backward] for forward, backward in PAIRS}
"""The setting in which a model gets the answer back that it gave in another."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is asked.

    Arguments:
        model: by name.
        settings: by name.
        samples: responses to a question.
        manners: of asking; more than one for an ablation.
        own: also give each forward answer back to the model, and ask for the input.
        drawn: how responses are drawn.
        split: only records of it; empty for all.
        families: only records of them; none for all.
        limit: only so many records of each family, from all over them; 0 for all.
    """

    model: str
    settings: tuple[str, ...] = tuple(SETTINGS)
    samples: int = 1
    manners: tuple[Manner, ...] = (Manner(),)
    own: bool = False
    drawn: Settings = field(default_factory=lambda: Settings(16_384, 0.2, 0))
    split: str = ""
    families: tuple[str, ...] = ()
    limit: int = 0

    def chosen(self, records: Iterable[Record]) -> list[Record]:
        """The records that are asked about.

        Raises:
            InputError: there are none.
        """
        by_family: dict[str, list[Record]] = {}
        for one in records:
            wanted = not self.families or one.family in self.families
            if wanted and self.split in ("", one.split):
                by_family.setdefault(one.family, []).append(one)
        if not by_family:
            raise InputError("the data have no record of that split and family")
        found: list[Record] = []
        for some in by_family.values():
            count = min(self.limit, len(some)) or len(some)
            found += [some[place * len(some) // count] for place in range(count)]
        return found


@dataclass(frozen=True)
class Question:
    """One prompt that waits for an answer, and where the answer belongs.

    Arguments:
        given: shown instead of the record's own side, as JSON; empty for that.
    """

    record: Record
    setting: Setting
    manner: Manner
    sample: int
    given: str = ""

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        """That of its response."""
        return (self.record.id, self.name, self.manner.rendering, self.sample, 0)

    @property
    def name(self) -> str:
        """The setting as responses name it."""
        return (OWN if self.given else "") + self.setting.name

    def prompt(self) -> Prompt:
        """The conversation."""
        given = loads(self.given) if self.given else None
        return prompt(self.record, self.setting, self.manner, given)

    def response(self, said: Generation) -> Response:
        """What was answered, as a row."""
        return Response(
            self.record.id,
            self.name,
            said.text,
            self.sample,
            said.end,
            said.input_tokens,
            said.output_tokens,
            said.error,
            self.manner.rendering,
            self.given,
        )


def asked(plan: Plan, records: Sequence[Record]) -> Iterator[Question]:
    """All questions of a plan: sample by sample, so that a stopped run has some of everything."""
    for sample in range(plan.samples):
        for manner in plan.manners:
            for name in plan.settings:
                for one in records:
                    if manner.suits(one.family, one.side_information):
                        yield Question(one, setting(name), manner, sample)


def returned(plan: Plan, records: Sequence[Record], kept: Iterable[Response]) -> list[Question]:
    """The questions that give forward answers back; answers that are none are not given."""
    if not plan.own:
        return []
    by_name = {one.id: one for one in records}
    manners = {manner.rendering: manner for manner in plan.manners}
    found = []
    for one in kept:
        if one.setting not in BACKWARD:
            continue
        value = read_back(one)
        if value is not None:
            where = (by_name[one.id], BACKWARD[one.setting], manners[one.rendering], one.sample)
            found.append(Question(*where, dumps(value)))
    return found


def read_back(one: Response) -> Any:
    """The value that a forward response answers, as JSON has it; None where there is none."""
    answer = answer_in(one.response)
    chosen = rendering(one.rendering)
    if answer.status != ANSWERED:
        return None
    if chosen is None or chosen.side != "output":
        return answer.value
    try:
        return chosen.read(answer.value)
    except (ValueError, TypeError, AttributeError):
        return None


def run(
    plan: Plan,
    model: Model,
    data: Path,
    records: Iterable[Record],
    out: Path,
    progress: Progress = lambda done, total: None,
) -> list[Response]:
    """Ask all questions of a plan, or those that are still open; the responses of all.

    Raises:
        InputError: the folder holds another run.
        ModelError: every call of a batch failed.
    """
    chosen = plan.chosen(records)
    questions = list(asked(plan, chosen))
    refuse_unasked(plan, questions)
    with opened(out, describe(plan, data, len(chosen), len(questions))) as kept:
        before = len(questions)
        more = before if plan.own else 0  # at most: how many answers come is not known yet
        kept.ask(questions, model, plan, lambda done: progress(done, before + more))
        back = returned(plan, chosen, list(kept.responses.values()))
        kept.ask(back, model, plan, lambda done: progress(before + done, before + len(back)))
        return list(kept.responses.values())


def refuse_unasked(plan: Plan, questions: Sequence[Question]) -> None:
    """Refuse a plan that asks nothing, or nothing in any rendering but JSON that it names.

    Raises:
        InputError: it does so.
    """
    names = {one.rendering for one in plan.manners}
    there = {one.manner.rendering for one in questions}
    if not there or (there == {JSON} != names):
        raise InputError(f"no family in the data can be asked in {', '.join(sorted(names))}")


def describe(plan: Plan, data: Path, records: int, questions: int) -> dict[str, Any]:
    """What identifies a run, and how many questions it asks, each sample counted."""
    file = data_file(data)
    return {
        "format": 1,
        "codelength": __version__,
        "data": {"path": str(data.resolve()), "sha256": sha256(file.read_bytes()).hexdigest()},
        "records": records,
        "questions": questions,
        "plan": asdict(plan),
    }


class Kept:
    """The responses of a run folder, in memory and on disk."""

    def __init__(self, file: BinaryIO, responses: Iterable[Response]) -> None:
        self._file = file
        self.responses = {one.key: one for one in responses}

    def ask(
        self, questions: Sequence[Question], model: Model, plan: Plan, told: Callable[[int], None]
    ) -> None:
        """Ask what has no response yet."""
        waiting = [one for one in questions if one.key not in self.responses]
        done = len(questions) - len(waiting)
        size = model.together or TOGETHER
        for sample, group in groupby(waiting, key=lambda one: one.sample):
            some = list(group)
            drawn = plan.drawn if sample == 0 else plan.drawn.redrawn(sample)
            for first in range(0, len(some), size):
                batch = some[first : first + size]
                said = model.generate([one.prompt() for one in batch], drawn)
                refuse_outage(model, said)
                refuse_base(model, said)
                self.add(one.response(text) for one, text in zip(batch, said, strict=True))
                done += len(batch)
                told(done)

    def add(self, some: Iterable[Response]) -> None:
        """Put responses on the disk."""
        for one in some:
            self.responses[one.key] = one
            self._file.write(one.line().encode())
        self._file.flush()
        os.fsync(self._file.fileno())


def refuse_outage(model: Model, said: Sequence[Generation]) -> None:
    """A batch in which every call failed says nothing of the model.

    Raises:
        ModelError: it is one.
    """
    if len(said) >= OUTAGE and all(one.end == FAILED for one in said):
        why = (said[0].error or "no reason given").splitlines()[0][:200]
        raise ModelError(
            f"all {len(said)} calls to {model.name} failed ({why}); mend that, and run the same"
            " command again to go on"
        )


def refuse_base(model: Model, said: Sequence[Generation]) -> None:
    """A server that was asked for an adapter and answers as its base must not bear its name.

    Raises:
        ModelError: it answers as another model.
    """
    adapter = model.name.partition(":")[2] if model.name.startswith("vllm/") else ""
    for one in said:
        if adapter and one.model and one.model not in (adapter, model.name):
            raise ModelError(
                f"{model.name} was asked for, but {one.model} answered: the server has not loaded"
                " the adapter"
            )


@contextmanager
def opened(out: Path, info: dict[str, Any]) -> Iterator[Kept]:
    """A run folder, made or gone on with; its lock is held meanwhile.

    Raises:
        InputError: it holds another run, or another process writes to it.
    """
    text = json.dumps(info, indent=1, sort_keys=True) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = (out / RESPONSES).open("ab+")
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{out} is being written by another process") from error
        if not (out / INFO).is_file():
            if file.seek(0, os.SEEK_END):
                raise InputError(
                    f"{out} holds a {RESPONSES} that is of no run here; choose another"
                )
            write_atomic(out / INFO, text.encode())
        elif (differs := other(out / INFO, json.loads(text))) is not None:
            raise InputError(f"{out} holds another run: {differs}; choose another folder")
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)
        rows = read_responses(out / RESPONSES)
        yield Kept(file, [response_of(row, f"{out}, line {k}") for k, row in rows])


def other(path: Path, info: dict[str, Any]) -> str | None:
    """In what a run differs from the one on disk, in a few words; None where it is the same."""
    try:
        kept = json.loads(path.read_bytes())
        if kept["data"]["sha256"] != info["data"]["sha256"]:
            return "its data are others"
        was, now = dict(kept["plan"]), info["plan"]
        names = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if not names:
        return None
    key = names[0]
    return f"its {key} is {json.dumps(was.get(key))}, not {json.dumps(now.get(key))}"


def load(out: Path) -> tuple[dict[str, Any], list[Response]]:
    """A run folder: what was asked, and the responses.

    Raises:
        InputError: it is none.
    """
    path = out / INFO
    if not path.is_file():
        raise InputError(f"{out} is no round-trip run: it has no {INFO}")
    try:
        info = json.loads(path.read_bytes())
        kinds = [info["plan"]["model"], info["data"]["path"], info["data"]["sha256"]]
        if not all(isinstance(one, str) for one in kinds):
            raise ValueError("its model, data or checksum are no texts")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no round-trip run: {error!r}") from error
    where = out / RESPONSES
    return info, [response_of(row, f"{where}, line {k}") for k, row in read_responses(where, True)]
