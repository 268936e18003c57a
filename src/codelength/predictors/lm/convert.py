"""Weights of other formats as a folder that transformers loads: made once, kept by their hash."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from codelength.coding.cache import cache_root
from codelength.errors import InputError
from codelength.predictors.lm.llama2c import read_model, read_tokenizer

VERSION = 1
"""Of what is made of a file; a change below is a new one."""
Read = Callable[[Path], tuple[Any, Any]]
"""Gives the model and the tokenizer of a path."""


def read_gguf(path: Path) -> tuple[Any, Any]:
    """A GGUF file, dequantised."""
    import transformers

    causal: Any = transformers.AutoModelForCausalLM
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    read, tokenizer = (
        causal.from_pretrained(**where),
        transformers.AutoTokenizer.from_pretrained(**where),
    )
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = causal.from_config(config)  # what was read from GGUF cannot be saved
    plain.load_state_dict(read.state_dict())
    return plain, tokenizer


def read_llama2c(path: Path) -> tuple[Any, Any]:
    """A folder of llama2.c's."""
    model = read_model(path)
    return model, read_tokenizer(path, model.config.vocab_size)


def converted(path: Path, hashed: Sequence[Path], read: Read) -> Path:
    """The folder with `path` as safetensors, named by the SHA-256 of the files `hashed`.

    Raises:
        InputError: it is missing or damaged, or the folder cannot be written.
    """
    digest = sha256(bytes([VERSION]))
    for one in hashed:
        try:
            with one.open("rb") as file:
                file_digest(file, lambda: digest)
        except OSError as error:
            raise InputError(f"cannot read {one}: {error.strerror}") from error
    folder = cache_root() / "weights" / f"{path.stem}-{digest.hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    try:
        model, tokenizer = read(path)
    except Exception as error:  # damaged files raise what their formats raise
        raise InputError(f"{path} cannot be read as a language model: {error}") from error
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from error
    try:
        model.save_pretrained(made)
        tokenizer.save_pretrained(made)
        made.rename(folder)
    except Exception as error:  # a full disk is an error of safetensors' own
        if not folder.is_dir():  # else another process was first
            raise InputError(f"cannot write {folder}: {error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder
