"""LoRA adapters on a model: the base stays as it is, and what comes out bears both names.

Example: adapted("smollm2-135m", "runs/lora") -> the weights with the adapter merged in.
"""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from codelength.errors import InputError, MissingExtra
from codelength.predictors.lm.weights import Weights, load

CONFIG = "adapter_config.json"
"""What a folder of an adapter holds."""


def split(source: str) -> tuple[str, str]:
    """BASE:ADAPTER as the two; a source without an adapter has an empty one."""
    if Path(source).exists():
        return source, ""
    base, colon, adapter = source.rpartition(":")
    if colon and not (base and adapter):
        raise InputError(f"{source}: expected BASE:ADAPTER")
    return (base, adapter) if colon else (source, "")


@cache
def adapted(base: str, adapter: str) -> Weights:
    """A copy of a model with an adapter merged in; without an adapter, the model.

    Raises:
        MissingExtra: peft is not installed.
        InputError: there is no such adapter, or it belongs to another model.
    """
    if not adapter:
        return load(base)
    if not (Path(adapter) / CONFIG).is_file():
        raise InputError(f"the adapter {adapter} is no folder with an {CONFIG}")
    try:
        from peft import PeftModel, get_peft_model_state_dict
        from peft.utils import load_peft_weights
    except ImportError as error:
        raise MissingExtra(
            f"the adapter {adapter} needs: pip install 'codelength[train]'"
        ) from error
    weights = load(base)
    copied: Any = copy.deepcopy(weights.model)
    try:
        tuned: Any = PeftModel.from_pretrained(copied, adapter)
        wanted, there = {*get_peft_model_state_dict(tuned)}, {*load_peft_weights(adapter, "cpu")}
        merged = tuned.merge_and_unload()
    except Exception as error:  # a foreign adapter raises what its parts raise
        why = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"the adapter {adapter} does not go with {base}: {why}") from error
    if odd := sorted(wanted ^ there):  # peft leaves these as they are made, with a warning
        raise InputError(
            f"the adapter {adapter} does not go with {base}: {len(odd)} tensors are in one of them"
            f" alone, such as {odd[0]}"
        )
    found = Weights(weights.tokenizer, merged.eval())
    if found.sha256 == weights.sha256:
        raise InputError(f"the adapter {adapter} changes nothing in {base}")
    return found
