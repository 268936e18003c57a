"""The round-trip part of `codelength demo`: the commands themselves, shown and run one by one."""

import shlex
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from codelength.cli.output import note
from codelength.predictors.lm.catalogue import DEFAULT, MODELS, found

SCRIPTED = (
    "generate --count 4 --out {out}/data",
    "prompts {out}/data --blind --out {out}/prompts.jsonl",
    "run {out}/data --blind --model scripted/mixed --samples 2 --own --k 1,2 --out {out}/run",
    "score {out}/run/responses.jsonl --data {out}/data --by setting",
    "table {out}/run --by length",
    "reflect {out}/data --blind --model scripted/mixed --rounds 2 --limit 5 --out {out}/reflect",
)
"""A model whose answers are computed stands in for a real one."""
REAL = (
    "generate --family rle --source string:char_repeat,string:keyboard --count 5 --out {out}/short",
    "run {out}/short --model transformers/{model} --tokens 64 --temperature 0 --out {out}/real",
)
"""Forty prompts."""


def run_roundtrip(out: Path, as_json: bool) -> None:
    """Run the commands; their tables go to stderr where stdout is for JSON."""
    commands: tuple[str, ...] = SCRIPTED
    if found(MODELS[DEFAULT]) is not None:
        commands += REAL
    else:
        note(f"The weights of {DEFAULT} are not here (codelength models pull {DEFAULT}); without.")
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        for command in commands:
            run([piece.format(out=out, model=DEFAULT) for piece in command.split(" ")])


def run(command: list[str]) -> None:
    """Show a command and run it."""
    from codelength.cli.main import app

    note(f"\n$ codelength roundtrip {shlex.join(command)}")
    app(["roundtrip", *command], standalone_mode=False)
    sys.stdout.flush()
