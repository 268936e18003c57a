"""A program of KT's language as plain Python, the way a language model would write it.

Example: `sequence_1 = range_func_up(0, 3)` / `sequence_2 = repeat_num(2, 9)` / `sequence_3 =
concatenate(sequence_1, sequence_2)` / `output = sequence_3` -> "output = list(range(4)) + [9] * 2".
"""

import re
from collections import Counter

from codelength.dsl import operations as op
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import OPERATIONS, Kind
from codelength.dsl.program import Execution, Program
from codelength.dsl.rewrites.lines import Line, lines_of, operands

NAMES = "abcdefghijklmnopqrstuvw"
ATOM = re.compile(r"[a-z]\w*|\[[^\[\]]*\]|list\(range\([^()]*\)\)")
PREDICATES = {op.IS_EVEN: "x % 2 == 0", op.IS_ODD: "x % 2", op.IS_NOT_ZERO: "x"}


def as_python(program: Program, inline: bool = True, limits: Limits | None = None) -> str:
    """Python that assigns the program's output to `output`.

    Arguments:
        inline: write what is used once where it is used, else a line an operation.

    Raises:
        ProgramError: the program does not run.
    """
    lines, result = lines_of(program)
    run = program.run(limits)
    uses = Counter(place for line in lines for place in _written(line, run))
    uses[result] += 1
    said: dict[int, str] = {}
    text: list[str] = []
    for number, line in enumerate(lines):
        expression = _expression(line, said, run)
        if number == result:
            text.append(f"output = {expression}")
            break
        if inline and uses[number] == 1:
            said[number] = expression
        else:
            said[number] = _name(len(text))
            text.append(f"{said[number]} = {expression}")
    return "\n".join(text)


def _written(line: Line, run: Execution) -> list[int]:
    """The operands of a line, those that its Python names twice two times."""
    places = operands(line)
    if line[0] == op.SCAN_ADD:
        return places * 2
    if line[0] == op.INTERLEAVE:
        left, right = (len(run.line(place)) for place in places)
        if left != right:
            return [*places, places[0] if left > right else places[1]]
    return places


def _name(number: int) -> str:
    turn, letter = divmod(number, len(NAMES))
    return NAMES[letter] + (str(turn) if turn else "")


def _atom(expression: str) -> str:
    """The expression, in parentheses where something that binds tighter may follow."""
    return expression if ATOM.fullmatch(expression) else f"({expression})"


def _expression(line: Line, said: dict[int, str], run: Execution) -> str:
    code, rest = line[0], line[1:]
    kinds = OPERATIONS[code].arguments
    sequences = [
        said[word] for word, kind in zip(rest, kinds, strict=False) if kind is Kind.SEQUENCE
    ]
    first = _atom(sequences[0]) if sequences else ""
    values = [word for word, kind in zip(rest, kinds, strict=False) if kind is not Kind.SEQUENCE]
    if code == op.SET_LIST:
        return str(list(rest[1:]))
    if code == op.RANGE_UP:
        low, high = values
        return f"list(range({high + 1}))" if low == 0 else f"list(range({low}, {high + 1}))"
    if code in (op.CONCATENATE, op.INTERLEAVE):
        return _merged(code, sequences, [len(run.line(place)) for place in operands(line)])
    forms = {
        op.RANGE_INTERVAL: "list(range({0}, {1}, {2}))",
        op.REPEAT_NUM: "[{1}] * {0}",
        op.REPEAT_LIST: "{x} * {0}",
        op.REVERSE: "{x}[::-1]",
        op.SUBSTITUTE: "[{1} if x == {0} else x for x in {x}]",
        op.JUMPS: "{x}[::{0}]",
        op.BETWEEN: "{x}[{0}:{1}]",
        op.MAX_N: "sorted({x})[::-1][:{0}]",
        op.MIN_N: "sorted({x})[:{0}]",
        op.ADD_ITEM: "[x + {0} for x in {x}]",
        op.SUBTRACT_ITEM: "[x - {0} for x in {x}]",
        op.MODULO_ITEM: "[x % {0} for x in {x}]",
        op.FILTER: "[x for x in {x} if {p}]",
        op.SCAN_ADD: "[sum({x}[:i + 1]) for i in range(len({x}))]",
        op.ADD_TWO: "[x + y for x, y in zip({x}, {y})]",
        op.SUBTRACT_TWO: "[x - y for x, y in zip({x}, {y})]",
        op.MODULO_TWO: "[x % y for x, y in zip({x}, {y}) if y]",
    }
    second = _atom(sequences[1]) if len(sequences) > 1 else ""
    predicate = PREDICATES[values[0]] if code == op.FILTER else ""
    return forms[code].format(*values, x=first, y=second, p=predicate)


def _merged(code: int, sequences: list[str], lengths: list[int]) -> str:
    left, right = sequences
    if code == op.CONCATENATE:
        return f"{left} + {right}"
    left, right = _atom(left), _atom(right)
    both = f"[x for p in zip({left}, {right}) for x in p]"
    least = min(lengths)
    if lengths[0] == lengths[1]:
        return both
    return f"{both} + {left if lengths[0] > least else right}[{least}:]"
