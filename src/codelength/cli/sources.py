"""`codelength data`: public data, fetched and checked."""

from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import ByteProgress, print_json, print_table

app = typer.Typer(help="Public data by name.", no_args_is_help=True)


@app.command(name="list")
def list_sources(as_json: AsJson = False) -> None:
    """What can be fetched, how large it is, and under which licence it may be used."""
    from codelength.corpora.sources import SOURCES
    from codelength.report.tables import Table

    rows = [
        {
            "name": one.name,
            "bytes": one.size,
            "licence": one.licence,
            "url": one.url,
            "hash": one.hash,
            "what": one.what,
        }
        for one in SOURCES.values()
    ]
    if as_json:
        print_json(rows)
        return
    header = ("name", "bytes", "licence", "what", "from")
    cells = [
        (one.name, f"{one.size:,}", one.licence, one.what, one.url) for one in SOURCES.values()
    ]
    print_table(Table(header, cells, left=5), "auto")


@app.command(name="fetch")
def fetch_sources(
    names: Annotated[list[str], typer.Argument(help="Of `codelength data list`.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="The data folder [env: CODELENGTH_DATA].")
    ] = None,
) -> None:
    """Fetch data into the data folder; a fetch that was stopped goes on where it was."""
    from codelength.corpora.folders import data_root
    from codelength.corpora.sources import fetch, known
    from codelength.runs.steps import Step

    root = data_root(data)
    for source in [known(name) for name in names]:
        with ByteProgress(source.file) as bar:

            def show(here: int, total: int, bar: ByteProgress = bar) -> None:
                bar(Step(here, total or None, 0, 0))

            path = fetch(source, root, show)
        print(f"{path}: {path.stat().st_size:,} bytes, {source.hash}; {source.licence}")
