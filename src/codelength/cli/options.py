"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

from codelength.errors import InputError

AsJson = Annotated[bool, typer.Option("--json", help="One JSON array on stdout, nothing else.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder, or its kolmogorov_test [env: CODELENGTH_DATA]."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes [default: the machine's cores].")
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Of the synthetic items.")]


def workers_or_cores(workers: int | None) -> int:
    """The number of workers asked for, or the cores that this process may use."""
    return workers or len(os.sched_getaffinity(0))


def item_lengths(text: str) -> tuple[int | None, ...]:
    """`128`, `whole`, or a comma list of them.

    Raises:
        InputError: neither a positive integer nor "whole".
    """
    lengths: list[int | None] = []
    for piece in text.split(","):
        if piece.strip() == "whole":
            lengths.append(None)
        elif piece.strip().isdecimal() and 0 < int(piece) < 2**31:
            lengths.append(int(piece))
        else:
            raise InputError(f"--item-length is a number of symbols or 'whole', not {piece!r}")
    return tuple(lengths)


def modalities(given: list[str]) -> tuple[str, ...]:
    """The modalities of `--modality`, given as comma lists, `all`, or KIND:PATH."""
    from codelength.corpora.kt import MODALITIES

    names: list[str] = []
    for text in given:
        # A file's name may hold commas: KIND:PATH stands alone in its option.
        pieces = [text] if ":" in text.partition(",")[0] else text.split(",")
        for one in filter(None, (piece.strip() for piece in pieces)):
            names += MODALITIES if one == "all" else [one]
    return tuple(names)
