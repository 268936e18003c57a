"""A program in the making: lines that can be replaced, with what each replacement would save.

Example: Draft([(2, 3, 80), (19, 0, 0)], 1, values).saved(1, (2, 6, 80)) -> the bits of the
concatenate and of the line that nothing needs any longer, less those of the new line.

Bits here are rough, the same under every prior: a reference counts 3 whatever its line. They say
which rewrites to try; the prior says whether the program that comes out is cheaper.
"""

from codelength.dsl.operations import OPERATIONS, SET_LIST, Kind
from codelength.dsl.rewrites.lines import Line, operands
from codelength.dsl.rewrites.sharing import Values

FUNCTION, BYTE = 4.5, 8.0
KIND_BITS: dict[Kind, float] = {
    Kind.SEQUENCE: 3.0,
    Kind.VALUE: BYTE,
    Kind.EXCLUSIVE_END: BYTE,
    Kind.SMALL: 3.0,
    Kind.COUNT: 4.5,
    Kind.INDEX: 6.0,
    Kind.PREDICATE: 1.5,
    Kind.VALUES: 2.0,
}
"""Of a list, what it costs without its values."""
LINE_BITS: tuple[float, ...] = tuple(
    FUNCTION + sum(KIND_BITS[kind] for kind in operation.arguments) for operation in OPERATIONS
)


def line_bits(line: Line) -> float:
    """Rough bits of a line; see the module."""
    return LINE_BITS[line[0]] + (BYTE * line[1] if line[0] == SET_LIST else 0.0)


class Draft:
    """Lines, their values and how often each is used; only what the output needs.

    Arguments:
        lines: without copies and dead lines; changed in place.
    """

    def __init__(self, lines: list[Line], result: int, values: list[Values]) -> None:
        self.lines, self.result, self.values = lines, result, values
        self.uses = [0] * len(lines)
        self.uses[result] = 1
        for line in lines:
            for source in operands(line):
                self.uses[source] += 1
        self.by_values = {values[i]: i for i in range(len(lines))}
        self.bits = sum(line_bits(line) for line in lines)

    def add(self, line: Line, values: Values) -> int:
        """A new line that nothing uses yet."""
        self.lines.append(line)
        self.values.append(values)
        self.uses.append(0)
        return len(self.lines) - 1

    def saved(self, i: int, line: Line) -> float:
        """The bits that are saved if `line` takes the place of line i."""
        changes: dict[int, int] = {}
        bits = line_bits(self.lines[i]) - line_bits(line)
        started = operands(line)
        while started:
            source = started.pop()
            changes[source] = changes.get(source, 0) + 1
            if self.uses[source] + changes[source] == 1:
                bits -= line_bits(self.lines[source])
                started += operands(self.lines[source])
        dropped = operands(self.lines[i])
        while dropped:
            source = dropped.pop()
            changes[source] = changes.get(source, 0) - 1
            if self.uses[source] + changes[source] == 0:
                bits += line_bits(self.lines[source])
                dropped += operands(self.lines[source])
        return bits

    def replace(self, i: int, line: Line) -> None:
        """Put `line`, which makes the same values, in the place of line i."""
        self.bits -= self.saved(i, line)
        started, dropped = operands(line), operands(self.lines[i])
        self.lines[i] = line
        while started:
            source = started.pop()
            self.uses[source] += 1
            if self.uses[source] == 1:
                self.by_values[self.values[source]] = source
                started += operands(self.lines[source])
        while dropped:
            source = dropped.pop()
            self.uses[source] -= 1
            if self.uses[source] == 0:
                del self.by_values[self.values[source]]
                dropped += operands(self.lines[source])

    def depends(self, i: int, on: int) -> bool:
        """Whether line i needs line `on`."""
        seen: set[int] = set()
        stack: list[int] = [i]
        while stack:
            here = stack.pop()
            if here == on:
                return True
            if here not in seen:
                seen.add(here)
                stack += operands(self.lines[here])
        return False
