"""What a training keeps in its folder, so that the same call goes on where it was stopped.

Example: begin(Path("runs/tiny"), asdict(plan)) -> refuses a folder that holds another plan's.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codelength.coding.atomic import write_atomic
from codelength.errors import InputError
from codelength.synthesis.seqcoder.model import PLAN, needed

CURVE, STATE = "curve.jsonl", "state.pt"


def begin(out: Path, plan: dict[str, Any]) -> None:
    """Make the folder, and keep the plan in it.

    Raises:
        InputError: it holds another plan's training, or is no folder.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}; take another folder") from error
    told = json.dumps(plan, sort_keys=True)
    kept = out / PLAN
    if kept.exists() and kept.read_text() != told:
        other = "; ".join(differences(json.loads(kept.read_text()), plan)) or "it is damaged"
        raise InputError(f"{out} holds a training of another plan ({other}); take another folder")
    write_atomic(kept, told.encode())


def differences(there: dict[str, Any], asked: dict[str, Any]) -> Iterator[str]:
    """In which settings two plans differ, in words."""
    for key in sorted(there.keys() | asked.keys()):
        one, other = there.get(key), asked.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from differences(one, other)
        elif one != other:
            yield f"{key}: {one} there, {other} asked"


def save_state(out: Path, model: Any, optimizer: Any, rest: dict[str, Any]) -> None:
    """Write weights, moments and the rest, in full or not at all."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), **rest}
    part = out / (STATE + ".part")
    needed().save(state, part)
    part.replace(out / STATE)
