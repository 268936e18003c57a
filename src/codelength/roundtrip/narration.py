"""Traces in words, and checks that words say what a trace has.

Example: a turn of LZW's loop -> 'char = "b"; if "ab" in table: no; codes += [97]; ...'.

One line for each turn of a loop, for each statement outside of loops, for each call and return.
What a call does is indented, and so are the turns of a loop in a loop. Values are JSON; a dict is
{key: value, ...} with keys of any kind. `verify` reads every statement back and compares it.
`verify_free` checks what a model wrote, where only the values can be recognized.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from codelength.roundtrip.families import Value
from codelength.roundtrip.traces import Step, Trace
from codelength.roundtrip.values import dumps, integer, loads, read, same

NAME = r"[^\W\d]\w*"
HEAD = re.compile(rf"(?P<word>if|while) |return |(?P<name>{NAME})(?P<sign> = | \+= |\[|\()")
CONDITION = re.compile(
    r"""((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'\n])*?): (yes|no)(?=;|\n|\Z)"""
)
BREAK = re.compile(r"; |\n *|\Z")
LITERAL = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|`(?P<code>[^`]+)`"""
    r"""|(?<!\w)'(?P<single>(?:[^'\\\n]|\\.)+|')'(?!\w)"""
    r"""|(?<![\w\])"'`])(?P<list>\[)|(?<!\w)(?P<number>-?[0-9]\w*(?:\.[0-9]\w*)?)""",
    re.DOTALL,
)
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,99999}))(?:st|nd|rd|th)?\Z")
SMALL = 10
"""The highest integer that free text may use to count: "step 3", "2 of them"."""
SPEECH = frozenset(["yes", "no", "true", "false", "null", *keyword.kwlist, *dir(builtins)])
"""Words that free text may quote as code beside those of the source."""


def narrate(trace: Trace) -> str:
    """A trace in words."""
    places = _places(trace.source.source)
    lines: list[str] = []
    calls: list[_Open] = []
    for step in trace.steps:
        text = statement(step)
        if step.kind == "call":
            margin = calls[-1].indent + 2 if calls else 0
            calls.append(_Open(margin, margin, _Place(0, ())))
            lines.append(" " * margin + text)
        elif step.kind == "return":
            lines.append(" " * calls.pop().margin + text)
            if calls:
                calls[-1].last = None  # its line was broken off
        elif calls[-1].begins_a_line(step, places[step.line]):
            lines.append(" " * calls[-1].indent + text)
        else:
            lines[-1] += "; " + text
    return "\n".join(lines)


class _Place(NamedTuple):
    """Where a statement stands: in which one of its function's, and in which loops."""

    top: int
    loops: tuple[int, ...]


@lru_cache(maxsize=64)
def _places(source: str) -> Mapping[int, _Place]:
    """The place of each statement by its line; a loop's head is in it."""
    places = {}

    def visit(statements: list[ast.stmt], top: int, loops: tuple[int, ...]) -> None:
        for one in statements:
            own = (*loops, one.lineno) if isinstance(one, ast.For | ast.While) else loops
            places[one.lineno] = _Place(top or one.lineno, own)
            visit(getattr(one, "body", []), top or one.lineno, own)
            visit(getattr(one, "orelse", []), top or one.lineno, loops)

    for function in ast.parse(source).body:
        visit(getattr(function, "body", []), 0, ())
    return places


@dataclass
class _Open:
    """A call that is being told: where its lines begin, and where the present one does."""

    margin: int
    indent: int
    place: _Place
    begun: tuple[int, str] = (0, "")
    last: Step | None = None

    def begins_a_line(self, step: Step, place: _Place) -> bool:
        """Whether a step begins a line: at another place, or a turn of the same loop."""
        if step.name == "while" and not step.value:  # the loop is over
            place = _Place(place.top, place.loops[:-1])
        here = (step.line, step.name)
        last, before = self.last, self.place
        self.last, self.place = step, place
        goes_on = last is not None and place.loops == before.loops
        if place.loops and last is not None:
            again = here == self.begun and step.line == place.loops[-1]
            goes_on = goes_on and step.line >= last.line and not again
        elif place.top != before.top:
            goes_on = False
        if not goes_on:
            self.begun = here
            self.indent = self.margin + 2 * max(len(place.loops) - 1, 0)
        return not goes_on


def statement(step: Step) -> str:
    """One step in words."""
    value = _text(step.value) if step.kind not in ("call", "test", "table") else ""
    if step.kind == "set":
        return f"{step.name} = {value}"
    if step.kind == "test":
        return f"{step.name} {step.key}: {'yes' if step.value else 'no'}"
    if step.kind == "extend":
        return f"{step.name} += {value}"
    if step.kind == "put":
        return f"{step.name}[{_text(step.key)}] = {value}"
    if step.kind == "table":
        pairs = ", ".join(f"{_text(key)}: {_text(one)}" for key, one in step.value)
        return f"{step.name} = {{{pairs}}}"
    if step.kind == "call":
        given = ", ".join(f"{name} = {_text(one)}" for name, one in step.value)
        return f"{step.function}({given})"
    return f"return {value}"


def _text(value: Value) -> str:
    """As `dumps` writes it, soon."""
    if type(value) is int and value.bit_length() < 10_000:
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return _quoted(value) if isinstance(value, str) else dumps(value)


_quoted = lru_cache(maxsize=4096)(dumps)


class _Said(NamedTuple):
    """A statement that was read: `name` is the function's in a call."""

    text: str
    kind: str
    name: str
    value: Value
    key: Value


def _statements(text: str) -> Iterator[_Said]:
    """The mirror of `statement`, for a whole narration.

    Raises:
        ValueError: what stands there is no statement.
    """
    at = 0
    while at < len(text):
        head = HEAD.match(text, at)
        if head is None:
            raise ValueError(f"no statement: {text[at : at + 40]!r}")
        kind, name, value, key, end = _rest(text, head)
        stop = BREAK.match(text, end)
        if stop is None:
            raise ValueError(f"more than a statement: {text[at : end + 40]!r}")
        yield _Said(text[at:end], kind, name, value, key)
        at = stop.end()


def _rest(text: str, head: re.Match[str]) -> tuple[str, str, Value, Value, int]:
    """Kind, name, value and key of the statement with a head, and where it ends."""
    name, sign, at = head["name"] or "", head["sign"], head.end()
    if head["word"]:
        condition = CONDITION.match(text, at)
        if condition is None:
            raise ValueError(f"no condition: {text[head.start() : at + 40]!r}")
        return "test", head["word"], condition[2] == "yes", condition[1], condition.end()
    if sign == "(":
        value, end = _pairs(text, at, " = ", ")")
        return "call", name, value, None, end
    if sign == " = " and text.startswith("{", at):
        value, end = _pairs(text, at + 1, ": ", "}")
        return "table", name, value, None, end
    value, end = read(text, at)
    if sign == "[":
        key, end = value, _past(text, end, "] = ")
        value, end = read(text, end)
        return "put", name, value, key, end
    return {None: "return", " = ": "set", " += ": "extend"}[sign], name, value, None, end


def _pairs(text: str, at: int, sign: str, close: str) -> tuple[list[Value], int]:
    """[key, value] pairs up to a bracket, and where they end; keys before " = " are names."""
    pairs: list[Value] = []
    while not text.startswith(close, at):
        at = _past(text, at, ", ") if pairs else at
        name = re.compile(NAME).match(text, at) if sign == " = " else None
        key, at = (name[0], name.end()) if name else read(text, at)
        value, at = read(text, _past(text, at, sign))
        pairs.append([key, value])
    return pairs, at + len(close)


def _past(text: str, at: int, sign: str) -> int:
    if not text.startswith(sign, at):
        raise ValueError(f"no {sign!r}: {text[max(at - 20, 0) : at + 20]!r}")
    return at + len(sign)


def verify(text: str, trace: Trace) -> list[str]:
    """What a narration by rules says otherwise than the trace has it; nothing, if it is verified.

    Each statement is compared in kind, name, key and value, in order, and all must be there; line
    breaks and indents are not compared. Behind one of another kind or name, no more are.
    """
    faults: list[str] = []
    said = _statements(text)
    for step in (*trace.steps, None):
        try:
            one = next(said, None)
        except ValueError as error:
            return [*faults, f"{error}; {_wanted(step)}"]
        if step is None or one is None:
            if step or one:
                faults.append(f"said {one.text if one else 'no more'}; {_wanted(step)}")
            break
        name = step.function if step.kind == "call" else step.name
        aligned = one.kind == step.kind and one.name == name
        if not (aligned and same(one.value, step.value) and same(one.key, step.key)):
            faults.append(f"said {one.text}; {_wanted(step)}")
        if not aligned:
            break
    return faults


def _wanted(step: Step | None) -> str:
    return f"the trace has {statement(step) if step else 'no more'}"


# Free text


def verify_free(text: str, trace: Trace) -> list[str]:
    """The literals of a free text that are not in the trace, and a last line without the value.

    Literals are strings in double or single quotation marks or backticks, JSON lists, and integers
    in digits; strings may be JSON or as they are. These are known, and nothing else:

    - a value of the trace, as a variable or a condition had it at some time; of it, an element, a
      key, or what it grew by; a character of a string. Other parts of strings and lists are not.
    - a name or constant of the source; in backticks any piece of the source, and code of known
      literals, names of the source and words of Python.
    - integers up to 10, to count with ("step 3"), but not behind "=".

    What is not seen: numbers in words, and known values that are said at the wrong place.
    """
    known = _Known(trace)
    faults = list(_aliens(re.sub(r"(?m)^```\w*$", "", text), known))
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
                self.lists.add(_text(value))
                self.add(*value)
            elif type(value) is int:
                self.numbers.add(value)

    def has(self, value: Value) -> bool:
        """Whether a value is one of them."""
        if type(value) is int:
            return value in self.numbers
        if value in self.strings if isinstance(value, str) else _text(value) in self.lists:
            return True
        alike = (one for one in self.grown if type(one.value) is type(value))
        return any(
            len(value) in one.lengths and same(one.value[: len(value)], value) for one in alike
        )


def _aliens(text: str, known: _Known) -> Iterator[str]:
    for kind, literal, meanings in _literals(text):
        if any(known.has(meaning) for meaning in (literal, *meanings)):
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
            given = text[max(found.start() - 2, 0) : found.start()].strip() == "="
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
