"""`codelength kt solve`: the shortest program that the solver finds, of a list or a file of them.

Example: codelength kt solve "[1, 2, 3, 4, 5, 9, 9, 9, 9]" --explain.
"""

import json
import math
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.options import AsJson, Workers, workers_or_cores
from codelength.cli.output import GridProgress, json_line, note, print_json
from codelength.cli.rows import read_json, sequence_of
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.synthesis.solver import Solution, Solver

PRIORS = ("paper", "exact", "fitted")
"""Whose bits are shown of every program."""
WARMUP = bytes([7, 1, 8, 1, 9, 1, 10, 1, 11, 1, 12, 13, 14, 15])
"""Solved first, so that loading and compiling count as no sequence's time."""


@dataclass(frozen=True)
class Search:
    """How to solve; a task for this process or another one.

    Arguments:
        prior: whose bits count.
        nodes: the budget; None for the solver's own.
        seconds: of each search at most.
        wider: see `solver`.
    """

    prior: str
    nodes: int | None
    seconds: float | None
    wider: int

    def __call__(self, target: bytes) -> "Solution":
        """The cheapest program that was found."""
        return _solver(self).solve(target)


@cache
def _solver(search: Search) -> "Solver":
    from codelength.dsl.priors import prior
    from codelength.synthesis.solver import Budget, Solver, solver

    found = solver(prior(search.prior), search.nodes, search.seconds, search.wider)
    Solver(found.prior, Budget(nodes=20)).solve(WARMUP)
    return found


def solve(
    sequence: Annotated[
        str | None, typer.Argument(help='A JSON list of integers 0..255: "[1, 2, 3]".')
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help='JSONL: lists, or rows with a "sequence", instead.'),
    ] = None,
    prior: Annotated[
        Literal["paper", "exact", "fitted"], typer.Option("--prior", help="Whose bits count.")
    ] = "exact",
    budget: Annotated[
        int | None,
        typer.Option("--budget", min=1, max=10**9, help="Nodes a search [default: the solver's]."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", help="End each search by the clock: not reproducible."),
    ] = None,
    wider: Annotated[
        int,
        typer.Option("--wider", min=0, max=64, help="Then search so many times as wide."),
    ] = 0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each line makes, and where it stands.")
    ] = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Find the shortest program of a sequence.

    A list is answered in words, a file in JSON lines (with --explain in words, too), in its order.
    Bits are real numbers, as `kt cost` has them.
    """
    from codelength.cli.explain import answer
    from codelength.runs.engine import Engine

    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise InputError(f"--seconds is a positive number, not {seconds}")
    if (sequence is None) == (file is None):
        raise InputError("give a list of integers or --file FILE, one of the two (see --help)")
    search = Search(prior, budget, seconds, wider)
    targets = [_listed(sequence)] if sequence is not None else []
    places = [""] * len(targets)
    if file is not None:
        for number, target in _sequences(file):
            targets.append(target)
            places.append(f"{file}, line {number}")
    _solver(search)  # compiles here, once, what other processes then load
    with (
        Engine(min(workers_or_cores(workers), len(targets))) as engine,
        nullcontext() if file is None else GridProgress("solved") as progress,
    ):
        solved = _watched(engine.map(search, targets), progress, str(file), len(targets))
        if as_json or (file is not None and not explain):
            rows = _rows(solved, targets, search, explain)
            print_json(rows) if as_json else _print_lines(rows, search)
            return
        for place, solution, target in zip(places, solved, targets, strict=True):
            text = answer(solution, _row(solution, len(target), search), explain)
            print(f"{place}:\n{text}\n" if place else text, flush=True)


def _rows(
    solved: Iterator["Solution"], targets: list[bytes], search: Search, explain: bool
) -> Iterator[dict[str, Any]]:
    from codelength.cli.explain import fields

    for solution, target in zip(solved, targets, strict=True):
        more = fields(solution, search.prior) if explain else {}
        yield _row(solution, len(target), search) | more


def _watched(
    solved: Iterator["Solution"], progress: GridProgress | None, name: str, total: int
) -> Iterator["Solution"]:
    for done, solution in enumerate(solved, 1):
        yield solution
        if progress is not None:
            progress(name, done, total)


def _print_lines(rows: Iterator[dict[str, Any]], search: Search) -> None:
    """A row a line as they come, and what they sum to on stderr."""
    count, bits, symbols = 0, 0.0, 0
    for row in rows:
        print(json_line(row), flush=True)
        count, bits = count + 1, bits + row[f"{search.prior}_bits"]
        symbols += row["symbols"]
    rate = f", {bits / (8 * symbols):.4f} of raw" if symbols else ""
    note(f"{count:,} sequences, {symbols:,} symbols: {bits:,.1f} bits ({search.prior}){rate}")


def _row(solution: "Solution", symbols: int, search: Search) -> dict[str, Any]:
    from codelength.dsl.priors import prior

    bits = {f"{name}_bits": prior(name).bits(solution.program) for name in PRIORS}
    return {
        "program": str(solution.program),
        **bits,
        "seconds": solution.seconds,
        "symbols": symbols,
        "nodes": solution.nodes,
        "prior": search.prior,
        "reproducible": search.seconds is None,
    }


def _listed(text: str) -> bytes:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the sequence is no JSON list such as [1, 2, 3]: {error}; a file is given with --file"
        ) from error
    return sequence_of(value, "the sequence")


def _sequences(path: Path) -> Iterator[tuple[int, bytes]]:
    for number, value in read_json(path):
        where = f"{path}, line {number}"
        if isinstance(value, dict) and "sequence" not in value:
            raise InputError(f'{where}: expected a list, or an object with "sequence"')
        listed = value["sequence"] if isinstance(value, dict) else value
        yield number, sequence_of(listed, where)
