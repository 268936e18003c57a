"""What commands print: JSON arrays on stdout, or text; progress and notes on stderr."""

import json
import math
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from codelength.report.tables import Table
from codelength.runs.verify import Verification

if TYPE_CHECKING:
    from codelength.runs.steps import Step


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


def print_json(rows: Iterable[Mapping[str, Any]], file: TextIO | None = None) -> None:
    """One JSON array, a row a line, on stdout or `file`."""
    out = file or sys.stdout
    first = True
    out.write("[")
    for row in rows:
        out.write("\n" if first else ",\n")
        out.write(json_line(row))
        first = False
    out.write("]\n" if first else "\n]\n")


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


class ByteProgress:
    """How far a file is, its rate so far, and the time left; call it with each `Step`. On stderr.

    A bar on a terminal; elsewhere a line now and then, for long ones.

    Arguments:
        name: of the file.
    """

    EVERY = 60.0
    """Seconds between lines where there is no terminal."""

    def __init__(self, name: str) -> None:
        self._name, self._console = name, Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._began = self._last = time.monotonic()
        self._first: int | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
            self._task = self._bars.add_task(self._name, total=None, said="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._bars.stop()

    def __call__(self, step: "Step") -> None:
        """Show it; the first call has what was done already."""
        now = time.monotonic()
        if self._first is None:
            self._began, self._first = now, step.read
        said = step_text(step, now - self._began, self._first)
        if self._task is not None:
            self._bars.update(self._task, completed=step.read, total=step.total, said=said)
        elif now - self._last >= self.EVERY:
            self._last = now
            note(f"{self._name}: {said}")


def step_text(step: "Step", seconds: float, before: int) -> str:
    """A step in words.

    Arguments:
        seconds: since `before` bytes were read.
    """
    words = [f"{step.read:,} bytes" if step.total is None else f"{step.read:,} of {step.total:,}"]
    if step.symbols:
        words.append(f"{step.coded_bits / step.symbols:.4f} bits a byte")
    if step.total and step.read > before and seconds > 0:
        left = seconds * max(step.total - step.read, 0) / (step.read - before)
        words.append(f"{timedelta(seconds=round(left))} left")
    return ", ".join(words)


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
