r"""From a model's answer to its program: KT's extraction rules.

Example: program_in("The Python program that generates the sequence is:\noutput = [1]\n###")
-> "output = [1]".
"""

import re
from textwrap import dedent

from codelength.synthesis.prompted.prompts import END, MARKER

THINKING = re.compile(r"<(think|thinking|thought|reasoning)>.*?(</\1>|\Z)", re.DOTALL)
FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n`]*\n(.*?)(^[ \t]*\1|\Z)", re.DOTALL | re.MULTILINE)


def without_thinking(text: str) -> str:
    """The answer without what a reasoning model wrote for itself, finished or cut off."""
    return THINKING.sub("", text)


def program_in(text: str) -> str | None:
    """The program: behind the last "... that generates the sequence is:", up to ###, unfenced.

    Thinking is not the answer: a program in it does not count.
    """
    answer = without_thinking(text)
    if MARKER in answer:
        answer = answer.rpartition(MARKER)[2].lstrip(" \t")
    answer = answer.partition(END)[0]
    fenced = FENCE.search(answer)
    program = dedent((fenced[2] if fenced else answer).strip("\n")).rstrip()
    return program or None
