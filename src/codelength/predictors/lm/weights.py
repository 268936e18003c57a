"""Causal language models from where their weights are: a hub, a folder, a file.

Example: load("HuggingFaceTB/SmolLM2-360M"), load("model.gguf"), load("smollm2-135m").
"""

import copy
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.errors import InputError, MissingExtra
from codelength.predictors.lm.catalogue import MODELS, found
from codelength.predictors.lm.convert import converted, read_gguf, read_llama2c
from codelength.predictors.lm.llama2c import CHECKPOINT, is_llama2c

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class Weights:
    """A model in memory, with its tokenizer; both as transformers has them."""

    tokenizer: Any
    model: Any
    _kinds: dict[Any, Any] = field(default_factory=dict)

    def model_in(self, kind: "torch.dtype") -> Any:
        """The model in another floating type; made once."""
        if kind not in self._kinds:
            same = kind is self.model.dtype
            self._kinds[kind] = self.model if same else copy.deepcopy(self.model).to(kind)
        return self._kinds[kind]

    @cached_property
    def sha256(self) -> str:
        """Of all tensors by name, and of the tokenizer: what messages depend on."""
        digest = sha256(self.tokenizer.backend_tokenizer.to_str().encode())
        for name, tensor in sorted(self.model.state_dict().items()):
            digest.update(f"{name} {list(tensor.shape)}\n".encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().data)
        return digest.hexdigest()

    @property
    def context(self) -> int:
        """Tokens that the model can look back on."""
        return int(getattr(self.model.config, "max_position_embeddings", 1 << 30))

    @property
    def symbols(self) -> int:
        """How many logits the model gives."""
        return int(self.model.get_output_embeddings().weight.shape[0])

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
        InputError: there are no such weights.
    """
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise MissingExtra(f"the model {source} needs: pip install 'codelength[lm]'") from error
    place = str(_place(source))
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
        model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise InputError(f"the model {source} cannot be loaded: {error}") from error
    return Weights(tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval())


def _place(source: str) -> Path | str:
    """A folder that transformers loads from, or a hub's id."""
    path = Path(source)
    if source in MODELS:
        here = found(MODELS[source])
        if here is None:
            raise InputError(f"the model {source} is not here: codelength models pull {source}")
        path = here
    if path.suffix == ".gguf":
        return converted(path, path, read_gguf)
    if is_llama2c(path):
        return converted(path, path / CHECKPOINT, read_llama2c)
    return path if path.is_dir() else source
