"""Execution traces of shown programs: what each line changed, with every value whole.

Example: trace(shown(FAMILIES["rle"].codes["none"], "encoder", False), ["a"]).steps[2]
-> Step("rle_encode", 0, 4, "set", "start", 0, None).

A program runs under `sys.settrace`. After each line, what it binds is recorded, and where it may
have changed a container, all of them are compared with shadows. When a function returns, every
variable must equal its shadow. So a trace is whole, or there is none.
"""

import ast
import builtins
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeAlias

from codelength.roundtrip.families import Value
from codelength.roundtrip.shown import Shown
from codelength.roundtrip.values import dumps, same

SHORT = 40
LARGE = 10**SHORT
"""Strings of up to so many characters, and integers below, are short enough to be said again."""
PURE = frozenset(dir(builtins)) - {"delattr", "eval", "exec", "next", "setattr"}
"""Built-in functions that change nothing that they are given."""
SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
Lines: TypeAlias = Mapping[int, "_Line"]


class Step(NamedTuple):
    """What one executed line changed, or decided.

    Arguments:
        function: whose line it is.
        depth: how many shown functions wait for this one.
        line: where its statement begins in the source, from 1.
        kind: "call": a function is entered; `value` is a list of [parameter, value] pairs.
            "return": `value` is returned.
            "set": `name` has the new whole `value`.
            "table": `name` is a new dict; `value` is the list of its [key, value] pairs.
            "extend": the list or string `name` grew at its end by `value`.
            "put": the item `key` of the dict or list `name` is now `value`.
            "test": the `if` or `while` that `name` says held or did not, as `value` says; `key` is
            its condition, short values put in. An `if` that only guards a `raise` is not told.
        value: JSON; tuples are lists, and dicts within other values lists of pairs.
    """

    function: str
    depth: int
    line: int
    kind: str
    name: str
    value: Value
    key: Value = None


@dataclass(frozen=True)
class Trace:
    """What a program did with its arguments, and the value that it returned."""

    source: Shown
    arguments: tuple[Value, ...]
    steps: tuple[Step, ...]
    value: Value


