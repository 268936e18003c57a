"""`codelength compress`, `decompress`, `models`: files through a language model."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import ByteProgress, print_json, print_table
from codelength.errors import InputError, MessageError
from codelength.predictors.lm.catalogue import DEFAULT

if TYPE_CHECKING:
    from codelength.runs.verify import Verification

models = typer.Typer(
    help="Language models that are known by name.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
SUFFIX = ".cl"


STANDARD = Path("-")

Verify = Annotated[
    Literal["here", "process"],
    typer.Option("--verify", help="Who decodes the messages: this process, or a fresh one."),
]


def say(text: str, out: Path) -> None:
    """A line on stdout; on stderr where stdout is the file that is written."""
    print(text, file=sys.stderr if out == STANDARD else sys.stdout)


def print_rows(rows: Sequence[Mapping[str, Any]], out: Path) -> None:
    """JSON where `say` puts its lines."""
    print_json(rows, sys.stderr if out == STANDARD else sys.stdout)


def refuse_terminal(out: Path) -> None:
    """Refuse to write messages to a terminal.

    Raises:
        InputError: standard output is one.
    """
    if out == STANDARD and sys.stdout is not None and sys.stdout.isatty():
        raise InputError("messages are not written to a terminal; name the file to write: -o FILE")


def one_output(files: Sequence[Path], out: Path | None, others: str) -> None:
    """Refuse several files where they would go to one.

    Arguments:
        others: where each file goes without -o.

    Raises:
        InputError: they would.
    """
    if len(files) > 1 and out is not None:
        raise InputError(f"-o names one file; without it each FILE is written to {others}")
    if len(files) > 1 and STANDARD in files:
        raise InputError("standard input (-) goes to one output; give it alone")


def refuse_commas(model: str, prompt: Path | None) -> None:
    """Refuse what cannot stand in the name of a codec.

    Raises:
        InputError: a comma.
    """
    for name, value in (("--model", model), ("--prompt", str(prompt or ""))):
        if "," in value:
            raise InputError(f"{name} {value}: no commas, please; rename it, or name a link to it")


def compress(
    files: Annotated[list[Path], typer.Argument(help="Files to compress; - is standard input.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="The file to write; - is standard output [default: FILE.cl]."
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="A known name, a hub's id, a folder or a GGUF file.")
    ] = DEFAULT,
    window: Annotated[
        int, typer.Option("--window", min=1, help="Tokens that the model looks back on, at most.")
    ] = 1024,
    mode: Annotated[
        Literal["text", "ensemble", "decimal"],
        typer.Option("--mode", help="Ensembles learn from the file: slower, smaller."),
    ] = "text",
    exact: Annotated[
        Literal["portable", "lockstep"],
        typer.Option("--exact", help="Lockstep is faster; only this machine reads the file again."),
    ] = "portable",
    overlap: Annotated[
        int, typer.Option("--overlap", min=0, help="Tokens of a window that the next sees again.")
    ] = 0,
    prompt: Annotated[
        Path | None, typer.Option("--prompt", help="A file that whoever decompresses has, too.")
    ] = None,
    verify: Verify = "process",
    as_json: AsJson = False,
) -> None:
    """Compress files with a language model.

    Every message is decoded before it counts. After a kill the same command goes on where it was.
    The model's weights are not in the file: whoever decompresses it needs the same.
    """
    from codelength.runs.files import encode_file

    one_output(files, out, "FILE.cl")
    refuse_commas(model, prompt)
    codec, rows = f"lmic:model={model},window={window}", []
    if mode != "text":
        codec += f",mode={mode}"
    if exact != "portable":
        codec += f",exact={exact}"
    if overlap:
        codec += f",overlap={overlap}"
    if prompt is not None:
        codec += f",prompt={prompt}"
    target = out or STANDARD
    for file in files:
        if file != STANDARD:
            target = out or _with_suffix(file)
        refuse_terminal(target)
        with ByteProgress(file.name) as progress:
            one = encode_file(file, codec, target, progress, verify)
        row = {
            "out": str(one.path),
            "bytes": one.symbols,
            "coded_bits": one.coded_bits,
            "container_bits": one.container_bits,
            "bits_per_byte": one.coded_bits / one.symbols if one.symbols else None,
            "resumed": one.resumed,
            "plain": one.plain,
        }
        rows.append(row)
        if not as_json:
            size = (one.coded_bits + one.container_bits) // 8
            rate = f", {one.coded_bits / one.symbols:.4f} bits a byte" if one.symbols else ""
            lost = f"; {one.plain} pieces did not and are stored plainly" if one.plain else ""
            text = f"{one.path}: {size:,} bytes for {one.symbols:,}{rate}; decoded and equal{lost}"
            say(text, target)
    if as_json:
        print_rows(rows, target)


def decompress(
    files: Annotated[list[Path], typer.Argument(help="What compress wrote; - is standard input.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="The file to write; - is standard output [default: without .cl]."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Where the same model is here, if elsewhere.")
    ] = None,
    prompt: Annotated[
        Path | None, typer.Option("--prompt", help="Where the same prompt is here, if elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decompress files; the weights must be those that they were compressed with."""
    from codelength.runs.files import decode_file

    one_output(files, out, "its name without .cl")
    refuse_commas(model or "", prompt)
    rows = []
    targets = [out or _without_suffix(file) for file in files]
    for file, target in zip(files, targets, strict=True):
        if out is None and target.exists():
            raise InputError(f"{target} exists; name the file to write: -o FILE")
        with ByteProgress(file.name) as progress:
            found = decode_file(file, target, partial(_named, file, model, prompt), progress)
        rows.append(decoded_row(found))
        if not as_json:
            say(decoded_text(found), target)
    if as_json:
        print_rows(rows, targets[0])


def decoded_row(found: "Verification") -> dict[str, Any]:
    """A decoded file as a row of JSON."""
    return {"out": str(found.path), "bytes": found.symbols, "coded_bits": found.coded_bits}


def decoded_text(found: "Verification") -> str:
    """A decoded file as a line."""
    return f"{found.path}: {found.symbols:,} bytes from {found.coded_bits:,} bits, checksums hold"


def _with_suffix(file: Path) -> Path:
    if not file.name or file.is_dir():
        raise InputError(f"cannot read {file}: it is a folder; name the files in it")
    return file.with_name(file.name + SUFFIX)


def _without_suffix(file: Path) -> Path:
    from codelength.coding.messages import MessageReader
    from codelength.runs.streams import open_source

    if file == STANDARD:
        return STANDARD
    if file.suffix != SUFFIX:
        with open_source(file) as source:
            MessageReader(source, str(file))  # what is no message file has a better reason
        raise InputError(f"{file} does not end in {SUFFIX}; name the file to write: -o FILE")
    return file.with_suffix("")


def _named(file: Path, model: str | None, prompt: Path | None, codec: str) -> str:
    """What the codec that a header names is called here."""
    if not codec.startswith("lmic:"):
        raise MessageError(f"{file} was encoded with {codec}: codelength decode {file} -o FILE")
    parts = codec.removeprefix("lmic:").split(",")
    if model is not None:
        parts = [f"model={model}" if part.startswith("model=") else part for part in parts]
    if prompt is not None:
        parts = [f"prompt={prompt}" if part.startswith("prompt=") else part for part in parts]
    return f"lmic:{','.join(parts)}"


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
