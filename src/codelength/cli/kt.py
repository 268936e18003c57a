"""`codelength kt`: sample, cost, solve, run, table."""

import json
import math
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from codelength.cli.kt_programs import analyze, import_log, plan, score
from codelength.cli.options import (
    AsJson,
    Data,
    Seed,
    Workers,
    item_lengths,
    modalities,
    workers_or_cores,
)
from codelength.cli.output import GridProgress, json_line, note, print_json, print_table
from codelength.cli.rows import read_rows, sequence_of
from codelength.cli.solve import solve
from codelength.codecs.registry import split_specs
from codelength.coding.atomic import write_atomic
from codelength.errors import InputError, MessageError, ModelError
from codelength.runs import Estimate, Run

app = typer.Typer(
    help="The KoLMogorov Test: shortest programs for sequences.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

PROGRAMS = 20_000
"""Programs that `cost` reads and prices in one go."""


@app.command()
def sample(
    count: Annotated[int, typer.Option("--count", min=1, help="Unique sequences to write.")],
    out: Annotated[Path | None, typer.Option("--out", help="JSONL file [default: stdout].")] = None,
    seed: Seed = 0,
    exclude: Annotated[
        Path | None, typer.Option("--exclude", help="JSONL whose sequences must not appear.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sample program-sequence pairs.

    Rows: program, sequence, paper_bits, exact_bits.
    """
    from codelength.dsl import batch, pairs

    unwanted = frozenset() if exclude is None else frozenset(_sequences(exclude))
    found = pairs.sample(seed, count, unwanted)

    def rows() -> Iterator[dict[str, Any]]:
        for first in range(0, len(found), batch.PRINTED):
            some = found[first : first + batch.PRINTED]
            texts = batch.texts(*batch.join([pair.words for pair in some]))
            for pair, text in zip(some, texts, strict=True):
                yield {
                    "program": text,
                    "sequence": list(pair.sequence),
                    "paper_bits": pair.paper_bits,
                    "exact_bits": pair.exact_bits,
                }

    if out is None:
        if as_json:
            print_json(rows())
        else:
            for row in rows():
                print(json_line(row))
        return
    write_atomic(out, "".join(json.dumps(row) + "\n" for row in rows()).encode())
    symbols = sum(len(pair.sequence) for pair in found)
    paper = math.fsum(pair.paper_bits for pair in found)
    exact = math.fsum(pair.exact_bits for pair in found)
    summary = {
        "out": str(out),
        "pairs": len(found),
        "symbols": symbols,
        "paper_bits": paper,
        "exact_bits": exact,
    }
    if as_json:
        print_json([summary])
    else:
        print(
            f"{len(found):,} unique pairs, {symbols:,} symbols, in {out}; bits of programs over raw"
            f" bits: paper {paper / (8 * symbols):.4f}, exact {exact / (8 * symbols):.4f}"
        )


def _sequences(path: Path) -> Iterator[bytes]:
    for number, row in read_rows(path, "sequence"):
        yield sequence_of(row["sequence"], f"{path}, line {number}")


@app.command()
def cost(
    programs: Annotated[Path, typer.Argument(help="JSONL, rows with a program.")],
    prior: Annotated[
        Literal["paper", "exact", "fitted", "text", "gzip"], typer.Option("--prior")
    ] = "paper",
    as_json: AsJson = False,
) -> None:
    """Price programs, the total last.

    Each row gets its bits added. Bits are real numbers; the total is also given rounded up
    once, as total_bits.
    """
    # Twice through the file: nothing is printed before all of it is priced, and rows are not kept.
    kept = None if programs.is_file() else list(_programs(programs))
    bits = _price(_programs(programs) if kept is None else iter(kept), programs, prior)
    total = math.fsum(bits)
    last = {"programs": len(bits), "bits": total, "total_bits": math.ceil(total), "prior": prior}

    def all_rows() -> Iterator[dict[str, Any]]:
        rows = _programs(programs) if kept is None else kept
        for (_, row), cost_bits in zip(rows, bits, strict=True):
            yield row | {"bits": cost_bits}
        yield last

    if as_json:
        print_json(all_rows())
    else:
        for row in all_rows():
            print(json_line(row))


def _programs(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in read_rows(path, "program"):
        if not isinstance(row["program"], str):
            raise InputError(f"{path}, line {number}: program is not text")
        yield number, row


def _price(rows: Iterator[tuple[int, dict[str, Any]]], path: Path, prior: str) -> list[float]:
    from codelength.dsl import batch, priors

    bits: list[float] = []
    while some := [(number, row["program"]) for number, row in islice(rows, PROGRAMS)]:
        try:
            words, ends = batch.parse_many([program for _, program in some])
            if prior in ("paper", "exact"):  # compiled, for millions
                prices = batch.price(words, ends)
                bits += (prices.paper if prior == "paper" else prices.exact).tolist()
            else:
                bits += batch.price_by(priors.prior(prior), words, ends)
        except batch.ProgramFailure as failure:
            raise InputError(f"{path}, line {some[failure.place][0]}: {failure.cause}") from failure
    return bits


app.command()(solve)
app.command()(score)
app.command()(analyze)
app.command("import")(import_log)
app.command()(plan)


Fallback = Annotated[
    Literal["raw", "joint-gzip"],
    typer.Option("--fallback", help="What wrong items cost: plain symbols, or one joint gzip."),
]
Form = Annotated[
    Literal["auto", "markdown", "terminal"],
    typer.Option("--format", help="Auto: a table on a terminal, else Markdown."),
]


@app.command()
def run(
    modality: Annotated[
        list[str],
        typer.Option(
            "--modality",
            help="text, dna, audio_16bit, audio_8bit, audio_mfcc, synthetic, or all: a comma list,"
            " may repeat; file:PATH or dna:PATH alone.",
        ),
    ],
    codec: Annotated[
        list[str],
        typer.Option("--codec", help="NAME or NAME:key=value,...; a comma list, may repeat."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the runs; resumed if it is there.")],
    item_length: Annotated[
        str, typer.Option("--item-length", help="Symbols an item, or 'whole'; a comma list.")
    ] = "128",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="The first so many items of each.")
    ] = None,
    seed: Seed = 0,
    data: Data = None,
    workers: Workers = None,
    fallback: Fallback = "raw",
    form: Form = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure codecs on modalities, and print the table.

    Every message is decoded. A run that was stopped goes on with the same command.
    """
    from codelength.kt.grid import GridSpec, run_grid
    from codelength.kt.spending import plans
    from codelength.runs.engine import Engine

    spec = GridSpec(
        modalities(modality),
        tuple(one for text in codec for one in split_specs(text)),
        item_lengths(item_length),
        limit,
        seed,
    )
    for line in plans(spec, data):
        note(line)
    with Engine(workers_or_cores(workers)) as engine, GridProgress() as progress:
        runs = run_grid(spec, out, data, engine, progress)
    show([found.folder for found in runs], fallback, form, as_json)
    note_failed(runs)
    refuse_lost(runs)


def note_failed(runs: list[Run]) -> None:
    """Tell of calls to models that failed: they say nothing of the model, and count as wrong.

    Raises:
        ModelError: all calls of a run failed.
    """
    from codelength.synthesis.prompted.generation import FAILED

    for run in runs:
        notes = [text.split("; ") for text in run.table()["note"].to_pylist() if text]
        failed = [parts for parts in notes if FAILED in parts]
        if not failed:
            continue
        said = (
            f"{run.folder}: {len(failed):,} of {len(run.table()):,} calls failed"
            f" ({'; '.join(failed[0][2:])})"
        )
        again = "to ask again, delete the folder and repeat the command"
        if len(failed) == len(run.table()):
            raise ModelError(f"{said}; {again}")
        cached = "scripted/" not in run.codec and "transformers/" not in run.codec
        kept = "; answers that came are kept in Inspect's cache" if cached else ""
        note(f"{said} and count as wrong; {again}{kept}")


def refuse_lost(runs: list[Run]) -> None:
    """End with an error where messages did not decode.

    Raises:
        MessageError: names the first such run.
    """
    for run in runs:
        if isinstance(run.total, Estimate) and run.sums["coded_bits"] is not None:
            raise MessageError(
                f"{run.folder}: messages of {run.codec} do not decode to their targets"
            )


def show(folders: list[Path], fallback: str, form: str, as_json: bool) -> None:
    """Print the table of run folders."""
    from codelength.kt.metrics import score
    from codelength.report.kt import FALLBACK, READING, kt_sources, kt_table, kt_table_narrow
    from codelength.runs.store import load_run

    scores = [score(load_run(folder)) for folder in folders]
    if as_json:
        print_json(asdict(one) for one in scores)
        return
    kind: FALLBACK = "joint-gzip" if fallback == "joint-gzip" else "raw"
    print_table(kt_table(scores, kind), form, kt_table_narrow(scores, kind))
    note("")
    note(kt_sources(scores))
    for paragraph in textwrap.wrap(READING, 100):
        note(paragraph)


@app.command()
def table(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or folders of them.")],
    fallback: Fallback = "raw",
    form: Form = "auto",
    as_json: AsJson = False,
) -> None:
    """Print the table of runs."""
    from codelength.kt.grid import folders_in_order

    show([path for one in runs for path in folders_in_order(one)], fallback, form, as_json)