def trace(program: Shown, arguments: Sequence[Value]) -> Trace:
    """Run a program and record it.

    Raises:
        Exception: of any kind, where the program raises it.
        TypeError: a variable has a value that is made of more than JSON's, tuples and dicts.
        RuntimeError: no whole trace can be had, as of a program that catches errors.
    """
    function, functions = _ready(program)
    given = [_copy(argument) for argument in arguments]
    steps: list[Step] = []
    waiting: list[_Call] = []

    def enter(frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code.co_filename != function.__code__.co_filename or code.co_name not in functions:
            return None
        waiting.append(_Call(frame, functions[code.co_name], steps, waiting))
        return waiting[-1].at

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        value = function(*given)
    finally:
        sys.settrace(before)
    if waiting or not steps:
        raise RuntimeError("a call was not followed to its end")
    return Trace(program, tuple(map(plain, arguments)), tuple(steps), plain(value))


def replay(trace: Trace) -> list[tuple[str, dict[str, Value], Value]]:
    """Each call's function, variables when it returned, and value, from the steps alone.

    They are in the order of the returns. A dict comes back as a dict, a tuple as a list.
    """
    waiting: list[dict[str, Any]] = []
    returned = []
    for step in trace.steps:
        value = _copy(step.value)
        if step.kind in ("call", "table"):
            value = dict(value)
        if step.kind == "call":
            waiting.append(value)
        elif step.kind == "return":
            returned.append((step.function, waiting.pop(), value))
        elif step.kind == "extend":
            waiting[-1][step.name] += value
        elif step.kind == "put":
            waiting[-1][step.name][step.key] = value
        elif step.kind != "test":
            waiting[-1][step.name] = value
    return returned


def rows(trace: Trace) -> list[Value]:
    """A trace as JSON, a short list a step: [line, kind, name, value], and the key if it has one.

    The name of a call is the function's; other steps' functions and depths follow from the calls.
    """
    names = (step.function if step.kind == "call" else step.name for step in trace.steps)
    return [
        [step.line, step.kind, name, step.value, *([step.key] if step.key is not None else [])]
        for step, name in zip(trace.steps, names, strict=True)
    ]


def plain(value: Any) -> Value:
    """A value as JSON has it: tuples as lists, dicts as lists of pairs."""
    if value is None or type(value) in (int, str, bool, float):
        return value
    if isinstance(value, (list, tuple)):
        return [one if type(one) in (int, str) else plain(one) for one in value]
    if isinstance(value, dict):
        return [[plain(key), plain(one)] for key, one in value.items()]
    raise TypeError(f"a trace has no {type(value).__name__}")


def _copy(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)([one if type(one) in (int, str) else _copy(one) for one in value])
    return {key: _copy(one) for key, one in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True, eq=False)
class _Line:
    """A statement, or the head of one that holds others."""

    number: int  # where it begins
    binds: tuple[str, ...]  # names that it gives a value
    adds: bool  # ... by +=
    grows: bool  # ... to what the function does not look into
    changes: bool  # it may change containers
    first: int  # where the first statement that it holds begins, else 0
    word: str  # of its kind, such as "for" or "while"
    condition: str  # its own, where it has one that is told
    test: ast.expr | None  # the condition, where it may be evaluated once more
    many: bool  # Python may report it many times while it runs once


@lru_cache(maxsize=64)
def _ready(program: Shown) -> tuple[Callable[..., Any], Mapping[str, Lines]]:
    functions = [one for one in ast.parse(program.source).body if isinstance(one, ast.FunctionDef)]
    return program.function(), {function.name: _lines(function) for function in functions}


def _lines(function: ast.FunctionDef) -> dict[int, _Line]:
    nodes = list(ast.walk(function))
    idle = [node.value for node in nodes if isinstance(node, ast.Return)]
    idle += [node.args[0] for node in nodes if isinstance(node, ast.Call) and _calls(node, ["len"])]
    names = [node for node in nodes if isinstance(node, ast.Name) and node not in idle]
    read = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    lines: dict[int, _Line] = {}
    for statement in nodes[1:]:
        if isinstance(statement, ast.stmt):
            line = _line(statement, read)
            for number in range(statement.lineno, _end(statement) + 1):
                if lines.setdefault(number, line) is not line:
                    raise RuntimeError(f"two statements on line {number}")
    return lines


def _end(statement: ast.stmt) -> int:
    """The last line of a statement, or of its head."""
    body = getattr(statement, "body", None)
    return body[0].lineno - 1 if body else statement.end_lineno or statement.lineno


def _line(statement: ast.stmt, read: set[str]) -> _Line:
    head = [one for one in ast.iter_child_nodes(statement) if not isinstance(one, ast.stmt)]
    nodes = [node for part in head for node in ast.walk(part)]
    binds = tuple(name for part in head for name in _bound(part))
    adds = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add)
    acts = any(map(_acts, nodes))
    body = getattr(statement, "body", [])
    test = statement.test if isinstance(statement, ast.If | ast.While) else None
    guards = body and isinstance(body[0], ast.Raise) and not getattr(statement, "orelse", [])
    if isinstance(test, ast.Constant) or guards:
        test = None
    return _Line(
        number=statement.lineno,
        binds=binds,
        adds=adds,
        grows=adds and not read & {*binds},
        changes=acts,
        first=body[0].lineno if body else 0,
        word=type(statement).__name__.lower(),
        condition=ast.unparse(test) if test else "",
        test=None if acts else test,
        many=_end(statement) > statement.lineno or any(isinstance(one, SCOPES) for one in nodes),
    )


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, without those of comprehensions and lambdas."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def _acts(node: ast.AST) -> bool:
    """Whether a part of an expression may change something."""
    if isinstance(node, ast.Subscript | ast.Attribute | ast.NamedExpr):
        return not isinstance(getattr(node, "ctx", None), ast.Load)
    return isinstance(node, ast.Call) and not _calls(node, PURE)


def _calls(node: ast.Call, names: Collection[str]) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in names


def _said(test: ast.expr, space: dict[str, Any], names: Mapping[str, Any]) -> tuple[str, bool]:
    """A condition as it was evaluated, short values put in; and whether it held.

    Example: "at == len(text) or text[at] != text[start]" -> ('2 == 3 or "b" != "a"', True).
    """
    if isinstance(test, ast.BoolOp):
        parts = []
        for one in test.values:
            text, truth = _said(one, space, names)
            parts.append(f"({text})" if isinstance(one, ast.BoolOp) else text)
            if truth == isinstance(test.op, ast.Or):
                break
        return (" or " if isinstance(test.op, ast.Or) else " and ").join(parts), truth
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        text, truth = _said(test.operand, space, names)
        return f"not ({text})" if isinstance(test.operand, ast.BoolOp) else f"not {text}", not truth
    words, template, code = _comparison(test)
    try:
        *values, truth = eval(code, space, names)
    except (LookupError, ArithmeticError, TypeError, ValueError):
        values, truth = [None] * len(words), False  # an operand that Python did not come to
    return template.format(*map(_short, values, words)), bool(truth)


@lru_cache(maxsize=1024)
def _comparison(test: ast.expr) -> tuple[list[str], str, CodeType]:
    """The operands of a comparison, what stands around them, and code for their values and truth.

    Of what compares nothing, such as "current", no value is said.
    """
    whole, here = ast.unparse(test), ast.Name("a")
    words, values, template = [whole], "None", "{}"
    if isinstance(test, ast.Compare):
        words = [ast.unparse(one) for one in (test.left, *test.comparators)]
        signs = (ast.unparse(ast.Compare(here, [sign], [here]))[1:-1] for sign in test.ops)
        values, template = ", ".join(words), "{}" + "".join(f"{sign}{{}}" for sign in signs)
    return words, template, compile(f"({values}, {whole})", "<condition>", "eval")


