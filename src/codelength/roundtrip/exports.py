"""Prompts and data in the forms that other benchmarks and trainers read.

Example: cruxeval(record, "encoder", False, 0) -> {"code": "def f(text): ...", "input": "'aab'",
"output": "[['a', 2], ['b', 1]]", "id": "sample_0"}.

CodeI/O, CRUXEval and LiveCodeBench pair a function with one input and output of its own, so a
record gives two items: its encoder, from text to message, and its decoder, back again.
"""

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from codelength.roundtrip.families import FAMILIES, Code, Value
from codelength.roundtrip.prompts import Manner, parameter, program, prompt
from codelength.roundtrip.records import Record
from codelength.roundtrip.settings import SETTINGS, Setting
from codelength.roundtrip.values import PIECE, dumps

FUNCTIONS = ("encoder", "decoder")
DIRECT = {one.function: one for one in SETTINGS.values() if not one.inverted}
"""The setting that shows a function and asks for what it returns."""


def messages(one: Record, setting: Setting, manner: Manner) -> dict[str, Any]:
    """A prompt as a conversation, with what a response needs to be scored."""
    turns = [{"role": turn.role, "content": turn.text} for turn in prompt(one, setting, manner)]
    row = {"id": one.id, "setting": setting.name, "family": one.family, "split": one.split}
    row["side_information"] = one.side_information
    return row | {"blind": manner.blind, "rendering": manner.rendering, "messages": turns}


def call(one: Record, function: str, blind: bool) -> tuple[dict[str, Value], Value]:
    """The arguments of a function by its own parameters' names, and what it returns."""
    code = one.code
    seen = program(code, DIRECT[function], blind)
    first: Value = one.input if function == "encoder" else one.output
    arguments = {seen.parameters[0]: first}
    for name in code.tables if function == "encoder" else code.all_tables:
        arguments[parameter(code, name, blind)] = one.beside[name]
    return arguments, one.output if function == "encoder" else one.input


def codeio(one: Record, function: str, blind: bool) -> dict[str, Any]:
    """An item of CodeI/O (Li et al. 2025)."""
    seen = program(one.code, DIRECT[function], blind)
    arguments, returned = call(one, function, blind)
    return {
        "problem_description": description(one, function, blind),
        "io_requirements": requirements(one.code, function, blind),
        "refcode": f"{seen.source.strip()}\n",
        "funcname": seen.name,
        "ios": [{"input": arguments, "output": returned}],
        "category": "round-trip code compression",
        "meta": {
            "id": one.id,
            "function": function,
            "family": one.family,
            "split": one.split,
            "side_information": one.side_information,
            "settings": [name for name, how in SETTINGS.items() if how.function == function],
        },
    }


def description(one: Record, function: str, blind: bool) -> str:
    """What a function does, in a sentence."""
    sides = "a text to a value" if function == "encoder" else "a value back to its text"
    if blind:
        return f"A function takes {sides}; no two texts have the same value."
    return f"The {function} of {FAMILIES[one.family].title} takes {sides}."


def requirements(code: Code, function: str, blind: bool) -> str:
    """What a function takes and returns."""
    seen = program(code, DIRECT[function], blind)
    shapes = {"encoder": ("a string", code.message), "decoder": (code.message, "a string")}
    taken, returned = shapes[function]
    lines = ["Input:", f"  `{seen.parameters[0]}`: {taken}"]
    for name in code.tables if function == "encoder" else code.all_tables:
        lines.append(f"  `{parameter(code, name, blind)}`: {code.all_tables[name].words}")
    return "\n".join([*lines, "Output:", f"  `return`: {returned}, as JSON"])


def renamed(source: str, name: str) -> str:
    """A module whose last function is called `name`; none of them calls the last one."""
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.FunctionDef)
    last.name = name
    return ast.unparse(tree)


def literal(value: Value) -> str:
    """A value as Python has it; integers too long for Python's reader of decimals in hexadecimal.

    Example: literal(["a", 3]) -> "['a', 3]".
    """
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if type(value) is int and abs(value) >= 10**PIECE:
        return hex(value)
    return repr(value)


def cruxeval(one: Record, function: str, blind: bool, number: int) -> dict[str, Any]:
    """An item of CRUXEval (Gu et al. 2024): the function is `f`, its arguments are Python."""
    seen = program(one.code, DIRECT[function], blind)
    arguments, returned = call(one, function, blind)
    return {
        "code": renamed(seen.source, "f"),
        "input": ", ".join(map(literal, arguments.values())),
        "output": literal(returned),
        "id": f"sample_{number}",
    }


def livecodebench(one: Record, function: str, blind: bool, number: int) -> dict[str, Any]:
    """An item of LiveCodeBench's code execution (Jain et al. 2024)."""
    seen = program(one.code, DIRECT[function], blind)
    arguments, returned = call(one, function, blind)
    return {
        "id": f"{one.id}:{function}",
        "question_id": str(number),
        "contest_id": "codelength",
        "contest_date": "2026-01-01T00:00:00",
        "problem_id": one.id,
        "difficulty": {"short": "easy", "medium": "medium", "long": "hard"}[one.length],
        "numsteps": 0,
        "code": f"{seen.source.strip()}\n",
        "input": f"{seen.name}({', '.join(map(literal, arguments.values()))})",
        "output": literal(returned),
        "function_name": seen.name,
    }


Numbered = Callable[[Record, str, bool, int], dict[str, Any]]
ITEMS: dict[str, Numbered] = {
    "codeio": lambda one, function, blind, _: codeio(one, function, blind),
    "cruxeval": cruxeval,
    "livecodebench": livecodebench,
}
FORMATS = ("messages", *ITEMS)


def exported(
    records: Iterable[Record], settings: Sequence[Setting], manner: Manner, form: str
) -> Iterator[str]:
    """Lines of an export; items are left out where no chosen setting shows their function."""
    number = 0
    for one in records:
        if form == "messages":
            for setting in settings:
                if manner.suits(one.family, one.side_information):
                    yield json.dumps(messages(one, setting, manner)) + "\n"
            continue
        for function in FUNCTIONS:
            if any(setting.function == function for setting in settings):
                yield dumps(ITEMS[form](one, function, manner.blind, number)) + "\n"
                number += 1
