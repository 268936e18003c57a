r"""Checks of free text: what a model wrote of a trace, where only the values can be recognized.

Example: verify_free('"ab" is new, so 97 is said.\nIt returns [97].', trace) -> [].
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codelength.roundtrip.families import Value
from codelength.roundtrip.narration import NAME, written
from codelength.roundtrip.traces import Step, Trace
from codelength.roundtrip.values import integer, loads, read, same

LITERAL = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|`(?P<code>[^`]+)`"""
    r"""|(?<!\w)'(?P<single>(?:[^'\\\n]|\\.)+|')'(?!\w)"""
    r"""|(?<![\w\])"'`])(?P<list>\[)|(?<!\w)(?P<number>-?\w*\d\w*(?:\.\d\w*)?)""",
    re.DOTALL,
)
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,99999}))(?:st|nd|rd|th)?\Z")
SMALL = 10
"""The highest integer that free text may use to count: "step 3", "2 of them"."""
SPEECH = frozenset(["yes", "no", "true", "false", "null", *keyword.kwlist, *dir(builtins)])
"""Words that free text may quote as code beside those of the source."""
QUOTES = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u2039\u203a"
"""Marks of quotation that values could hide in."""


def verify_free(text: str, trace: Trace) -> list[str]:
    """The literals of a free text that are not in the trace, and a last line without the value.

    Literals are strings in double or single quotation marks or backticks, JSON lists, and integers
    in digits; strings may be JSON or as they are. Words with digits in them are literals too, and
    no other marks of quotation are let pass. These are known, and nothing else:

    - a value of the trace, as a variable or a condition had it at some time; of it, an element, a
      key, or what it grew by; a character of a string. Other parts of strings and lists are not.
    - a name or constant of the source; in backticks any piece of the source, and code of known
      literals, names of the source and words of Python.
    - integers up to 10, to count with ("step 3"), but not behind "=".

    What is not seen: numbers in words, and known values that are said at the wrong place.
    """
    known = _Known(trace)
    odd = sorted({*QUOTES} & {*text} - known.strings)
    faults = [f"said something in {mark}: values stand in plain marks" for mark in odd]
    faults += list(_aliens(re.sub(r"(?m)^```\w*$", "", text), known))
    last = text.strip().rpartition("\n")[2]
    if not any(same(value, trace.value) for value in _values(last)):
        faults.append(f"the last line does not state the value: {last}")
    return faults


@dataclass
class _Grown:
    """A string or list, and the lengths that it had while it grew."""

    value: Value
    lengths: set[int]


class _Known:
    """What a free text may say of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.source = trace.source.source
        self.strings = set(re.findall(r"\w+", self.source))
        self.words = self.strings | SPEECH
        self.numbers: set[int] = set()
        self.lists: set[str] = set()
        self.states: dict[tuple[int, str], _Grown] = {}
        self.grown: list[_Grown] = []
        nodes = [one for one in ast.walk(ast.parse(self.source)) if isinstance(one, ast.Constant)]
        self.strings |= {one.value for one in nodes if isinstance(one.value, str)}
        self.numbers |= {one.value for one in nodes if type(one.value) is int}
        for step in trace.steps:
            self.learn(step)

    def learn(self, step: Step) -> None:
        """Add a step's values."""
        at = (step.depth, step.name)
        if step.kind == "test":
            self.add(*_values(step.key))
        elif step.kind == "call":
            for name, value in step.value:
                self.now((step.depth, name), value)
        elif step.kind == "extend":
            state = self.states[at]
            if len(state.lengths) == 1:
                self.grown.append(state)
            state.value = state.value + step.value
            state.lengths.add(len(state.value))
            self.add(step.value)
        elif step.kind == "put":
            self.add(step.key, step.value)
            if at in self.states:  # a list
                value = [*self.states[at].value]
                value[step.key] = step.value
                self.now(at, value)
        elif step.kind == "table":
            self.add(*(one for pair in step.value for one in pair))
            self.states.pop(at, None)
        else:
            self.now(at, step.value)

    def now(self, at: tuple[int, str], value: Value) -> None:
        """A variable has a new value."""
        self.add(value)
        if isinstance(value, str | list):
            self.states[at] = _Grown(value, {len(value)})

    def add(self, *values: Value) -> None:
        """Values, their elements, and the characters of their strings."""
        for value in values:
            if isinstance(value, str):
                self.strings.add(value)
                self.strings.update(value)
            elif isinstance(value, list):
                self.lists.add(written(value))
                self.add(*value)
            elif type(value) is int:
                self.numbers.add(value)

    def has(self, value: Value) -> bool:
        """Whether a value is one of them."""
        if type(value) is int:
            return value in self.numbers
        if value in self.strings if isinstance(value, str) else written(value) in self.lists:
            return True
        alike = (one for one in self.grown if type(one.value) is type(value))
        return any(
            len(value) in one.lengths and same(one.value[: len(value)], value) for one in alike
        )


def _aliens(text: str, known: _Known) -> Iterator[str]:
    for kind, literal, meanings in _literals(text):
        if any(known.has(meaning) for meaning in (literal, *meanings)):
            continue
        if kind == "number" and literal in known.words:
            continue
        if kind == "code":
            code = literal[1:-1]
            names = set(re.findall(NAME, LITERAL.sub(" ", code)))
            if code in known.source or (names <= known.words and not any(_aliens(code, known))):
                continue
        if kind != "count":
            yield f"said {literal}, which the trace has not"


def _literals(text: str) -> Iterator[tuple[str, str, list[Value]]]:
    """The kind and text of each literal, and what it may mean."""
    at = 0
    while found := LITERAL.search(text, at):
        at, kind, literal = found.end(), found.lastgroup or "", found[0]
        if kind == "list":
            try:
                value, at = read(text, found.start())
            except ValueError:
                continue  # an index, or what is no JSON; its parts are looked at
            yield kind, text[found.start() : at], [value]
        elif kind == "number":
            number = NUMBER.match(literal)
            meaning: Value = integer(number[1]) if number else literal
            given = text[: found.start()].rstrip(" ").endswith("=")
            counts = number and 0 <= meaning <= SMALL and not given
            yield "count" if counts else kind, literal, [meaning]
        else:
            raw = literal[1:-1]
            try:
                yield kind, literal, [raw, loads('"' + re.sub(r'\\?"', r"\"", raw) + '"')]
            except ValueError:
                yield kind, literal, [raw]


def _values(text: str) -> Iterator[Value]:
    """All that the literals of a text may mean; what stands in backticks is looked into."""
    for kind, literal, meanings in _literals(text):
        yield from meanings
        if kind == "code":
            yield from _values(literal[1:-1])
