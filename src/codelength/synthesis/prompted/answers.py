r"""From a model's answer to its program: KT's extraction rules.

Example: program_in("The Python program that generates the sequence is:\noutput = [1]\n###")
-> "output = [1]".
"""

import re
from textwrap import dedent

from codelength.synthesis.prompted.prompts import END, MARKER

_TAGS = "think|thinking|thought|reasoning"
THINKING = re.compile(rf"<({_TAGS})>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
ENDED = re.compile(rf".*</({_TAGS})>", re.DOTALL | re.IGNORECASE)
"""Thinking whose start stood in the prompt, as some chat templates have it."""
FINAL = "<|channel|>final<|message|>"
FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n`]*\n(.*?)(^[ \t]*\1|\Z)", re.DOTALL | re.MULTILINE)
NEXT = re.compile(r"^#* *Input Sequence:", re.MULTILINE)
"""A model that runs on asks itself the next question."""


def without_thinking(text: str) -> str:
    """The answer without what a reasoning model wrote for itself, finished or cut off."""
    return ENDED.sub("", THINKING.sub("", text.rpartition(FINAL)[2]))


def program_in(text: str) -> str | None:
    """The program: behind "... that generates the sequence is:", up to ###, unfenced.

    Of several such places the last one with an `output` behind it counts. Thinking is not the
    answer: a program in it does not count. What cannot be written as UTF-8 becomes "?".
    """
    answer = without_thinking(text)
    following = NEXT.search(answer)
    if (
        following
        and MARKER in answer[following.end() :]
        and "output" in answer[: following.start()]
    ):
        answer = answer[: following.start()]
    before, *parts = answer.split(MARKER)
    texts = [part.lstrip(" \t*") for part in parts] or [before.lstrip("\ufeff")]
    programs = [_plain(text) for text in texts]
    chosen = next((one for one in reversed(programs) if "output" in one), programs[-1])
    return chosen.encode("utf-8", "replace").decode() or None


def _plain(answer: str) -> str:
    """The text up to ###, out of its fence: the last fence with an `output`, else the first."""
    if answer.lstrip().startswith(END):  # a heading
        answer = answer.lstrip().partition("\n")[2]
    answer = answer.partition(END)[0]
    fenced = [found[2] for found in FENCE.finditer(answer) if found[2].strip()]
    if fenced:
        answer = next((one for one in reversed(fenced) if "output" in one), fenced[0])
    else:
        answer = re.sub(r"\n[ \t]*(```+|~~~+)[ \t]*$", "", answer.rstrip())
    return dedent(answer.strip("\n")).rstrip()
