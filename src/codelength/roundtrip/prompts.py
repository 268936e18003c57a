"""What a model is asked: one side, one function, and how to answer.

Example: prompt(record, setting("0"), Manner(blind=True))[-1].text ends with
'[ANSWER] {"output": ...} [/ANSWER]'.

Blind prompts name no algorithm, neither in words nor in the code. What is shown is JSON unless a
rendering says otherwise; what an answer is to look like comes from the family, never from a record.
"""

from dataclasses import dataclass
from functools import cache

from codelength.errors import InputError
from codelength.roundtrip.answers import CLOSE, OPEN, block
from codelength.roundtrip.families import FAMILIES, Code, Value
from codelength.roundtrip.records import Origin, Record, record
from codelength.roundtrip.renderings import JSON, RENDERINGS, Rendering, rendering, written
from codelength.roundtrip.settings import Setting
from codelength.roundtrip.shown import ARGUMENTS, Shown, shown
from codelength.roundtrip.values import dumps
from codelength.synthesis.prompted.prompts import Prompt, Turn

SYSTEM = (
    "You run programs in your head, exactly and without any tool. Work through the program step by"
    " step with the values that you are given. Before you answer, make a round trip: go from your"
    " answer back to what was given, and mend the answer where they differ."
)
EXAMPLES = ("mississippi", "banana bread")
"""Inputs of worked examples, of the train split; a record with one of them is given the other."""


@dataclass(frozen=True)
class Manner:
    """How a question is put.

    Arguments:
        blind: without the names of algorithms.
        shots: worked examples, 0 or 1.
        rendering: of one side, by name.
    """

    blind: bool = False
    shots: int = 0
    rendering: str = JSON

    def __post_init__(self) -> None:
        if self.shots not in (0, 1):
            raise InputError(f"there are 0 or 1 worked examples, not {self.shots}")
        if rendering(self.rendering) is RENDERINGS["input:raw"] and self.shots:
            raise InputError("input:raw has no worked example: where inputs end would not be clear")

    def suits(self, family: str, side_information: str) -> bool:
        """Whether a family's messages can be shown and answered so."""
        chosen = rendering(self.rendering)
        if chosen is None or chosen.side == "input":
            return True
        tables = FAMILIES[family].codes
        plain = side_information == "full" or tables["none"] is tables["full"]
        return plain and chosen.suits(family)


def program(code: Code, setting: Setting, blind: bool) -> Shown:
    """The function that a question shows; made once."""
    return _program(code, setting.function, blind)


_program = cache(shown)


def prompt(one: Record, setting: Setting, manner: Manner, given: Value = None) -> Prompt:
    """A question as a conversation.

    Arguments:
        given: shown instead of the record's own side, such as what a model answered before.
    """
    chosen = rendering(manner.rendering)
    parts = [intention(one, setting, manner)]
    if manner.shots:
        example = example_for(one)
        parts.append(
            f"An example with another value:\n\n{sides(example, setting, manner)}\n\nThe answer"
            f" would be:\n{answer(example, setting, chosen)}\n\nNow the question itself:"
        )
    parts += [sides(one, setting, manner, given), function(one.code, setting, manner)]
    parts.append(instructions(one.code, setting, chosen))
    return (Turn("system", SYSTEM), Turn("user", "\n\n".join(parts)))


def answer(one: Record, setting: Setting, chosen: Rendering | None) -> str:
    """The gold answer as the block that is asked for."""
    value: Value = one.output if setting.asked == "output" else one.input
    if chosen is not None and chosen.side == setting.asked:
        value = chosen.write(value)
    return block(value, setting.asked)


def intention(one: Record, setting: Setting, manner: Manner) -> str:
    """The first words: what is given, and what is asked."""
    called = "" if manner.blind else f" of {FAMILIES[one.family].title}"
    direct = (
        f"Here are an {setting.given} and a Python function{called} that computes the"
        f" {setting.asked} from it. Find the {setting.asked} without running the code."
    )
    inverse = (
        f"Here are an {setting.given} and a Python function{called} that goes the other way: it"
        f" computes the {setting.given} from the {setting.asked}. Find the {setting.asked} from"
        f" which it computes this {setting.given}, without running the code."
    )
    return inverse if setting.inverted else direct


def example_for(one: Record) -> Record:
    """The worked example for a record: another input, in the same family."""
    text = next(text for text in EXAMPLES if text != one.input)
    return _example(one.family, one.side_information, text)


@cache
def _example(family: str, side_information: str, text: str) -> Record:
    return record(family, side_information, Origin("example", "word", 1), text)


def sides(one: Record, setting: Setting, manner: Manner, given: Value = None) -> str:
    """What is given: one side, and the tables beside it."""
    value = given
    if value is None:
        value = one.input if setting.given == "input" else one.output
    mark = setting.given.upper()
    text = written(value, setting.given, rendering(manner.rendering))
    parts = [f"[{mark}]\n{text}\n[/{mark}]"]
    for name in tables(one.code, setting):
        called = parameter(one.code, name, manner.blind)
        parts.append(f"[TABLE {called}]\n{dumps(one.beside[name])}\n[/TABLE]")
    return "\n".join(parts)


def tables(code: Code, setting: Setting) -> list[str]:
    """The tables that are given: what follows from an output is not, where the output is asked."""
    return [*(code.tables if setting.asked == "output" else code.all_tables)]


def parameter(code: Code, table: str, blind: bool) -> str:
    """What a table is called in functions and prompts."""
    return ARGUMENTS[1 + [*code.all_tables].index(table)] if blind else table


def function(code: Code, setting: Setting, manner: Manner) -> str:
    """The function, and what its parameters are."""
    seen = program(code, setting, manner.blind)
    side = "input" if setting.function == "encoder" else "output"
    words = [f"`{seen.parameters[0]}` is the {side}"]
    given = tables(code, setting)
    for name, table in code.all_tables.items():
        called = parameter(code, name, manner.blind)
        if called in seen.parameters:
            follows = "" if name in given else ", which follows from the output"
            words.append(f"`{called}` is {table.words}{follows}")
        elif name in given:
            words.append(f"`{called}`, which it does not take, is {table.words}")
    return f"[PYTHON]\n{seen.source.strip()}\n[/PYTHON]\n\nIn `{seen.name}`, {'; '.join(words)}."


def instructions(code: Code, setting: Setting, chosen: Rendering | None) -> str:
    """What values look like, and how to answer."""
    shapes = f"Inputs are strings. Outputs are JSON of the shape {code.message}."
    lines = [shapes + " Integers may have any number of digits; all of them count."]
    if chosen is None or chosen.side != setting.given:
        lines.append("What is shown is JSON too: strings stand in double quotes, with its escapes.")
    if setting.inverted and setting.asked == "output" and code.canonical:
        lines.append(code.canonical)
    kind = "string" if setting.asked == "input" else code.message
    if chosen is not None:
        shown_so = chosen.side == setting.given
        where = "is shown" if shown_so else "is to be answered, as a JSON string,"
        lines.append(f"The {chosen.side} {where} rendered: {chosen.words}.")
        if chosen.name == "input:raw" and shown_so:
            lines.append("It is all between the line break behind the first mark and the one"
                         " before the last mark.")  # fmt: skip
        kind = "string" if not shown_so else kind
    lines.append(
        "Think as long as you need. Then answer without any code, with one line of exactly this"
        f" form, valid JSON between the marks, where ... stands for the {setting.asked}"
        f' ({kind}):\n{OPEN} {{"{setting.asked}": ...}} {CLOSE}'
    )
    return "\n".join(lines)
