"""Self-reflection: a model looks at its own answer, says what it finds, and answers again.

Nobody tells it the gold answer, nor whether it was right; after each round the last answer that it
gave counts. What would have been the best round, were the gold answer known, is named so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from codelength.roundtrip.answers import MISSING, answer_in
from codelength.roundtrip.asking import (
    TOGETHER,
    Kept,
    Plan,
    Question,
    asked,
    describe,
    opened,
    refuse_base,
    refuse_outage,
)
from codelength.roundtrip.metrics import mean
from codelength.roundtrip.records import Record
from codelength.roundtrip.responses import Response, scored
from codelength.synthesis.prompted.generation import FAILED, Model
from codelength.synthesis.prompted.prompts import Prompt, Turn

CRITIQUE = (
    "Look at your answer again. Make the round trip from it to what was given, step by step, and"
    " say where they differ, if they do. Do not answer again yet."
)
REVISE = (
    "Now answer again, in the same form as before: with the mended answer, or with the same one if"
    " you found nothing wrong."
)


@dataclass(frozen=True)
class Round:
    """What a round changed.

    Arguments:
        number: 0 is the first answer.
        correct: share of questions whose last answer is right.
        mended, broken: questions whose answer was wrong before and is right now, and the reverse.
        calls: to the model.
        tokens: of questions and answers, in this round.
    """

    number: int
    correct: float
    mended: int
    broken: int
    calls: int
    tokens: tuple[int, int]


@dataclass(frozen=True)
class Reflected:
    """What reflection did.

    Arguments:
        rounds: in order.
        oracle_best: share of questions with a right answer in any round, which only who knows the
            gold answer can pick.
        questions: how many.
    """

    rounds: tuple[Round, ...]
    oracle_best: float
    questions: int


def conversation(question: Question, before: Sequence[Response]) -> Prompt:
    """The conversation after some rounds."""
    turns = list(question.prompt())
    for one in before:
        if one.round:
            turns += [Turn("user", CRITIQUE), Turn("assistant", one.critique)]
            turns.append(Turn("user", REVISE))
        turns.append(Turn("assistant", one.response))
    return tuple(turns)


def reflect(
    plan: Plan,
    rounds: int,
    model: Model,
    data: Path,
    records: Iterable[Record],
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Response]:
    """Ask all questions of a plan, and so many rounds of critique and revision of each.

    Raises:
        InputError: the folder holds another run.
        ModelError: every call of a batch failed.
    """
    chosen = plan.chosen(records)
    questions = list(asked(plan, chosen))
    info = describe(plan, data, len(chosen), len(questions))
    info["plan"]["rounds"] = rounds
    with opened(out, info) as kept:
        total = len(questions) * (1 + rounds)
        kept.ask(questions, model, plan, lambda done: progress(done, total))
        for number in range(1, rounds + 1):
            _round(kept, questions, number, model, plan)
            progress(len(questions) * (1 + number), total)
        return list(kept.responses.values())


def _round(
    kept: Kept, questions: Sequence[Question], number: int, model: Model, plan: Plan
) -> None:
    """One round for each question that has not had it; calls that failed end a conversation."""
    waiting = [one for one in questions if (*one.key[:-1], number) not in kept.responses]
    size = model.together or TOGETHER
    for _, group in groupby(waiting, key=lambda one: one.sample):
        some = list(group)
        for first in range(0, len(some), size):
            kept.add(_turn(kept, some[first : first + size], number, model, plan))


def _turn(
    kept: Kept, batch: Sequence[Question], number: int, model: Model, plan: Plan
) -> list[Response]:
    """One round for a few questions, all of one sample. Where the critique fails, so does it."""
    befores = [[kept.responses[(*one.key[:-1], k)] for k in range(number)] for one in batch]
    talks = [conversation(*pair) for pair in zip(batch, befores, strict=True)]
    drawn = plan.drawn.redrawn(batch[0].sample) if batch[0].sample else plan.drawn
    told = [(*talk, Turn("user", CRITIQUE)) for talk in talks]
    critiques = model.generate(told, drawn)
    refuse_outage(model, critiques)
    refuse_base(model, critiques)
    asking = [
        (*talk, Turn("assistant", critique.text), Turn("user", REVISE))
        for talk, critique in zip(told, critiques, strict=True)
        if critique.end != FAILED
    ]
    revised = iter(model.generate(asking, drawn) if asking else [])
    rows = []
    for one, critique in zip(batch, critiques, strict=True):
        answer = critique if critique.end == FAILED else next(revised)
        both = () if answer is critique else (critique,)
        row = replace(
            one.response(answer),
            round=number,
            critique=critique.text,
            input_tokens=answer.input_tokens + sum(said.input_tokens for said in both),
            output_tokens=answer.output_tokens + sum(said.output_tokens for said in both),
        )
        rows.append(row)
    return rows


def standing(responses: Sequence[Response]) -> list[Response]:
    """The response that counts after each round: the last one with a complete answer block."""
    found: list[Response] = []
    for one in sorted(responses, key=lambda one: one.round):
        silent = one.end == FAILED or answer_in(one.response).status == MISSING
        found.append(found[-1] if silent and found else one)
    return found


def figures(responses: Iterable[Response], records: dict[str, Record]) -> Reflected:
    """What reflection did, by round."""
    talks: dict[tuple[str, str, str, int], list[Response]] = {}
    for one in responses:
        talks.setdefault(one.key[:-1], []).append(one)
    right = {
        key: [scored(one, records, "the run").judged.correct for one in standing(some)]
        for key, some in talks.items()
    }
    last = max((len(some) for some in right.values()), default=0)
    rounds = []
    for number in range(last):
        there = {key: some for key, some in right.items() if len(some) > number}
        rows = [one for some in talks.values() for one in some if one.round == number]
        before = {key: some[number - 1] if number else some[0] for key, some in there.items()}
        rounds.append(
            Round(
                number,
                mean(float(some[number]) for some in there.values()),
                sum(some[number] and not before[key] for key, some in there.items()),
                sum(before[key] and not some[number] for key, some in there.items()),
                len(rows) * (2 if number else 1),
                (sum(one.input_tokens for one in rows), sum(one.output_tokens for one in rows)),
            )
        )
    return Reflected(tuple(rounds), mean(float(any(some)) for some in right.values()), len(right))
