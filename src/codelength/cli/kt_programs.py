"""`codelength kt score` and `kt analyze`: programs that somebody proposed, judged and taken apart.

Example: codelength kt score answers.jsonl --json.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.options import AsJson, Data, Seed, Workers, modalities, workers_or_cores
from codelength.cli.output import GridProgress, note, print_json, print_table
from codelength.cli.rows import read_json
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.kt.scoring import Candidate, Judge, Scored

Language = Annotated[
    Literal["auto", "python", "kt"],
    typer.Option("--language", help="Of the programs; auto: KT's where they parse as that."),
]
Cage = Annotated[
    Literal["best", "jail", "wasm", "none"],
    typer.Option("--sandbox", help="What confines Python; 'none' makes results unofficial."),
]
Seconds = Annotated[float, typer.Option("--seconds", min=0.001, help="That a program may run.")]
OwnSeconds = Annotated[
    float | None,
    typer.Option("--seconds", min=0.001, help="That a program may run [default: its run's, or 5]."),
]
PROPOSING = ("program", "gold", "solver")
"""Codecs whose rows have programs."""
UNOFFICIAL = "UNOFFICIAL: nothing confined these programs (--sandbox none)."


def _judge(language: str, cage: str, seconds: float) -> "Judge":
    from codelength.kt.scoring import LANGUAGES, Judge
    from codelength.sandbox import Limits

    (chosen,) = (one for one in LANGUAGES if one == language)
    return Judge(chosen, Limits(seconds=seconds), cage)


Modality = Annotated[
    str, typer.Option("--modality", help="Of rows that name none; dna: symbols of 3 bits.")
]


def _file(path: Path, modality: str) -> Iterator["Candidate"]:
    from codelength.corpora.kt import MODALITIES
    from codelength.kt.candidates import candidates

    if modality and modality not in MODALITIES:
        raise InputError(f"--modality {modality}: there are {', '.join(MODALITIES)}")
    for number, row in read_json(path):
        yield from candidates(row, f"{path}, line {number}", modality)


def _folder(path: Path) -> list["Candidate"]:
    """The programs of the runs in a folder, with the targets that their messages decode to."""
    from codelength.kt.grid import folders_in_order
    from codelength.kt.scoring import Candidate
    from codelength.runs import load_run
    from codelength.runs.results import Row
    from codelength.runs.verify import verify_run
    from codelength.synthesis.prompted.codec import python_codec

    found: list[Candidate] = []
    runs = [load_run(folder) for folder in folders_in_order(path)]
    modalities = [str(run.corpus.get("modality", "")) for run in runs]
    for run, modality in zip(runs, modalities, strict=True):
        if run.codec.partition(":")[0] not in PROPOSING:
            note(f"{run.folder}: left out, {run.codec} proposes no programs")
            continue
        name = modality
        if modalities.count(modality) > 1:  # other lengths, models or prompts
            name = f"{modality} {run.corpus.get('item_length', '')} {run.codec}"

        codec = python_codec(run.codec)
        seconds = codec.limits.seconds if codec else None

        def keep(
            row: Row, target: bytes, name: str = name, seconds: float | None = seconds
        ) -> None:
            how = (row.program, row.note or "", name, row.alphabet, seconds)
            found.append(Candidate(row.id, target, *how))

        if not verify_run(run.folder, keep).messages:
            raise InputError(f"{run.folder} is a run of estimates: it has no messages to decode")
    if not found:
        raise InputError(f"{path} holds no run of {', '.join(PROPOSING)}")
    return found


def _scored(
    candidates: list["Candidate"], judge: "Judge", workers: int, name: str
) -> list["Scored"]:
    with GridProgress() as progress:
        found = []
        for one in judge.judge_all(candidates, workers):
            found.append(one)
            progress(name, len(found), len(candidates))
    return found


def _row(one: "Scored", prior: str) -> dict[str, Any]:
    from codelength.kt.analysis import error_class, repeats

    candidate = one.candidate
    prices = dict(one.prices)
    return {
        "id": candidate.id,
        "correct": one.correct,
        "status": one.status,
        "seconds": round(one.seconds, 6),
        "bits": prices.get(prior, next(reversed(prices.values()), None)),
        "prices": prices,
        "language": one.language,
        "executable": one.executable,
        "prefix": one.prefix,
        "symbols": len(candidate.target),
        "raw_bits": candidate.raw_bits,
        "repeats": repeats(one),
        "error": None if one.correct else error_class(one),
        "detail": one.detail,
        "program": candidate.program,
        "official": one.official,
    }


def score(
    file: Annotated[
        Path, typer.Argument(help="JSONL: a sequence or a prompt, a program or a generation.")
    ],
    language: Language = "auto",
    prior: Annotated[
        str, typer.Option("--prior", help="Whose bits stand as 'bits' [default: the last price].")
    ] = "",
    modality: Modality = "",
    sandbox: Cage = "best",
    seconds: Seconds = 5.0,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Judge programs that somebody else generated.

    Each is run in the sandbox, a right one twice, and priced. Understood are our rows and the KT
    repository's, JSON strings inside JSON included.
    """
    from codelength.kt.scoring import KT_PRIORS, PYTHON_PRIORS
    from codelength.report import kt_analysis

    judge = _judge(language, sandbox, seconds)
    if prior and prior not in (*PYTHON_PRIORS, *KT_PRIORS):
        raise InputError(f"--prior {prior}: there are {', '.join((*PYTHON_PRIORS, *KT_PRIORS))}")
    candidates = list(_file(file, modality))
    if not candidates:
        raise InputError(f"{file} has no rows")
    found = _scored(candidates, judge, workers_or_cores(workers), file.name)
    if as_json:
        print_json(_row(one, prior) for one in found)
        return
    groups = kt_analysis.by_modality(found)
    print_table(kt_analysis.overview(groups), "auto")
    print()
    print_table(kt_analysis.prices(groups), "auto")
    print()
    print_table(kt_analysis.statuses(groups), "auto")
    if not all(one.official for one in found):
        note(UNOFFICIAL)


