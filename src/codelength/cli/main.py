"""The `codelength` command: messages, runs, the demo, and the benchmark groups."""

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from codelength.cli import agentic, kt, lm, prior, roundtrip, seqcoder, sources, surprisal
from codelength.cli.options import AsJson, Data, Seed, Workers, workers_or_cores
from codelength.cli.output import (
    ByteProgress,
    GridProgress,
    note,
    print_json,
    print_table,
    print_verifications,
    verification_row,
)
from codelength.errors import CodelengthError, InputError
from codelength.version import __version__

app = typer.Typer(
    help="Measure models, compressors and agentic systems in bits that decode.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(kt.app, name="kt")
app.add_typer(agentic.app, name="agentic")
app.add_typer(roundtrip.app, name="roundtrip")
app.add_typer(lm.models, name="models")
app.add_typer(prior.app, name="prior")
app.add_typer(seqcoder.app, name="seqcoder")
app.add_typer(sources.app, name="data")
app.command()(lm.compress)
app.command()(lm.decompress)
app.command()(surprisal.inspect)
app.command()(surprisal.surprisal)


GOES_ON = [
    ["kt", "run"],
    ["data", "fetch"],
    *(["agentic", name] for name in ("run", "sweep")),
    *(["roundtrip", name] for name in ("run", "ablate", "reflect")),
    *(["seqcoder", name] for name in ("train", "reinforce", "finetune", "quick", "study")),
]
"""Commands that go on where they were stopped."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, which typer turns into a return value."""


def _version(asked: bool) -> None:
    if asked:
        print(f"codelength {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Measure models, compressors and agentic systems in bits that decode."""


@app.command()
def encode(
    file: Annotated[Path, typer.Argument(help="The file to encode; - is standard input.")],
    codec: Annotated[str, typer.Option("--codec", help="NAME or NAME:key=value,...")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The message file to write; - is standard output.")
    ],
    verify: lm.Verify = "here",
    as_json: AsJson = False,
) -> None:
    """Encode a file as a message file.

    Every message is decoded again before it counts.
    """
    from codelength.runs.files import encode_file

    lm.refuse_terminal(out)
    with ByteProgress(file.name) as progress:
        found = encode_file(file, codec, out, progress, verify)
    if as_json:
        lm.print_rows([verification_row(found)], out)
        return
    total = found.coded_bits + found.container_bits
    lm.say(
        f"{out}: {found.coded_bits:,} bits coded + {found.container_bits:,} container ="
        f" {total // 8:,} bytes for {found.symbols:,}, decoded and equal",
        out,
    )
    if found.coded_bits >= 8 * found.symbols > 0 and codec.split(":")[0] != "raw":
        hint = "another codec may suit it better"
        if codec.startswith("primed") and "kind=text" not in codec:
            hint = "DNA and sound go through 'codelength data make' first"
        note(f"It got no shorter by {codec}: {hint}")


@app.command()
def decode(
    file: Annotated[Path, typer.Argument(help="A message file; - is standard input.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The file to write; - is standard output.")
    ],
    as_json: AsJson = False,
) -> None:
    """Decode a message file.

    Its header names the codec.
    """
    from codelength.runs.files import decode_file

    with ByteProgress(file.name) as progress:
        found = decode_file(file, out, progress=progress)
    if as_json:
        lm.print_rows([lm.decoded_row(found)], out)
    else:
        lm.say(lm.decoded_text(found), out)


def refuse_trips(folder: Path, advice: str) -> None:
    """Refuse a run of round trips, which is of another kind.

    Raises:
        InputError: it is one.
    """
    if (folder / "responses.jsonl").is_file():
        raise InputError(f"{folder} is a run of round trips: {advice}")


def refuse_experiments(folder: Path) -> None:
    """Refuse a run of an experiment, whose corpus its own command knows.

    Raises:
        InputError: it is one.
    """
    from codelength.runs.store import kept_spec

    spec = kept_spec(folder) or {}
    if str(spec.get("codec", "")).startswith("agentic:"):
        raise InputError(f"{folder} is a run of an experiment: the command that began it goes on")


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="Runs, folders of runs, or .cl files.")],
    as_json: AsJson = False,
) -> None:
    """Decode runs or message files again.

    This fresh process has the files alone; targets, rows, totals and sizes must agree.
    """
    from codelength.kt.grid import folders_in_order
    from codelength.kt.metrics import verify as verify_folder
    from codelength.runs.files import verify_file

    found = []
    for path in paths:
        refuse_trips(path, "it has responses, no messages: see codelength roundtrip table")
        if path.is_dir():
            found += [verify_folder(folder) for folder in folders_in_order(path)]
        else:
            found.append(verify_file(path))
    print_verifications(found, as_json)


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="A run folder, or the folder of a grid.")],
    data: Data = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Go on with a run that was stopped.

    Nothing is measured twice.
    """
    from codelength.kt.grid import resume as resume_grid
    from codelength.runs.engine import Engine

    refuse_trips(folder, "the command that began it goes on with it")
    refuse_experiments(folder)
    with Engine(workers_or_cores(workers)) as engine, GridProgress() as progress:
        runs = resume_grid(folder, data, engine, progress)
    kt.show([run.folder for run in runs], "raw", "auto", as_json)
    kt.refuse_lost(runs)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL over the view `instances`.")],
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Query the rows of many runs with SQL (DuckDB)."""
    from codelength.report.tables import Table
    from codelength.runs.query import query as ask

    rows = ask(runs, sql)
    if as_json:
        print_json(rows)
    elif rows:
        header = tuple(rows[0])
        cells = [[str(row[name])[:100] for name in header] for row in rows]
        print_table(Table(header, cells, left=len(header)))


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep the runs here [default: thrown away].")
    ] = None,
    data: Data = None,
    seed: Seed = 0,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Sample programs, run the baselines, print the table.

    Every message is decoded again, in a fresh process.
    """
    from codelength.cli.demo import run_demo

    run_demo(out, data, seed, workers_or_cores(workers), as_json)


def _interrupt(*_: object) -> None:
    """SIGTERM ends as Ctrl-C does: what is half-written is removed, what goes on says so."""
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors are one line on stderr and exit code 2."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files need not be text
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = app(
            given + ["--help"] * (given in ([], ["kt"], ["roundtrip"], ["agentic"])),
            standalone_mode=False,
        )
        sys.stdout.flush()
    except CodelengthError as error:
        note(f"error: {error}")
        sys.exit(2)
    except typer.TyperException as error:
        note(f"error: {' '.join(error.format_message().split())} (see --help)")
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output is gone (`head`); keep Python from writing to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        note(f"error: {error}")
        sys.exit(2)
    if code == INTERRUPTED:
        goes_on = given[:2] in GOES_ON or given[:1] in (["resume"], ["demo"])
        goes_on |= given[:1] in (["compress"], ["encode"]) and "-" not in given
        note("stopped; the same command goes on from here" if goes_on else "stopped")
    sys.exit(code if isinstance(code, int) else 0)
