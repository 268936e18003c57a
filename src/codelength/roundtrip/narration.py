"""Traces in words, and checks that words say what a trace has.

Example: a turn of LZW's loop -> 'char = "b"; if "ab" in table: no; codes += [97]; ...'.

One line for each turn of a loop, for each statement outside of loops, for each call and return.
What a call does is indented, and so are the turns of a loop in a loop. Values are JSON; a dict is
{key: value, ...} with keys of any kind. `verify` reads every statement back and compares it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from codelength.roundtrip.families import Value
from codelength.roundtrip.traces import Step, Trace
from codelength.roundtrip.values import dumps, read, same

NAME = r"[^\W\d]\w*"
HEAD = re.compile(rf"(?P<word>if|while) |return |(?P<name>{NAME})(?P<sign> = | \+= |\[|\()")
CONDITION = re.compile(
    r"""((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'\n])*?): (yes|no)(?=;|\n|\Z)"""
)
BREAK = re.compile(r"; |\n *|\Z")


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
    value = written(step.value) if step.kind not in ("call", "test", "table") else ""
    if step.kind == "set":
        return f"{step.name} = {value}"
    if step.kind == "test":
        return f"{step.name} {step.key}: {'yes' if step.value else 'no'}"
    if step.kind == "extend":
        return f"{step.name} += {value}"
    if step.kind == "put":
        return f"{step.name}[{written(step.key)}] = {value}"
    if step.kind == "table":
        pairs = ", ".join(f"{written(key)}: {written(one)}" for key, one in step.value)
        return f"{step.name} = {{{pairs}}}"
    if step.kind == "call":
        given = ", ".join(f"{name} = {written(one)}" for name, one in step.value)
        return f"{step.function}({given})"
    return f"return {value}"


def written(value: Value) -> str:
    """As `dumps` writes it, soon."""
    if type(value) is int and value.bit_length() < 10_000:
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
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
