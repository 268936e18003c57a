"""The models: small decoder-only transformers by configurations of the transformers library.

Example: new_model("tiny") -> a network of 1,845,120 parameters.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from codelength.coding.atomic import write_atomic
from codelength.errors import InputError, MissingExtra
from codelength.synthesis.seqcoder import tokens

MISSING = "SeqCoder needs PyTorch and transformers: pip install 'codelength[lm]'"
CONFIG, WEIGHTS, ABOUT = "config.json", "model.safetensors", "seqcoder.json"
PLAN = "plan.json"
"""What is to be trained in a folder; it is there before the model."""
LONGEST = 2048
"""Tokens that a model can hold."""


@dataclass(frozen=True)
class Preset:
    """A size.

    Arguments:
        width: of the residual stream; `layers`, `heads`: of attention.
        rate: the learning rate at its highest.
    """

    width: int
    layers: int
    heads: int
    rate: float


PRESETS = {
    "micro": Preset(64, 2, 4, 3e-3),
    "tiny": Preset(192, 4, 6, 2e-3),
    "small": Preset(384, 8, 6, 1.2e-3),
    "base": Preset(640, 12, 10, 8e-4),
}
"""131,456, 1,845,120, 14,310,144 and 59,736,320 parameters."""


def needed() -> Any:
    """PyTorch.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingExtra(MISSING) from error
    return torch


def configuration(preset: Preset) -> Any:
    """The configuration of a preset."""
    from transformers import LlamaConfig

    hidden = -(-preset.width * 8 // 3 // 64) * 64
    return LlamaConfig(
        vocab_size=tokens.SIZE,
        hidden_size=preset.width,
        intermediate_size=hidden,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        num_key_value_heads=preset.heads,
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
        pad_token_id=int(tokens.PAD),
        bos_token_id=int(tokens.BEGIN),
        eos_token_id=int(tokens.PAD),
        initializer_range=0.02,
    )


def new_model(preset: str, seed: int = 0) -> Any:
    """A model with fresh weights.

    Values begin with waves of their number in a part of their embedding: near numbers look alike.

    Raises:
        InputError: no such preset.
    """
    torch = needed()
    from codelength.synthesis.seqcoder.network import Network

    if preset not in PRESETS:
        raise InputError(f"no preset is called {preset!r}; there are {', '.join(PRESETS)}")
    torch.manual_seed(seed)
    model = Network(configuration(PRESETS[preset]))
    width = PRESETS[preset].width
    with torch.no_grad():
        table = model.model.embed_tokens.weight
        values = torch.arange(tokens.VALUES, dtype=torch.float32)
        for k in range(width // 8):
            angle = 2 * math.pi * values / (2 * 512 ** ((k + 0.5) / (width // 8)))
            first = int(tokens.FIRST_VALUE)
            table[first : first + len(values), 2 * k] = 0.03 * torch.sin(angle)
            table[first : first + len(values), 2 * k + 1] = 0.03 * torch.cos(angle)
    return model


def prepared(model: Any) -> Any:
    """The model with the precision that its device works in."""
    torch = needed()
    device = next(model.parameters()).device.type
    model.working = torch.bfloat16 if device == "cuda" else torch.float32
    return model


def save(model: Any, folder: Path, about: dict[str, Any], eight_bits: bool = False) -> str:
    """Write a checkpoint: configuration, weights, what is known of it; returns its fingerprint.

    Arguments:
        eight_bits: weights as whole numbers of 8 bits with a scale a row, a quarter of the size.
    """
    from safetensors.numpy import save as packed

    arrays: dict[str, Any] = {}
    for name, tensor in model.state_dict().items():
        array = tensor.detach().float().cpu().numpy()
        if eight_bits and array.ndim == 2:
            scale = np.maximum(np.abs(array).max(1, keepdims=True), 1e-9) / 127
            arrays[name] = np.rint(array / scale).astype(np.int8)
            arrays[name + ".scale"] = scale.astype(np.float32)
        else:
            arrays[name] = array
    content = packed(arrays)
    fingerprint = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    settings = (json.dumps(model.config.to_dict(), indent=1) + "\n").encode()
    write_atomic(folder / CONFIG, settings)
    write_atomic(folder / WEIGHTS, content)
    told = about | {"vocabulary": tokens.VERSION, "sha256": fingerprint}
    told["config_sha256"] = hashlib.sha256(settings).hexdigest()
    write_atomic(folder / ABOUT, (json.dumps(told, indent=1) + "\n").encode())
    return fingerprint


@dataclass(frozen=True)
class Checkpoint:
    """A model that was read.

    Arguments:
        model: in evaluation mode, float32 on the CPU, bfloat16 on a GPU.
        about: what its training left.
        sha256: of its weights' file.
    """

    model: Any
    about: dict[str, Any]
    sha256: str
    device: str

    @property
    def feedback(self) -> int:
        """Values of each line's result that its training showed behind the line; 0: none."""
        return int(self.about.get("plan", {}).get("mix", {}).get("feedback", 0))


SHIPPED = Path(__file__).parent / "shipped"
"""Checkpoints that come with the package, by name."""


def place(name: str) -> Path:
    """A checkpoint's folder: one that is there, or one that comes with the package."""
    folder, shipped = Path(name), SHIPPED / name
    return shipped if not (folder / ABOUT).exists() and (shipped / ABOUT).exists() else folder


def load(folder: Path, device: str = "") -> Checkpoint:
    """Read a checkpoint; the name of a shipped one will do.

    Raises:
        InputError: the folder holds none, or it was altered or is of another vocabulary.
    """
    torch = needed()
    from safetensors.numpy import load as unpacked
    from transformers import LlamaConfig

    from codelength.synthesis.seqcoder.network import Network

    folder = place(str(folder))
    if (folder / PLAN).exists() and not (folder / ABOUT).exists():
        raise InputError(f"the training in {folder} has not ended; the same command goes on")
    if not (folder / ABOUT).exists():
        known = ", ".join(sorted(one.name for one in SHIPPED.iterdir() if one.is_dir()))
        raise InputError(f"{folder} is no SeqCoder checkpoint; with the package come: {known}")
    try:
        about = dict(json.loads((folder / ABOUT).read_text()))
        settings = (folder / CONFIG).read_bytes()
        config = LlamaConfig.from_dict(json.loads(settings))
        content = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{folder} is no SeqCoder checkpoint: {error}") from error
    if about.get("config_sha256", "") != hashlib.sha256(settings).hexdigest():
        raise InputError(f"{folder / CONFIG} was altered")
    fingerprint = hashlib.sha256(content).hexdigest()
    if about.get("sha256") != fingerprint:
        raise InputError(f"{folder / WEIGHTS} was altered: its sha256 is {fingerprint[:12]}...")
    if about.get("vocabulary") != tokens.VERSION:
        raise InputError(f"{folder} has vocabulary {about.get('vocabulary')}, not {tokens.VERSION}")
    arrays = unpacked(content)
    state = {}
    for name, array in arrays.items():
        if name.endswith(".scale"):
            continue
        scale = arrays.get(name + ".scale")
        state[name] = torch.from_numpy(array if scale is None else array * scale).float()
    model = Network(config)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(f"{folder / WEIGHTS} does not fit its configuration") from error
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model = prepared(model.to(device))
    return Checkpoint(model.eval(), about, fingerprint, device)
