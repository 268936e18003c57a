r"""Training rows: a prompt, the program run step by step in words that were verified, the answer.

Example: {"messages": [{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant",
"content": "<think>...</think>\n\n[ANSWER] {...} [/ANSWER]"}]}.

Rows have the one key that trainers expect; what is known about them stands in a file beside. Inputs
of the test split are never in them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codelength.coding.atomic import atomic_file, write_atomic
from codelength.errors import InputError
from codelength.roundtrip.metrics import counted
from codelength.roundtrip.narration import narrate, verify
from codelength.roundtrip.prompts import Manner, answer, program, prompt
from codelength.roundtrip.records import Record
from codelength.roundtrip.settings import SETTINGS, Setting
from codelength.roundtrip.traces import Trace, trace
from codelength.roundtrip.values import same

TRAINED = ("train", "validation")
"""Splits that rows are made of."""
FUNCTIONS = {"output": "encoder", "input": "decoder"}
"""What computes the side that is asked."""
INVERTED = (
    "The function that I am shown goes the other way, so I need the one that undoes it:\n\n{source}"
    "\n\nI run it.\n\n"
)
PLAIN = "I run `{name}`.\n\n"
THOUGHT = ("<think>", "</think>")
"""What templates of chats cut reasoning off by."""
MOST = 16_000
"""Characters of a row's reasoning, where nothing else is asked."""


def traced(one: Record, function: str, blind: bool) -> Trace:
    """The run of a record's encoder or decoder, step by step."""
    direct = next(how for how in SETTINGS.values() if how.function == function and not how.inverted)
    seen = program(one.code, direct, blind)
    names = one.code.tables if function == "encoder" else one.code.all_tables
    first = one.input if function == "encoder" else one.output
    return trace(seen, [first, *(one.beside[name] for name in names)])


@dataclass(frozen=True)
class Told:
    """A run in words.

    Arguments:
        function: "encoder" or "decoder".
        source: of the program that was run.
        name: of its function.
        words: the narration.
        fault: why it is not used; empty where it is right.
    """

    id: str
    function: str
    blind: bool
    source: str
    name: str
    words: str
    fault: str = ""


def told(one: Record, function: str, blind: bool) -> Told:
    """A run in words: what it returns is the gold answer, and every value is checked."""
    run = traced(one, function, blind)
    words = narrate(run)
    gold = one.output if function == "encoder" else one.input
    fault = ""
    if not same(run.value, gold):
        fault = "what is returned is not the gold answer"
    elif faults := verify(words, run):
        fault = f"the narration is not the trace: {faults[0]}"
    return Told(one.id, function, blind, run.source.source.strip(), run.source.name, words, fault)


@dataclass(frozen=True)
class Row:
    """A training row and what is known about it."""

    split: str
    prompt: list[dict[str, str]]
    completion: str
    about: dict[str, Any]

    def messages(self) -> dict[str, Any]:
        """The row as a conversation."""
        return {"messages": [*self.prompt, {"role": "assistant", "content": self.completion}]}

    def pair(self) -> dict[str, Any]:
        """The row for a loss on the answer alone."""
        completion = [{"role": "assistant", "content": self.completion}]
        return {"prompt": self.prompt, "completion": completion}


def row(one: Record, setting: Setting, manner: Manner, run: Told, words: str = "") -> Row:
    """The training row of a question.

    Arguments:
        run: of what computes the side that is asked.
        words: instead of the run's own.
    """
    frame = INVERTED if setting.inverted else PLAIN
    thought = frame.format(source=run.source, name=run.name) + (words or run.words)
    turns = [{"role": turn.role, "content": turn.text} for turn in prompt(one, setting, manner)]
    completion = f"<think>\n{thought.strip()}\n</think>\n\n{answer(one, setting, None)}"
    about = {
        "id": one.id,
        "setting": setting.name,
        "family": one.family,
        "blind": manner.blind,
        "split": one.split,
        "words": "translated" if words else "by rule",
        "characters": len(completion),
    }
    return Row(one.split, turns, completion, about)


class Filter:
    """Keeps rows, and counts what it does not keep, by reason.

    Arguments:
        most: characters of a completion.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.reasons: list[str] = []

    def keeps(self, one: Record, run: Told | None, made: Row | None = None) -> bool:
        """Whether a record, its run, or its row may be trained on."""
        if one.split not in TRAINED:
            self.reasons.append(f"the input is in the {one.split} split")
        elif any(
            mark in text for mark in THOUGHT for text in (one.input, run.words if run else "")
        ):
            self.reasons.append("the input holds a mark of thinking")
        elif run is not None and run.fault:
            self.reasons.append(run.fault.partition(":")[0])
        elif made is not None and len(made.completion) > self.most:
            self.reasons.append(f"longer than {self.most:,} characters")
        else:
            return True
        return False

    def counts(self) -> dict[str, int]:
        """How many were not kept, by reason."""
        return counted(self.reasons)


def rows(
    one: Record,
    runs: Mapping[str, Told],
    settings: Sequence[Setting],
    manner: Manner,
    kept: Filter,
    translations: Mapping[tuple[str, str], str] | None = None,
) -> Iterator[Row]:
    """Training rows of a record.

    Arguments:
        runs: by function.
        translations: words of a model that were verified, by record and function.
    """
    for setting in settings:
        function = FUNCTIONS[setting.asked]
        run = runs.get(function)
        if kept.keeps(one, run):
            assert run is not None
            words = (translations or {}).get((one.id, function), "")
            made = row(one, setting, manner, run, words)
            if kept.keeps(one, run, made):
                yield made


def write(found: Iterable[Row], out: Path) -> dict[str, int]:
    """Write rows as they come: how many are in which file.

    For each split conversations, pairs of prompt and completion, and what is known of them;
    `dataset_info.json` describes the conversations to LLaMA-Factory.

    Raises:
        InputError: the folder cannot be written, or there are no rows.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    counts: dict[str, int] = {}
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(atomic_file(out / name))
            for split in TRAINED
            for name in (
                f"{split}.jsonl",
                f"{split}.prompt-completion.jsonl",
                f"{split}.about.jsonl",
            )
        }
        for one in found:
            forms = {
                f"{one.split}.jsonl": one.messages(),
                f"{one.split}.prompt-completion.jsonl": one.pair(),
                f"{one.split}.about.jsonl": one.about,
            }
            for name, form in forms.items():
                files[name].write(json.dumps(form).encode() + b"\n")
                counts[name] = counts.get(name, 0) + 1
        if not counts:
            raise InputError(f"no row is left to write into {out}")
    for name in files:
        if name not in counts:
            (out / name).unlink()
    info = json.dumps(dataset_info([*counts]), indent=1) + "\n"
    write_atomic(out / "dataset_info.json", info.encode())
    return counts


def dataset_info(files: Sequence[str]) -> dict[str, Any]:
    """What LLaMA-Factory has to be told of the conversations."""
    tags = {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
    }
    return {
        f"roundtrip_{split}": {
            "file_name": f"{split}.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": tags,
        }
        for split in TRAINED
        if f"{split}.jsonl" in files
    }
