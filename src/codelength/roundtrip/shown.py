"""The source text that a prompt shows: a family's own functions, plain or blind.

Example: shown(code, "decoder", blind=True).source -> "def main_solution(x: list) -> str: ...".

Blind versions are made by renaming in the syntax tree: no docstrings, no comments, no words in
errors, and names that say nothing. So there is one version of each function to keep right.
"""

import ast
import builtins
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codelength.roundtrip.families import Code

MAIN = "main_solution"
ARGUMENTS = "xyzw"


@dataclass(frozen=True)
class Shown:
    """A program as a prompt shows it.

    Arguments:
        source: of the functions; the last one is `name`.
        parameters: of the last one: its own name of the text or message, then of the tables.
    """

    source: str
    name: str
    parameters: tuple[str, ...]

    def function(self) -> Callable[..., Any]:
        """The function itself, out of the source text and nothing else."""
        space: dict[str, Any] = {}
        exec(compile(self.source, f"<{self.name}>", "exec"), space)  # our own text
        made: Callable[..., Any] = space[self.name]
        return made


def shown(code: Code, side: str, blind: bool) -> Shown:
    """One side of a code.

    Arguments:
        side: "encoder" or "decoder".
    """
    functions = code.encoder if side == "encoder" else code.decoder
    texts = [inspect.getsource(function).strip() for function in functions]
    source = "\n\n\n".join([*code.imports, *texts])
    if blind:
        source = ast.unparse(Renamed(source).tree)
    last = ast.parse(source).body[-1]
    assert isinstance(last, ast.FunctionDef)
    return Shown(source, last.name, tuple(argument.arg for argument in last.args.args))


class Renamed(ast.NodeTransformer):
    """A module of functions whose names say nothing."""

    def __init__(self, source: str) -> None:
        module = ast.parse(source)
        functions = [one for one in module.body if isinstance(one, ast.FunctionDef)]
        self.globals = {
            one.name: f"step_{number}" for number, one in enumerate(functions[:-1], 1)
        } | {functions[-1].name: MAIN}
        self.locals: Mapping[str, str] = {}
        self.tree: ast.Module = self.visit(module)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Rename a function and all that it binds."""
        bound = [argument.arg for argument in node.args.args]
        new = dict(zip(bound, ARGUMENTS, strict=False))
        for name in binds(node):
            new.setdefault(name, f"v{len(new) - len(bound) + 1}")
        assert not {*new.values()} & {*dir(builtins)}
        self.locals = new
        node.name = self.globals[node.name]
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name that the function binds, or another function's."""
        node.id = self.locals.get(node.id) or self.globals.get(node.id) or node.id
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """A parameter, of a lambda too."""
        node.arg = self.locals[node.arg]
        return self.generic_visit(node)  # type: ignore[return-value]  # its annotation

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        """An error without words."""
        if isinstance(node.exc, ast.Call):
            node.exc.args = []
        return node


def binds(function: ast.FunctionDef) -> Iterator[str]:
    """The names that a function assigns or takes, in the order of the text."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Name | ast.arg)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node.ctx, ast.Store):
            yield node.id
