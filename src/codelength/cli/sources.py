"""`codelength data`: public data, fetched and checked, and modalities made from them."""

from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import ByteProgress, print_json, print_table
from codelength.errors import InputError

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


@app.command(name="make")
def make_modality(
    modality: Annotated[str, typer.Argument(help="text, dna, audio_8bit, image_rgb, code, ...")],
    source: Annotated[Path, typer.Argument(help="A file, a folder or an archive of its kind.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, a byte a symbol.")],
    size: Annotated[
        int | None, typer.Option("--bytes", min=1, help="So many symbols [default: all].")
    ] = None,
    skip: Annotated[int, typer.Option("--skip", min=0, help="Behind the first so many.")] = 0,
) -> None:
    """A modality of any size from raw data, in constant memory; then `--modality NAME:FILE`."""
    from hashlib import sha256

    from codelength.coding.atomic import atomic_file
    from codelength.corpora.making import pieces, taken
    from codelength.runs.files import refuse_same
    from codelength.runs.steps import Step

    refuse_same(source, out)
    count, digest = 0, sha256()
    with ByteProgress(out.name) as bar, atomic_file(out) as file:
        for block in taken(pieces(modality, source), skip, size):
            file.write(block)
            digest.update(block)
            count += len(block)
            bar(Step(count, size, 0, 0))
        if (size is not None and count < size) or not count:
            raise InputError(
                f"{source} has {count:,} symbols of {modality} behind the first {skip:,}, not"
                f" {size or 1:,}"
            )
    print(f"{out}: {count:,} symbols of {modality}, sha256 {digest.hexdigest()}")
