"""KT's prompts, word for word (Yoran et al. 2025, arXiv 2503.13992, Fig. 9 and 10), and others.

A benchmark's prompt is part of its definition, so these two are quoted whole; line breaks are where
the figures show paragraphs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codelength.errors import InputError

SYSTEM = (
    "Generate a Python program that, when executed, reproduces a specified input sequence. The"
    " program should be as concise as possible."
)
INSTRUCTIONS = """Instructions:
- Write a multi-line Python program. Each line should either assign a new variable or define a new \
function.
- These variables and functions can be reused throughout the program.
- Identify and utilize patterns in the input sequence to minimize the length of the program.
- Assign the final output of the sequence to the variable output. This output will be used to \
verify the correctness of the program.
- Do not include print statements or return statements.
- Ensure that the generated code is executable in a Python interpreter without modifications.
- Do not include the python code block syntax in your response.
- End your response with ###.
"""
THOUGHT = """- Before the program, you can use the Thought field to generate how you think the \
task should be solved. After the thought, generate "The Python program that generates the sequence \
is:", followed by the program.
"""
QUESTION = """
### Input Sequence:
{sequence}

### Expected Output:
The Python program that generates the sequence is:"""

STYLES = ("zero-shot", "cot")
MARKER = "that generates the sequence is:"
"""What stands before a program."""
END = "###"
"""What stands after it."""


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation.

    Arguments:
        role: "system", "user" or "assistant".
    """

    role: str
    text: str


Prompt = tuple[Turn, ...]
"""A conversation that waits for an answer."""


@dataclass(frozen=True)
class Shot:
    """A worked example: KT has none, few-shot prompts do."""

    target: bytes
    program: str


def question(target: Sequence[int]) -> str:
    """The last part of the user's turn: the sequence as a list, and what is expected."""
    return QUESTION.format(sequence=list(target))


def prompt(target: bytes, style: str = "zero-shot", shots: Sequence[Shot] = ()) -> Prompt:
    """What a model is asked for a target.

    Arguments:
        style: "zero-shot" (Fig. 9) or "cot" (Fig. 10).
        shots: come first, each as a turn of the user and one of the assistant; with any, the prompt
            is no longer KT's.

    Raises:
        InputError: no such style.
    """
    if style not in STYLES:
        raise InputError(f"no prompt is named {style!r}; there are {', '.join(STYLES)}")
    instructions = INSTRUCTIONS + (THOUGHT if style == "cot" else "")
    turns = [Turn("system", SYSTEM)]
    for shot in shots:
        turns.append(Turn("user", instructions + question(shot.target)))
        turns.append(Turn("assistant", f"{shot.program}\n{END}"))
    return (*turns, Turn("user", instructions + question(target)))


FEEDBACK = """The program does not reproduce the input sequence. {fault}
Write the whole corrected program, in the same form, and end your response with ###."""


def repair(before: Prompt, answer: str, fault: str) -> Prompt:
    """The conversation continued: what was wrong with the program, and another try."""
    return (*before, Turn("assistant", answer), Turn("user", FEEDBACK.format(fault=fault)))


SEQUENCE = re.compile(r"Input Sequence:\s*(\[[\d\s,]*\]|[\d\s,]*\d)")


def sequence_in(text: str) -> list[int] | None:
    """The sequence that stands in a prompt behind "Input Sequence:", the last one; None without."""
    found = SEQUENCE.findall(text)
    return [int(one) for one in re.findall(r"\d+", found[-1])] if found else None