def analyze(
    source: Annotated[Path, typer.Argument(help="A run folder, a folder of runs, or JSONL.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the tables and figures.")
    ] = None,
    language: Language = "auto",
    modality: Modality = "",
    sandbox: Cage = "best",
    seconds: OwnSeconds = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Take the programs of runs apart: executable, right, prefixes, repetition, errors, lengths.

    Messages are decoded and programs run again. With --out, tables.md and figures are written.
    """
    from dataclasses import asdict, replace

    from codelength.coding.atomic import write_atomic
    from codelength.report import kt_analysis
    from codelength.sandbox import Limits

    judge = _judge(language, sandbox, seconds or Limits.seconds)
    candidates = _folder(source) if source.is_dir() else list(_file(source, modality))
    if seconds is not None:
        candidates = [replace(one, seconds=None) for one in candidates]
    if not candidates:
        raise InputError(f"{source} has no rows")
    found = _scored(candidates, judge, workers_or_cores(workers), source.name)
    tables = kt_analysis.tables(found)
    if out is not None:
        from codelength.report.kt_figures import write_figures

        text = "\n".join(f"## {title}\n\n{table.markdown()}\n" for title, table in tables)
        written = write_figures(found, out)
        write_atomic(out / "tables.md", text.encode())
        note(f"written: {os.fspath(out)}/tables.md and {len(written)} figures")
    if not all(one.official for one in found):
        note(UNOFFICIAL)
    if as_json:
        print_json(asdict(one) for one in kt_analysis.by_modality(found))
        return
    for title, table in tables:
        print(f"## {title}\n")
        print_table(table, "auto")
        print()


def import_log(
    log: Annotated[Path, typer.Argument(help="A log of `inspect eval codelength/kt`.")],
    out: Annotated[Path, typer.Option("--out", help="The run folder to write.")],
    data: Data = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Make a run of an Inspect log: its answers judged, priced, and their messages decoded."""
    from codelength.cli.kt import show
    from codelength.kt import inspect_log
    from codelength.runs.engine import Engine

    with Engine(workers_or_cores(workers)) as engine, GridProgress() as progress:
        inspect_log.import_log(
            log, out, data, engine, lambda done, total: progress(log.name, done, total)
        )
    show([out], "raw", "auto", as_json)


def plan(
    modality: Annotated[
        list[str], typer.Option("--modality", help="As in kt run: a comma list, or all.")
    ],
    item_length: Annotated[int, typer.Option("--item-length", min=1)] = 128,
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    seed: Seed = 0,
    data: Data = None,
    style: Annotated[Literal["zero-shot", "cot"], typer.Option("--prompt")] = "zero-shot",
    shots: Annotated[int, typer.Option("--shots", min=0, max=32)] = 0,
    repair: Annotated[int, typer.Option("--repair", min=0)] = 0,
    draws: Annotated[int, typer.Option("--draws", min=1, help="Answers to an item.")] = 1,
    tokens: Annotated[int, typer.Option("--tokens", min=1)] = 1024,
    price: Annotated[
        str | None, typer.Option("--price", help="Dollars a million tokens: IN,OUT.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Estimate what asking a model will take, in tokens and dollars, without asking it."""
    from dataclasses import asdict

    from codelength.corpora.kt import kt_corpus
    from codelength.kt.spending import Spending, spending
    from codelength.synthesis.prompted.asking import Manner
    from codelength.synthesis.prompted.generation import Settings
    from codelength.synthesis.prompted.shots import worked_examples

    prices = _prices(price)
    manner = Manner(style, worked_examples(shots), repair, draws, Settings(tokens))
    rows = {}
    for one in modalities(modality):
        rows[one] = spending(kt_corpus(one, item_length, limit, seed, data), manner)
    if len(rows) > 1:
        rows["all"] = sum(rows.values(), Spending(0, 0, 0, 0, 0))
    if not as_json:
        for name, found in rows.items():
            print(f"{name}: {found.text(prices)}")
        return
    printed = []
    for name, found in rows.items():
        expected, most = (None, None) if prices is None else found.dollars(*prices)
        dollars = {"dollars": expected, "most_dollars": most}
        printed.append({"modality": name} | asdict(found) | dollars)
    print_json(printed)


def _prices(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        given, back = (float(one) for one in text.split(","))
    except ValueError:
        raise InputError(f"--price is IN,OUT in dollars a million tokens, not {text!r}") from None
    if not (0 <= given < math.inf and 0 <= back < math.inf):
        raise InputError(f"--price is two finite numbers, 0 or more, not {text!r}")
    return given, back
