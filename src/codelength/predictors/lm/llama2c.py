"""Checkpoints of llama2.c (github.com/karpathy/llama2.c), the first format, for transformers.

A folder holds `checkpoint_legacy.bin`: seven int32 (dim, hidden, layers, heads, key heads,
vocabulary, context; a negative vocabulary: the output has weights of its own), then float32
tensors; and `tokenizer.bin`: the longest piece's length, then of each token its score, its length
and its bytes.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.errors import InputError

CHECKPOINT, TOKENIZER = "checkpoint_legacy.bin", "tokenizer.bin"
FIELDS = 7
SPACE = "\u2581"
"""How SentencePiece writes a space."""

Floats = npt.NDArray[np.float32]


def is_llama2c(folder: Path) -> bool:
    """Whether a folder holds such a checkpoint."""
    return (folder / CHECKPOINT).is_file() and (folder / TOKENIZER).is_file()


class Tensors:
    """Reads the tensors of a file one behind another."""

    def __init__(self, data: bytes) -> None:
        self._values = np.frombuffer(data, np.float32, offset=4 * FIELDS)
        self._at = 0

    def take(self, *shape: int) -> Floats:
        """The next tensor.

        Raises:
            InputError: the file ends before.
        """
        size = int(np.prod(shape))
        if self._at + size > len(self._values):
            raise InputError(f"{CHECKPOINT} is cut off")
        found = self._values[self._at : self._at + size].reshape(shape)
        self._at += size
        return found


def halves(weight: Floats, heads: int) -> Floats:
    """Rows of a projection, from pairs that rotate side by side to halves that rotate (RoPE)."""
    rows, columns = weight.shape
    pairs = weight.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)


def read_model(folder: Path) -> Any:
    """The model of a folder.

    Raises:
        InputError: the file is cut off, or no such checkpoint.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    data = (folder / CHECKPOINT).read_bytes()
    if len(data) < 4 * FIELDS:
        raise InputError(f"{folder / CHECKPOINT} is cut off")
    dim, hidden, layers, heads, keys, vocabulary, context = struct.unpack_from(f"<{FIELDS}i", data)
    shared, vocabulary = vocabulary > 0, abs(vocabulary)
    if min(dim, hidden, layers, heads, keys, vocabulary, context) < 1 or dim % heads:
        raise InputError(f"{folder / CHECKPOINT} is no checkpoint of llama2.c")
    width = dim // heads
    tensors = Tensors(data)
    found: dict[str, Floats] = {"model.embed_tokens.weight": tensors.take(vocabulary, dim)}
    shapes = (
        ("input_layernorm", (dim,)),
        ("self_attn.q_proj", (dim, dim)),
        ("self_attn.k_proj", (keys * width, dim)),
        ("self_attn.v_proj", (keys * width, dim)),
        ("self_attn.o_proj", (dim, dim)),
        ("post_attention_layernorm", (dim,)),
        ("mlp.gate_proj", (hidden, dim)),
        ("mlp.down_proj", (dim, hidden)),
        ("mlp.up_proj", (hidden, dim)),
    )
    turned = {"self_attn.q_proj": heads, "self_attn.k_proj": keys}
    for name, shape in shapes:
        for layer, one in enumerate(tensors.take(layers, *shape)):
            weight = halves(one, turned[name]) if name in turned else one
            found[f"model.layers.{layer}.{name}.weight"] = weight
    found["model.norm.weight"] = tensors.take(dim)
    tensors.take(2, context, width // 2)  # rotary angles, which follow from the sizes
    first = found["model.embed_tokens.weight"]
    found["lm_head.weight"] = first if shared else tensors.take(vocabulary, dim)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=dim,
        intermediate_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=keys,
        max_position_embeddings=context,
        rms_norm_eps=1e-5,
        tie_word_embeddings=shared,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = LlamaForCausalLM(config)
    model.load_state_dict({name: torch.from_numpy(one.copy()) for name, one in found.items()})
    return model


def read_tokenizer(folder: Path, symbols: int) -> Any:
    """The tokenizer of a folder: SentencePiece's pairs, merged best first, with bytes to fall back.

    Raises:
        InputError: the file is cut off.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    data = (folder / TOKENIZER).read_bytes()
    pieces, at = [], 4
    try:
        for _ in range(symbols):
            _, size = struct.unpack_from("<fi", data, at)
            text = data[at + 8 : at + 8 + size].decode()
            pieces.append(text.replace(" ", SPACE))
            at += 8 + size
    except (struct.error, UnicodeDecodeError) as error:
        raise InputError(f"{folder / TOKENIZER} is damaged: {error}") from error
    pieces[:3] = ["<unk>", "<s>", "</s>"]
    numbers = {piece: number for number, piece in reversed(list(enumerate(pieces)))}
    merges = []
    for piece in pieces[3 + 256 :]:
        halves_of = [(piece[:k], piece[k:]) for k in range(1, len(piece))]
        known = [pair for pair in halves_of if all(part in numbers for part in pair)]
        merges += sorted(known, key=lambda pair: (numbers[pair[0]], numbers[pair[1]]))
    made = Tokenizer(models.BPE(numbers, merges, unk_token="<unk>", byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", SPACE)
    made.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    wrapped: Any = PreTrainedTokenizerFast
    return wrapped(tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>")
