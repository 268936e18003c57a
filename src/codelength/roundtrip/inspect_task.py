"""Round trips as a task of Inspect's: `inspect eval codelength/roundtrip -T family=lzw --model M`.

Generation, retries, caching, epochs and logs are Inspect's; data, prompts and judging are ours, the
same code as in `codelength roundtrip run`.
"""

from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Solver, TaskState, solver

from codelength.roundtrip.answers import MALFORMED, MISSING
from codelength.roundtrip.asking import Plan
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.prompts import Manner, prompt
from codelength.roundtrip.records import Record, line, read_records, record_of
from codelength.roundtrip.renderings import JSON
from codelength.roundtrip.scoring import judge
from codelength.roundtrip.settings import Setting, settings
from codelength.roundtrip.settings import setting as setting_named
from codelength.roundtrip.values import dumps
from codelength.synthesis.prompted.generation import FAILED, Settings
from codelength.synthesis.prompted.inspect_calls import answered
from codelength.synthesis.prompted.inspect_model import config, generation, messages

VERSION = "1-A"
"""Of the task: a change of data, prompts, extraction or judging is a new one."""


@task
def roundtrip(
    family: str = "lzw,ae,rle,huffman",
    setting: str = "all",
    blind: bool = False,
    split: str = "test",
    data: str | None = None,
    source: str = "mixed",
    count: int = 50,
    seed: int = 42,
    side_information: str = "full",
    shots: int = 0,
    rendering: str = JSON,
    limit: int = 0,
    tokens: int = 16_384,
    temperature: float = 0.2,
    epochs: int = 1,
) -> Task:
    """Round-trip code compression: run or invert a compression program in one's head.

    Arguments:
        family: a comma list.
        setting: "all", or a comma list of names or numbers 0..3.
        blind: without the names of algorithms.
        split: "train", "validation", "test", or "all".
        data: a folder that `codelength roundtrip generate` made; else its options:
        source, count, seed, side_information: see there.
        shots: worked examples, 0 or 1.
        rendering: of one side.
        limit: so many records of each family; 0 for all.
        tokens, temperature: of a response.
        epochs: responses to a question.
    """
    names = tuple(piece.strip() for piece in listed(family).split(","))
    source = listed(source)
    if data is None:
        wanted = Wanted(names, source, count, seed, side_information)
        records = list(generate(wanted))
    else:
        records = list(read_records(Path(data)))
    plan = Plan("", families=names, split="" if split == "all" else split, limit=limit)
    manner = Manner(blind, shots, rendering)
    return Task(
        dataset=MemoryDataset(
            [
                _sample(one, how, manner)
                for one in plan.chosen(records)
                for how in settings(listed(setting))
                if manner.suits(one.family, one.side_information)
            ],
            name="roundtrip",
        ),
        solver=once(),
        scorer=strict(manner),
        epochs=epochs,
        config=config(Settings(tokens, temperature)),
        name="roundtrip",
        version=VERSION,
    )


def listed(value: object) -> str:
    """An argument as typed: Inspect makes lists of comma lists, and numbers of numbers."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _sample(one: Record, setting: Setting, manner: Manner) -> Sample:
    gold = one.output if setting.asked == "output" else one.input
    return Sample(
        id=f"{one.id}:{setting.number}",
        input=messages(prompt(one, setting, manner)),
        target=dumps(gold),
        metadata={"record": line(one), "setting": setting.name, "family": one.family},
    )


@solver
def once() -> Solver:
    """One response, or a call that failed."""
    return answered


FIGURES = ("correct", "feasible", "edit_similarity", "no_answer", "failed")
"""Of a response; over several responses to a question Inspect takes their mean."""


@scorer(metrics={name: [mean(), stderr()] for name in FIGURES})
def strict(manner: Manner) -> Scorer:
    """Strict equality of values, and what is near it."""

    async def score(state: TaskState, target: Target) -> Score:
        said = generation(state.output)
        one = record_of(state.metadata["record"], "a sample")
        how = setting_named(state.metadata["setting"])
        judged = judge(one, how, said.text, manner.rendering)
        values = (
            judged.correct,
            judged.feasible,
            judged.edit_similarity,
            judged.status in (MALFORMED, MISSING),
            said.end == FAILED,
        )
        return Score(
            value=dict(zip(FIGURES, map(float, values), strict=True)),
            answer=said.text[-1000:],
            explanation=judged.status,
            metadata={"status": judged.status, "end": said.end},
        )

    return score
