"""What a training keeps in its folder, so that the same call goes on where it was stopped.

Example: begin(Path("runs/tiny"), asdict(plan)) -> refuses a folder that holds another plan's.
"""

import json
from pathlib import Path
from typing import Any

from codelength.coding.atomic import write_atomic
from codelength.errors import InputError
from codelength.synthesis.seqcoder.model import needed

PLAN, CURVE, STATE = "plan.json", "curve.jsonl", "state.pt"


def begin(out: Path, plan: dict[str, Any]) -> None:
    """Make the folder, and keep the plan in it.

    Raises:
        InputError: it holds another plan's training.
    """
    out.mkdir(parents=True, exist_ok=True)
    told = json.dumps(plan, sort_keys=True)
    kept = out / PLAN
    if kept.exists() and kept.read_text() != told:
        raise InputError(f"{out} holds a training of another plan; take another folder")
    write_atomic(kept, told.encode())


def save_state(out: Path, model: Any, optimizer: Any, rest: dict[str, Any]) -> None:
    """Write weights, moments and the rest, in full or not at all."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), **rest}
    part = out / (STATE + ".part")
    needed().save(state, part)
    part.replace(out / STATE)
