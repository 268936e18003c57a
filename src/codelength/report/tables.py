"""Tables of text cells, as Markdown or as a rich table.

Example: Table(("codec", "rate"), [("gzip", "0.356")]).markdown() -> "| codec | rate |...".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import rich.table
from rich.markup import escape


@dataclass(frozen=True)
class Table:
    """A header and rows of text.

    Arguments:
        left: how many columns, from the left, hold words; the others hold numbers.
        narrow: on a terminal, spare the lines between cells.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    left: int = 1
    narrow: bool = False

    @property
    def width(self) -> int:
        """Characters of a line of the table on a terminal."""
        return sum(self._widths()) + (2 if self.narrow else 3) * len(self.header) + 1

    def _widths(self) -> list[int]:
        lines = [self.header, *self.rows]
        return [max(3, *(len(_cell(line[j])) for line in lines)) for j in range(len(self.header))]

    def markdown(self) -> str:
        """The table in Markdown, columns padded to line up."""
        widths = self._widths()

        def put(line: Sequence[str]) -> str:
            cells = (
                _cell(cell).ljust(width) if j < self.left else _cell(cell).rjust(width)
                for j, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            return f"| {' | '.join(cells)} |"

        rule = [
            "-" * width if j < self.left else "-" * (width - 1) + ":"
            for j, width in enumerate(widths)
        ]
        body = [f"| {' | '.join(rule)} |", *map(put, self.rows)]
        return "\n".join([put(self.header), *body])

    def rich(self) -> rich.table.Table:
        """The table for a terminal."""
        shown = rich.table.Table(header_style="bold")
        if self.narrow:
            shown = rich.table.Table(box=None, padding=(0, 2, 0, 0), header_style="bold underline")
        for j, name in enumerate(self.header):
            shown.add_column(escape(name), justify="left" if j < self.left else "right")
        for row in self.rows:
            shown.add_row(*(escape(_cell(cell)) for cell in row))
        return shown


def _cell(text: str) -> str:
    """A cell on one line, without the sign that ends cells."""
    return text.replace("|", "\\|").replace("\n", " ")
