"""`codelength compress`, `decompress`, `models`: files through a language model."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import GridProgress, print_json, print_table
from codelength.errors import InputError, MessageError
from codelength.predictors.lm.catalogue import DEFAULT

models = typer.Typer(
    help="Language models that are known by name.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
SUFFIX = ".cl"


def compress(
    files: Annotated[list[Path], typer.Argument(help="Files to compress.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write [default: FILE.cl].")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="A known name, a hub's id, a folder or a GGUF file.")
    ] = DEFAULT,
    window: Annotated[
        int, typer.Option("--window", min=1, help="Tokens that the model looks back on, at most.")
    ] = 1024,
    as_json: AsJson = False,
) -> None:
    """Compress files with a language model; every message is decoded before anything is written.

    The model's weights are not in the file: whoever decompresses it needs the same.
    """
    from codelength.runs.files import encode_file

    if out is not None and len(files) > 1:
        raise InputError("-o names one file; without it each FILE is written to FILE.cl")
    found = []
    with GridProgress("bytes compressed") as progress:
        for file in files:
            target = out or file.with_name(file.name + SUFFIX)
            codec = f"lmic:model={model},window={window}"
            found.append(encode_file(file, codec, target, partial(progress, file.name)))
    rows = [
        {
            "out": str(one.path),
            "bytes": one.symbols,
            "coded_bits": one.coded_bits,
            "container_bits": one.container_bits,
            "bits_per_byte": one.coded_bits / one.symbols if one.symbols else None,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    for one in found:
        size = (one.coded_bits + one.container_bits) // 8
        rate = f", {one.coded_bits / one.symbols:.4f} bits a byte" if one.symbols else ""
        print(f"{one.path}: {size:,} bytes for {one.symbols:,}{rate}; decoded and equal")


def decompress(
    file: Annotated[Path, typer.Argument(help="What compress wrote.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write [default: without .cl].")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Where the same model is here, if elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decompress a file; the weights must be those that it was compressed with."""
    from codelength.coding.messages import read_messages, write_atomic
    from codelength.runs.files import decode_file, refuse_same

    header = str(read_messages(file).header["codec"])
    if not header.startswith("lmic:"):
        raise MessageError(f"{file} was encoded with {header}: codelength decode {file} -o FILE")
    if out is None and file.suffix != SUFFIX:
        raise InputError(f"{file} does not end in {SUFFIX}; name the file to write: -o FILE")
    target = out or file.with_suffix("")
    if out is None and target.exists():
        raise InputError(f"{target} exists; name the file to write: -o FILE")
    refuse_same(file, target)
    name = (
        header
        if model is None
        else ",".join(
            f"lmic:model={model}" if part.startswith("lmic:model=") else part
            for part in header.split(",")
        )
    )
    with GridProgress("messages decoded") as progress:
        text, found = decode_file(file, name, partial(progress, file.name))
    write_atomic(target, text)
    if as_json:
        print_json([{"out": str(target), "bytes": len(text), "coded_bits": found.coded_bits}])
    else:
        print(f"{target}: {len(text):,} bytes from {found.coded_bits:,} bits, checksums hold")


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """What is known by name, and whether it is here."""
    from codelength.predictors.lm.catalogue import MODELS, found
    from codelength.report.tables import Table

    rows = [
        {
            "name": one.name,
            "bytes": one.size,
            "licence": one.licence,
            "sha256": one.sha256,
            "path": str(found(one) or "") or None,
        }
        for one in MODELS.values()
    ]
    if as_json:
        print_json(rows)
        return
    header = ("name", "bytes", "licence", "here")
    cells = [
        (str(row["name"]), f"{row['bytes']:,}", str(row["licence"]), str(row["path"] or "no"))
        for row in rows
    ]
    print_table(Table(header, cells, left=4), "auto")


@models.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(help="One of `codelength models list`.")] = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Fetch a model, and check its SHA-256."""
    from codelength.predictors.lm.catalogue import MODELS, pull

    if name not in MODELS:
        raise InputError(f"no model is named {name!r}; there are {', '.join(MODELS)}")
    path = pull(MODELS[name])
    if as_json:
        print_json([{"name": name, "path": str(path)}])
    else:
        print(path)
