"""`codelength roundtrip trace|narrate|sft`: runs of the programs, in steps, in words, as rows."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from codelength.cli.options import AsJson, Workers, workers_or_cores
from codelength.cli.output import GridProgress, note, print_json
from codelength.coding.atomic import atomic_file
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.roundtrip.records import Record
    from codelength.roundtrip.training import Filter, Told

Folder = Annotated[Path, typer.Argument(help="A folder that `generate` made.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Blind = Annotated[bool, typer.Option("--blind", help="No names of algorithms, in text or code.")]
SplitName = Annotated[str, typer.Option("--split", help="train, validation, test, or all.")]
Result = TypeVar("Result")

FUNCTIONS = ("encoder", "decoder")
CHUNK = 8
"""Runs that a worker is given at once."""


def chosen(data: Path, split: str) -> list["Record"]:
    """The records of a split.

    Raises:
        InputError: there is no such split, or it has no records.
    """
    from codelength.roundtrip.asking import Plan
    from codelength.roundtrip.records import SPLITS, read_records

    if split not in (*SPLITS, "all"):
        raise InputError(f"--split is {', '.join(SPLITS)} or all, not {split!r}")
    return Plan("", split="" if split == "all" else split).chosen(read_records(data))


def write(out: Path, lines: Iterable[str], what: str, as_json: bool) -> None:
    """Write lines, in full or not at all, and say how many."""
    count = 0
    with atomic_file(out) as file:
        for one in lines:
            file.write(one.encode())
            count += 1
        if not count:
            raise InputError(f"no {what} to write into {out}")
    if as_json:
        print_json([{"out": str(out), what: count}])
    else:
        note(f"{count:,} {what} in {out}")


def _traced(job: tuple["Record", str], blind: bool) -> str:
    """The line of a trace."""
    from codelength.roundtrip.traces import rows
    from codelength.roundtrip.training import traced
    from codelength.roundtrip.values import dumps, same

    one, function = job
    run = traced(one, function, blind)
    gold = one.output if function == "encoder" else one.input
    if not same(run.value, gold):
        return ""
    row = {
        "id": one.id,
        "function": function,
        "family": one.family,
        "split": one.split,
        "blind": blind,
        "name": run.source.name,
        "source": run.source.source,
        "arguments": list(run.arguments),
        "steps": rows(run),
        "value": run.value,
    }
    return dumps(row) + "\n"


def _told(job: tuple["Record", str], blind: bool) -> "Told":
    from codelength.roundtrip.training import told

    return told(*job, blind)


def _jobs(records: Iterable["Record"]) -> list[tuple["Record", str]]:
    return [(one, function) for one in records for function in FUNCTIONS]


def _each(name: str, work: partial[Result], jobs: list[tuple["Record", str]], workers: int,
          ) -> Iterator[Result]:  # fmt: skip
    """The results of all jobs, in order, with a bar; few are held at once."""
    with ProcessPoolExecutor(workers) as pool, GridProgress("runs") as progress:
        done, rest = 0, iter(jobs)
        while some := list(islice(rest, 64 * workers)):
            for found in pool.map(work, some, chunksize=CHUNK):
                done += 1
                progress(name, done, len(jobs))
                yield found


def trace(
    data: Folder,
    out: Out,
    blind: Blind = False,
    split: SplitName = "all",
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Run every encoder and decoder step by step, and write each run with every value whole.

    Rows: id, function, source, arguments, steps, value. A step is [line, kind, name, value].
    """
    jobs = _jobs(chosen(data, split))
    lines = _each(data.name, partial(_traced, blind=blind), jobs, workers_or_cores(workers))
    kept = (one for one in lines if one)
    write(out, kept, "traces", as_json)


