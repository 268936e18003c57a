"""`codelength prior`: fitted tables of kinds of data, listed and made."""

import re
from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import note, print_json, print_table
from codelength.errors import InputError

app = typer.Typer(
    help="Tables of `primed`: models of text, DNA and sound, fitted beforehand.",
    no_args_is_help=True,
)

ALL = "all"


@app.command(name="list")
def list_tables(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of tables, too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Kinds of data, their tables, what these were fitted on."""
    from codelength.predictors.primed.shelf import ALPHABETS, read, shipped
    from codelength.report.tables import Table

    found = [shipped(kind) for kind in ALPHABETS] + [read(path) for path in files or []]
    rows = [
        {
            "kind": one.kind,
            "bytes": one.size,
            "sha256": one.sha256,
            "where": one.where,
            "fitted_on": one.about.get("source"),
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    header = ("kind", "bytes", "sha256", "where", "fitted on")
    cells = [
        (one.kind, f"{one.size:,}", one.sha256[:12], one.where, str(row["fitted_on"]))
        for one, row in zip(found, rows, strict=True)
    ]
    print_table(Table(header, cells, left=5), "auto")


@app.command(name="fit")
def fit_tables(
    kinds: Annotated[list[str], typer.Argument(help="text, dna, audio_16bit, ..., or all.")],
    out: Annotated[
        Path, typer.Option("--out", help="The file to write; a folder for several kinds.")
    ],
    size: Annotated[str, typer.Option("--size", help="small, large, or bytes.")] = "large",
    data: Annotated[
        Path | None, typer.Option("--data", help="The data folder [env: CODELENGTH_DATA].")
    ] = None,
    own: Annotated[
        Path | None, typer.Option("--from", help="A file of symbols of your own, for one kind.")
    ] = None,
) -> None:
    """Fit tables to data that are not KT's: the same data give the same file."""
    from codelength.codecs.priming import SIZES, tables
    from codelength.coding.atomic import writable, write_atomic
    from codelength.predictors.primed.shelf import ALPHABETS, read
    from codelength.runs.files import refuse_same

    wanted = list(ALPHABETS) if kinds == [ALL] else kinds
    for kind in wanted:
        if kind not in ALPHABETS:
            raise InputError(f"no kind {kind!r}; there are {', '.join(ALPHABETS)}")
    if size not in SIZES and not (re.fullmatch("[0-9]{4,9}", size) and int(size) >= 1000):
        raise InputError(f"--size is {', '.join(SIZES)}, or bytes from 1000 on, not {size!r}")
    if own is not None and len(wanted) > 1:
        raise InputError("--from is a file of one kind; name that kind alone")
    several = len(wanted) > 1 or out.is_dir()
    if several and out.exists() and not out.is_dir():
        raise InputError(f"--out {out} is a file; several kinds go into a folder")
    if own is not None:
        refuse_same(own, out)
    targets = {kind: out / f"{kind}.tables" if several else out for kind in wanted}
    for target in targets.values():  # said before the work
        writable(target)
    for kind, target in targets.items():
        made = tables(kind, data, size if size in SIZES else int(size), note, own)
        write_atomic(target, made)
        done = read(target)
        print(f"{target}: {done.size:,} bytes, sha256 {done.sha256}")
