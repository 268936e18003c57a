"""Tables of text cells, as Markdown or as a rich table.

Example: Table(("codec", "rate"), [("gzip", "0.356")]).markdown() -> "| codec | rate |...".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import rich.table


@dataclass(frozen=True)
class Table:
    """A header and rows of text.

    Arguments:
        left: how many columns, from the left, hold words; the others hold numbers.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    left: int = 1

    def markdown(self) -> str:
        """The table in Markdown, columns padded to line up."""
        lines = [self.header, *self.rows]
        widths = [max(3, *(len(line[j]) for line in lines)) for j in range(len(self.header))]

        def put(line: Sequence[str]) -> str:
            cells = (
                cell.ljust(width) if j < self.left else cell.rjust(width)
                for j, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            return f"| {' | '.join(cells)} |"

        rule = [
            "-" * width if j < self.left else "-" * (width - 1) + ":"
            for j, width in enumerate(widths)
        ]
        return "\n".join([put(self.header), put(rule), *map(put, self.rows)])

    def rich(self) -> rich.table.Table:
        """The table for a terminal."""
        shown = rich.table.Table(header_style="bold")
        for j, name in enumerate(self.header):
            shown.add_column(name, justify="left" if j < self.left else "right", no_wrap=True)
        for row in self.rows:
            shown.add_row(*row)
        return shown
