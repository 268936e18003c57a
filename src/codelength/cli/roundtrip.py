"""`codelength roundtrip`: data, prompts, traces and training rows; runs are in `roundtrip_runs`."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import note, print_json, print_table
from codelength.cli.roundtrip_runs import ablate, reflect, run, score, table
from codelength.cli.roundtrip_training import chosen, narrate, sft, trace, write
from codelength.coding.atomic import write_atomic
from codelength.errors import InputError

app = typer.Typer(
    help="Round-trip code compression: programs run and inverted in a model's head.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(trace)
app.command()(narrate)
app.command()(sft)
app.command()(score)
app.command()(run)
app.command()(table)
app.command()(ablate)
app.command()(reflect)

Folder = Annotated[Path, typer.Argument(help="A folder that `generate` made.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Blind = Annotated[bool, typer.Option("--blind", help="No names of algorithms, in text or code.")]
SettingNames = Annotated[
    str, typer.Option("--setting", help="all, or a comma list of names or numbers 0..3.")
]


@app.command()
def generate(
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")],
    family: Annotated[
        str, typer.Option("--family", help="A comma list, or all.")
    ] = "lzw,ae,rle,huffman",
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="string, log, yaml, csv, dna, or mixed for all; SOURCE:KIND for one kind; a comma"
            " list [default: mixed, or nothing beside --from].",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count", min=1, help="Inputs of each source [default: 50; all of a --from file]."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the sources.")] = 42,
    side_information: Annotated[
        Literal["full", "none"],
        typer.Option(
            "--side-information",
            help="full: tables of ae and huffman stand beside the message; none: in it.",
        ),
    ] = "full",
    from_file: Annotated[
        Path | None, typer.Option("--from", help="A text whose lines or chunks are inputs.")
    ] = None,
    unit: Annotated[
        Literal["lines", "chunks"], typer.Option("--unit", help="Inputs of a --from file.")
    ] = "lines",
    size: Annotated[int, typer.Option("--size", min=1, help="Characters of a chunk.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Make a data set: one record a line, each output decoded again.

    Rows: id, family, side_information, source, kind, split, strata, input, output, beside.
    """
    from codelength.report.roundtrip_data import data_table, summary
    from codelength.roundtrip.data import Wanted
    from codelength.roundtrip.data import generate as make
    from codelength.roundtrip.families import FAMILIES
    from codelength.roundtrip.records import FILE, line

    families = tuple(FAMILIES) if family == "all" else tuple(_list(family))
    if source is None:
        source = "mixed" if from_file is None else ""
    wanted = Wanted(families, source, count, seed, side_information, from_file, unit, size)
    records = list(make(wanted))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    data = "".join(map(line, records)).encode()
    if (out / FILE).is_file() and (out / FILE).read_bytes() != data:
        raise InputError(f"{out} holds other data, on which runs may lean; choose another folder")
    write_atomic(out / FILE, data)
    write_atomic(out / "generate.json", (json.dumps(wanted.describe()) + "\n").encode())
    if as_json:
        print_json(summary(records, out))
        return
    print_table(data_table(records))
    note(f"{len(records):,} records in {out / FILE}, side information {side_information}")


def _list(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(",") if piece.strip()]


@app.command()
def prompts(
    data: Folder,
    out: Out,
    setting: SettingNames = "all",
    blind: Blind = False,
    shots: Annotated[int, typer.Option("--shots", min=0, max=1, help="Worked examples.")] = 0,
    rendering: Annotated[
        str, typer.Option("--rendering", help="How one side is written; see ablate.")
    ] = "json",
    split: Annotated[str, typer.Option("--split", help="train, validation, test, or all.")] = "all",
    form: Annotated[
        Literal["messages", "codeio", "cruxeval", "livecodebench"], typer.Option("--format")
    ] = "messages",
    as_json: AsJson = False,
) -> None:
    """Write prompts for any model, or items in the form of other benchmarks, one a line."""
    from codelength.roundtrip.exports import exported
    from codelength.roundtrip.prompts import Manner
    from codelength.roundtrip.settings import settings

    manner = Manner(blind, shots, rendering)
    if form != "messages" and (shots or rendering != "json"):
        raise InputError(
            f"--format {form} has functions and values; leave out --shots, --rendering"
        )
    records = chosen(data, split)
    write(out, exported(records, settings(setting), manner, form), "prompts", as_json)
