"""Causal language models from where their weights are: a hub, a folder, a file.

Example: load("HuggingFaceTB/SmolLM2-360M"), load("model.gguf"), load("smollm2-135m").
"""

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.errors import InputError, MissingExtra
from codelength.predictors.lm.catalogue import MODELS, found
from codelength.predictors.lm.convert import converted, read_gguf, read_llama2c
from codelength.predictors.lm.double import in_double
from codelength.predictors.lm.llama2c import CHECKPOINT, TOKENIZER, is_llama2c
from codelength.predictors.lm.tokens import Vocabulary

if TYPE_CHECKING:
    import torch

NEUTRAL = {"_name_or_path", "dtype", "transformers_version"}
"""Settings of a model that its logits do not depend on."""


LENGTHS = ("max_position_embeddings", "max_seq_len", "n_positions")
"""What settings call the tokens that a model can look back on."""
MOVING = ('"dynamic"', '"longrope"')
"""Rotary angles that change with the length of what is read."""


@dataclass(frozen=True, eq=False)
class Weights:
    """A model in memory, with its tokenizer; both as transformers has them."""

    tokenizer: Any
    model: Any
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What codecs have made of the vocabulary, so that they are small where they are sent."""

    @cached_property
    def double(self) -> Any:
        """The model in float64."""
        return in_double(self.model)

    @cached_property
    def sha256(self) -> str:
        """Of what messages depend on: tensors by name, settings, tokenizer, special tokens."""
        words = self.tokenizer
        splitting = json.loads(words.backend_tokenizer.to_str())
        for state in ("padding", "truncation"):  # as the last call left them
            splitting.pop(state, None)
        settings = self.model.config.to_diff_dict()
        kept = {key: value for key, value in settings.items() if key not in NEUTRAL}
        special = [words.bos_token_id, words.eos_token_id, words.unk_token_id]
        parts = [splitting, kept, special, sorted(words.all_special_ids)]
        digest = sha256(json.dumps(parts, sort_keys=True, default=str).encode())
        for name, tensor in sorted(self.model.state_dict().items()):
            digest.update(f"{name} {list(tensor.shape)}\n".encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().data)
        return digest.hexdigest()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its tokens, and what they spell."""
        return Vocabulary(self.tokenizer, self.symbols)

    @property
    def context(self) -> int:
        """Tokens that the model can look back on."""
        config = self.model.config
        named = [getattr(config, name, None) for name in LENGTHS]
        return next((one for one in named if isinstance(one, int) and one > 0), 1 << 30)

    @cached_property
    def steady(self) -> bool:
        """Whether a token's place alone says how it is read, and not also how many follow."""
        settings = json.dumps(self.model.config.to_dict(), default=str)
        return not any(kind in settings for kind in MOVING)

    @property
    def symbols(self) -> int:
        """How many logits the model gives."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    @cached_property
    def size(self) -> int:
        """How many parameters the model has."""
        return sum(one.numel() for one in self.model.parameters())

    @property
    def device(self) -> "torch.device":
        """Where the weights are."""
        found: torch.device = self.model.device
        return found


@cache
def load(source: str) -> Weights:
    """The weights of a hub id, a folder, a file, or a known name: once a process, in float32.

    GGUF files and llama2.c's checkpoints are converted once, into the cache folder.

    Raises:
        MissingExtra: torch or transformers is not installed.
        InputError: there are no such weights, not all of them, or no tokenizer that goes with them.
    """
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise MissingExtra(f"the model {source} needs: pip install 'codelength[lm]'") from error
    place = str(_place(source))
    quiet: Any = transformers_logging.disable_progress_bar  # untyped
    quiet()
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
        causal: Any = AutoModelForCausalLM
        model, told = causal.from_pretrained(place, dtype=torch.float32, output_loading_info=True)
    except Exception as error:  # damaged or foreign folders raise what their parts raise
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"the model {source} cannot be loaded: {why}") from error
    if told["missing_keys"]:  # transformers makes them up, each time anew
        missing = ", ".join(sorted(told["missing_keys"]))
        raise InputError(f"the model {source} lacks weights: {missing[:200]}")
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise InputError(f"the model {source} has no fast tokenizer (tokenizer.json)")
    weights = Weights(tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval())
    if weights.vocabulary.escape >= weights.symbols:
        raise InputError(
            f"the model {source} has {weights.symbols} outputs; its tokenizer begins texts with"
            f" token {weights.vocabulary.escape}"
        )
    return weights


def shared_bytes(source: str) -> dict[str, int]:
    """Bytes of a model as it is fetched, or where that is not known as it is loaded."""
    if source in MODELS:
        return {source: MODELS[source].size}
    tensors = load(source).model.parameters()
    return {source: sum(one.numel() * one.element_size() for one in tensors)}


def _place(source: str) -> Path | str:
    """A folder that transformers loads from, or a hub's id."""
    path = Path(source)
    if source in MODELS:
        here = found(MODELS[source])
        if here is None:
            raise InputError(f"the model {source} is not here: codelength models pull {source}")
        path = here
    if path.suffix == ".gguf":
        return converted(path, [path], read_gguf)
    if is_llama2c(path):
        return converted(path, [path / CHECKPOINT, path / TOKENIZER], read_llama2c)
    return path if path.is_dir() else source