def _short(value: Any, word: str) -> str:
    """A short value, else the word for it."""
    if type(value) is int:
        return str(value) if -LARGE < value < LARGE else word
    return _quoted(value) if type(value) is str and len(value) <= SHORT else word


_quoted = lru_cache(maxsize=4096)(dumps)


class _Call:
    """One call of a shown function, with shadows of its variables."""

    def __init__(
        self, frame: FrameType, lines: Lines, steps: list[Step], waiting: list["_Call"]
    ) -> None:
        code = frame.f_code
        self.name, self.depth = code.co_name, len(waiting)
        self.lines, self.steps, self.waiting = lines, steps, waiting
        self.scalars: dict[str, Any] = {}
        self.containers: dict[str, Any] = {}
        self.last: _Line | None = None
        self.raised = False
        given = {name: frame.f_locals[name] for name in code.co_varnames[: code.co_argcount]}
        self.step(code.co_firstlineno, "call", "", plain(given))
        for name, value in given.items():
            self.keep(name, value)

    def step(self, line: int, kind: str, name: str, value: Value, key: Value = None) -> None:
        self.steps.append(Step(self.name, self.depth, line, kind, name, value, key))

    def at(self, frame: FrameType, event: str, arg: Any) -> Any:
        """What Python calls before each line and at the end."""
        last = self.last
        if event == "line":
            line = self.lines.get(frame.f_lineno)
            if self.raised:
                raise RuntimeError("a program that catches an error is not traced")
            if line is None or (line is last and line.many):
                return self.at
            if last is not None:
                self.finish(last, line.number, frame)
            self.last = line
        elif event == "exception":
            self.raised = True
        elif last is not None and not (self.raised and arg is None):
            self.finish(last, 0, frame)
            if not same(dict(frame.f_locals), {**self.scalars, **self.containers}):
                raise RuntimeError(f"variables of {self.name} are not as they were traced")
            self.step(last.number, "return", "", plain(arg))
            self.waiting.pop()
        return self.at

    def finish(self, line: _Line, following: int, frame: FrameType) -> None:
        """Record what a line did, now that it is over."""
        names = frame.f_locals
        if line.condition:
            text = _said(line.test, frame.f_globals, names)[0] if line.test else line.condition
            self.step(line.number, "test", line.word, following == line.first, text)
        if line.changes or (line.adds and line.binds[0] in self.containers):
            for name in list(self.containers):
                if name in names and (line.adds or name not in line.binds):
                    self.compare(line.number, name, names[name])
        if line.word != "for" or following == line.first:
            for name in line.binds:
                if name in names and not (line.adds and self.added(line, name, names[name])):
                    self.whole(line.number, name, names[name])

    def added(self, line: _Line, name: str, value: Any) -> bool:
        """Whether a value only grew, and need not be said as a whole."""
        if isinstance(value, str) and (line.grows or len(value) > SHORT):
            self.step(line.number, "extend", name, value[len(self.scalars[name]) :])
            self.scalars[name] = value
            return True
        return name in self.containers

    def whole(self, line: int, name: str, value: Any) -> None:
        self.step(line, "table" if type(value) is dict else "set", name, plain(value))
        self.keep(name, value)

    def keep(self, name: str, value: Any) -> None:
        kept, other = self.scalars, self.containers
        if type(value) in (list, dict):
            kept, other = other, kept
        kept[name] = _copy(value)
        other.pop(name, None)

    def compare(self, line: int, name: str, value: Any) -> None:
        """Record how a list or dict changed."""
        old = self.containers[name]
        changes = [] if old == value else _changes(old, value)
        if changes is None:
            self.whole(line, name, value)
        for kind, key, new in changes or []:
            self.step(line, kind, name, plain(new), plain(key))
            if kind == "extend":
                old.extend(_copy(new))
            else:
                old[key] = _copy(new)


def _changes(old: Any, new: Any) -> list[tuple[str, Any, Any]] | None:
    """What was put into a container and what it grew by; None where more was changed."""
    if type(old) is not type(new) or len(new) < len(old):
        return None
    if isinstance(new, dict):
        shorter = dict(new)
        last, value = shorter.popitem()
        if shorter == old:  # soon seen
            return [("put", last, value)]
        if list(new)[: len(old)] != list(old):
            return None
        return [("put", key, one) for key, one in new.items() if key not in old or old[key] != one]
    moved = [at for at, one in enumerate(old) if new[at] != one] if new[: len(old)] != old else []
    if 4 * len(moved) > len(old):
        return None
    puts = [("put", at, new[at]) for at in moved]
    return puts + [("extend", None, new[len(old) :])] * (len(new) > len(old))
