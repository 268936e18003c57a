"""Narrations put into a model's own words, and kept only where each value is that of the trace.

Example: translate([(told, trace)], model, settings)[0].words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from codelength.roundtrip.answers import CLOSE, OPEN
from codelength.roundtrip.asking import refuse_base
from codelength.roundtrip.retelling import verify_free
from codelength.roundtrip.traces import Trace
from codelength.roundtrip.training import THOUGHT, Told
from codelength.synthesis.prompted.generation import FAILED, LENGTH, Generation, Model, Settings
from codelength.synthesis.prompted.prompts import Prompt, Turn

ASK = (
    "Below are a Python function and the log of one run of it, a line a step, every value whole."
    " Retell the run in plain English, as somebody who works it out step by step in their head."
    " Copy every value that you mention exactly, strings in double quotes; mention no value that"
    " is not in the log; number no steps. End with a line that says what is returned, whole.\n\n"
    "{source}\n\nThe log:\n{words}"
)


MARKS = (*THOUGHT, OPEN, CLOSE)


@dataclass(frozen=True)
class Translated:
    """A model's words for a run.

    Arguments:
        words: empty where they are not used.
        fault: why they are not.
    """

    words: str
    fault: str = ""


def request(run: Told) -> Prompt:
    """What a model is asked."""
    return (Turn("user", ASK.format(source=run.source, words=run.words)),)


def translate(
    runs: Sequence[tuple[Told, Trace]], model: Model, settings: Settings
) -> list[Translated]:
    """A model's words for each run, verified."""
    said = model.generate([request(run) for run, _ in runs], settings)
    refuse_base(model, said)
    return [checked(text, trace) for text, (_, trace) in zip(said, runs, strict=True)]


def checked(said: Generation, run: Trace) -> Translated:
    """A model's words, if they are whole and every value is the trace's."""
    if said.end == FAILED:
        return Translated("", "the call failed")
    if said.end == LENGTH:
        return Translated("", "cut off")
    text = said.text.rpartition("</think>")[2].strip()
    if not text:
        return Translated("", "no words")
    if any(mark in text for mark in MARKS):
        return Translated("", "a mark of thinking or of an answer")
    faults = verify_free(text, run)
    return (
        Translated("", f"a value that is not in the trace: {faults[0]}")
        if faults
        else (Translated(text))
    )
