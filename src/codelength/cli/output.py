"""What commands print: JSON arrays on stdout, or text; progress and notes on stderr."""

import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from codelength.report.tables import Table
from codelength.runs.verify import Verification


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals as numbers, no NaN or infinity, dates and bytes as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one line of strict JSON in ASCII."""
    try:
        return json.dumps(row, allow_nan=False)
    except (TypeError, ValueError):
        return json.dumps(plain(row))


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON array, a row a line, on stdout."""
    first = True
    sys.stdout.write("[")
    for row in rows:
        sys.stdout.write("\n" if first else ",\n")
        sys.stdout.write(json_line(row))
        first = False
    sys.stdout.write("]\n" if first else "\n]\n")


def print_table(table: Table, form: str = "auto", narrow: Table | None = None) -> None:
    """As `form` says: markdown, terminal, or by what stdout is; `narrow` where it is too wide."""
    console = Console()
    if narrow and form == "auto" and console.is_terminal and console.width < table.width:
        table = narrow
    if form == "terminal" or (form == "auto" and console.is_terminal):
        Console(width=max(console.width, table.width)).print(table.rich())
    else:
        sys.stdout.write(table.markdown() + "\n")


def note(text: str) -> None:
    """A line on stderr."""
    sys.stderr.write(text + "\n")


class GridProgress:
    """A bar a cell on a terminal; elsewhere a line for each cell that is done. On stderr.

    Arguments:
        what: was done with the instances.
    """

    def __init__(self, what: str = "measured") -> None:
        self._what = what
        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def __call__(self, cell: str, done: int, total: int) -> None:
        """Show that `done` of `total` instances of a cell are done."""
        if not self._console.is_terminal:
            if done == total:
                note(f"{cell}: {total} {self._what}")
            return
        if cell not in self._task:
            for other in self._task.values():
                self._bars.remove_task(other)
            self._task = {cell: self._bars.add_task(cell, total=total)}
        self._bars.update(self._task[cell], completed=done)


def verification_row(one: Verification) -> dict[str, Any]:
    """A verification as a row of JSON."""
    return asdict(one) | {"path": str(one.path)}


def print_verifications(found: list[Verification], as_json: bool) -> None:
    """What was decoded, as JSON or a line each."""
    if as_json:
        print_json(verification_row(one) for one in found)
        return
    for one in found:
        if one.verified:
            print(
                f"{one.path}: {one.messages:,} messages, {one.coded_bits:,} bits decoded and equal"
            )
        else:
            print(f"{one.path}: an estimate ({one.codec}); there are no messages to decode")