def narrate(
    data: Folder,
    out: Out,
    blind: Blind = False,
    split: SplitName = "all",
    model: Annotated[
        str, typer.Option("--model", help="Also has a model retell each run, checked by value.")
    ] = "",
    tokens: Annotated[int, typer.Option("--tokens", min=1, help="Of a retelling.")] = 8192,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Tell each run in words made by rule, every value checked against the trace.

    With --model a model retells it; what states a value that the trace does not have is dropped,
    and counted. Rows: id, function, narration, and translation where there is one.
    """
    from codelength.roundtrip.metrics import counted

    jobs = _jobs(chosen(data, split))
    faults: list[str] = []
    runs = _each(data.name, partial(_told, blind=blind), jobs, workers_or_cores(workers))
    write(out, _narrations(runs, jobs, model, tokens, faults), "narrations", as_json)
    for reason, count in counted(faults).items():
        note(f"{count:,} left out: {reason}")


def _narrations(
    runs: Iterable["Told"], jobs: list[tuple["Record", str]], model: str, tokens: int,
    faults: list[str],
) -> Iterator[str]:  # fmt: skip
    from codelength.roundtrip.models import model as model_named
    from codelength.roundtrip.training import traced
    from codelength.roundtrip.translation import translate
    from codelength.roundtrip.values import dumps
    from codelength.synthesis.prompted.generation import Settings

    asked = model_named(model) if model else None
    if asked is not None:
        asked.open()
    pairs = zip(runs, jobs, strict=True)
    while some := list(islice(pairs, 64)):
        right = [(run, job) for run, job in some if not run.fault]
        faults += [run.fault.partition(":")[0] for run, _ in some if run.fault]
        said = [""] * len(right)
        if asked is not None and right:
            both = [(run, traced(*job, run.blind)) for run, job in right]
            found = translate(both, asked, Settings(tokens))
            said = [one.words for one in found]
            faults += [f"translation: {one.fault.partition(':')[0]}" for one in found if one.fault]
        for (run, _), words in zip(right, said, strict=True):
            row = {"id": run.id, "function": run.function, "blind": run.blind,
                   "narration": run.words}  # fmt: skip
            yield dumps(row | ({"translation": words} if words else {})) + "\n"


def sft(
    data: Folder,
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")],
    setting: Annotated[
        str, typer.Option("--setting", help="all, or a comma list of names or numbers 0..3.")
    ] = "all",
    blind: Blind = False,
    shots: Annotated[int, typer.Option("--shots", min=0, max=1, help="Worked examples.")] = 0,
    longest: Annotated[
        int, typer.Option("--longest", min=1, help="Characters of a completion, at most.")
    ] = 16_000,
    translations: Annotated[
        Path | None, typer.Option("--translations", help="A file of `narrate --model`.")
    ] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Write rows for supervised fine-tuning: prompt, verified reasoning, gold answer.

    Of the train and validation splits alone. TRL and axolotl read train.jsonl as it is;
    dataset_info.json describes it to LLaMA-Factory.
    """
    from codelength.roundtrip import training
    from codelength.roundtrip.prompts import Manner
    from codelength.roundtrip.settings import settings

    records = chosen(data, "all")
    manner, asked, kept = Manner(blind, shots), settings(setting), training.Filter(longest)
    jobs = _jobs(one for one in records if one.split in training.TRAINED)
    runs = _each(data.name, partial(_told, blind=blind), jobs, workers_or_cores(workers))
    words = _translations(translations, blind) if translations else {}

    def rows() -> Iterator[training.Row]:
        for one in records:
            mine = one.split in training.TRAINED
            some = {run.function: run for run in islice(runs, len(FUNCTIONS))} if mine else {}
            own = _verified(one, words, blind, kept) if mine and words else {}
            yield from training.rows(one, some, asked, manner, kept, own)

    counts = training.write(rows(), out)
    if translations:
        note(f"{len(words):,} retellings in {translations}")
    if as_json:
        print_json([{"out": str(out), "rows": counts, "left_out": kept.counts()}])
        return
    for name, count in counts.items():
        note(f"{count:,} rows in {out / name}")
    for reason, count in kept.counts().items():
        note(f"{count:,} left out: {reason}")


def _translations(path: Path, blind: bool) -> dict[tuple[str, str], str]:
    """What a file of `narrate --model` retells, by record and function; not verified yet."""
    from codelength.cli.rows import read_rows

    found = {}
    for number, row in read_rows(path, "narration"):
        texts = [row.get(key) for key in ("id", "function")]
        words = row.get("translation")
        if not all(isinstance(one, str) for one in (*texts, words or "")):
            raise InputError(f"{path}, line {number}: id, function and translation are texts")
        if words and row.get("blind") is blind:
            found[str(texts[0]), str(texts[1])] = str(words)
    return found


def _verified(
    one: "Record", words: dict[tuple[str, str], str], blind: bool, kept: "Filter"
) -> dict[tuple[str, str], str]:
    """The retellings of a record whose every value is that of its trace; others are counted."""
    from codelength.roundtrip.training import traced
    from codelength.roundtrip.translation import checked
    from codelength.synthesis.prompted.generation import Generation

    found = {}
    for function in FUNCTIONS:
        if (one.id, function) in words:
            text = Generation(words[one.id, function])
            said = checked(text, traced(one, function, blind))
            if said.fault:
                kept.reasons.append(f"translation: {said.fault.partition(':')[0]} (told by rule)")
            else:
                found[one.id, function] = said.words
    return found
