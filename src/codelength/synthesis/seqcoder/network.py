"""The transformer itself: Llama's, with Llama's names, so that its checkpoints load as one.

Example: Network(configuration(PRESETS["tiny"]))(ids) -> logits `[rows, tokens, SIZE]`.

The transformers library's own module is right too, and a test holds this one to it; this one keeps
its cache in place (there a step copies all of it) and works in bfloat16 on a GPU.
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    """Queries, keys, values and what leads back."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)


class Gated(nn.Module):
    """A gated two-layer net."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(width, hidden, bias=False)
        self.up_proj = nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)


class Layer(nn.Module):
    """Attention, then the gated net, each behind a norm."""

    def __init__(self, width: int, hidden: int, eps: float) -> None:
        super().__init__()
        self.self_attn = Attention(width)
        self.mlp = Gated(width, hidden)
        self.input_layernorm = nn.RMSNorm(width, eps)
        self.post_attention_layernorm = nn.RMSNorm(width, eps)


class Body(nn.Module):
    """Embeddings, layers, the last norm."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        width, eps = config.hidden_size, config.rms_norm_eps
        self.embed_tokens = nn.Embedding(config.vocab_size, width)
        self.layers = nn.ModuleList(
            Layer(width, config.intermediate_size, eps) for _ in range(config.num_hidden_layers)
        )
        self.norm = nn.RMSNorm(width, eps)


class Cache:
    """Keys and values of rows that are being written, in place.

    Arguments:
        keys, values: a tensor `[rows, heads, room, size]` a layer.
        there: which places count, bool `[rows, room]`; rows begin at different places.
        used: places that are filled.
    """

    def __init__(
        self, keys: list[torch.Tensor], values: list[torch.Tensor], there: torch.Tensor, used: int
    ) -> None:
        self.keys, self.values, self.there, self.used = keys, values, there, used

    def grown(self, room: int) -> None:
        """Make room for so many more places."""
        self.keys = [F.pad(one, (0, 0, 0, room)) for one in self.keys]
        self.values = [F.pad(one, (0, 0, 0, room)) for one in self.values]
        self.there = F.pad(self.there, (0, room))

    def select(self, rows: torch.Tensor) -> None:
        """Keep these rows, in this order, maybe several times."""
        for k in range(len(self.keys)):
            self.keys[k] = self.keys[k][rows]
            self.values[k] = self.values[k][rows]
        self.there = self.there[rows]


class Network(nn.Module):
    """The model.

    Arguments:
        config: a LlamaConfig with as many heads of keys as of queries, and tied embeddings.
    """

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.model = Body(config)
        self.heads = config.num_attention_heads
        self.size = config.hidden_size // self.heads
        self.working = torch.float32
        for one in self.modules():
            if isinstance(one, nn.Linear | nn.Embedding):
                nn.init.normal_(one.weight, std=config.initializer_range)

    def layers(self) -> list[Any]:
        """The layers, in order."""
        return list(self.model.layers)

    def turns(self, places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines of the rotation at places `[..., tokens]`."""
        base = getattr(self.config, "rope_theta", None) or 10_000.0
        half = torch.arange(0, self.size, 2, device=places.device, dtype=torch.float32)
        angle = places[..., None].float() * base ** (-half / self.size)
        angle = torch.cat([angle, angle], -1)
        return angle.cos().to(self.working), angle.sin().to(self.working)

    def linear(self, layer: nn.Linear, x: torch.Tensor) -> torch.Tensor:
        """A layer in the working precision."""
        return F.linear(x, layer.weight.to(self.working))

    def split(self, x: torch.Tensor) -> torch.Tensor:
        """`[rows, tokens, width]` as `[rows, heads, tokens, size]`."""
        return x.view(*x.shape[:2], self.heads, self.size).transpose(1, 2)

    def turned(self, x: torch.Tensor, turns: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Rotated by their places."""
        first, second = x.chunk(2, -1)
        return x * turns[0] + torch.cat([-second, first], -1) * turns[1]

    def forward(
        self,
        ids: torch.Tensor,
        places: torch.Tensor | None = None,
        there: torch.Tensor | None = None,
        cache: Cache | None = None,
        room: int = 0,
    ) -> Any:
        """Logits of every token; with `room`, of the last alone, and a new cache with that room.

        Arguments:
            ids: int64 `[rows, tokens]`; with a cache one token a row.
            places: of each token in its row; from 0 where not given.
            there: which tokens count, for rows that are padded on the left.
            cache: of the tokens before; the new ones join it.
        """
        if places is None:
            places = torch.arange(ids.shape[1], device=ids.device)[None]
        turns = self.turns(places)
        turns = (turns[0][:, None], turns[1][:, None])
        table = self.model.embed_tokens.weight
        if self.training:  # as a product: gradients of rows that occur often need no sorting
            x = F.one_hot(ids, len(table)).to(self.working) @ table.to(self.working)
            x = x.float()
        else:
            x = table[ids]
        mask = None
        keys: list[torch.Tensor] = []
        values: list[torch.Tensor] = []
        if cache is not None:
            cache.there[:, cache.used] = True
            mask = cache.there[:, None, None, : cache.used + 1]
        elif there is not None:
            ones = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool, device=ids.device)
            mask = (ones.tril() & there[:, None, :])[:, None] | torch.eye(
                ids.shape[1], dtype=torch.bool, device=ids.device
            )
        for number, layer in enumerate(self.layers()):
            a: Any = layer.self_attn
            normed = layer.input_layernorm(x).to(self.working)
            query = self.turned(self.split(self.linear(a.q_proj, normed)), turns)
            key = self.turned(self.split(self.linear(a.k_proj, normed)), turns)
            value = self.split(self.linear(a.v_proj, normed))
            if room:
                keys.append(F.pad(key, (0, 0, 0, room)))
                values.append(F.pad(value, (0, 0, 0, room)))
            if cache is not None:
                cache.keys[number][:, :, cache.used] = key[:, :, 0]
                cache.values[number][:, :, cache.used] = value[:, :, 0]
                key = cache.keys[number][:, :, : cache.used + 1]
                value = cache.values[number][:, :, : cache.used + 1]
            out = F.scaled_dot_product_attention(
                query, key, value, attn_mask=mask, is_causal=mask is None
            )
            out = out.transpose(1, 2).reshape(*ids.shape, -1)
            x = x + self.linear(a.o_proj, out)
            net: Any = layer.mlp
            normed = layer.post_attention_layernorm(x).to(self.working)
            gate = F.silu(self.linear(net.gate_proj, normed)) * self.linear(net.up_proj, normed)
            x = x + self.linear(net.down_proj, gate)
        if cache is not None:
            cache.used += 1
        if room or cache is not None:
            x = x[:, -1:]
        x = self.model.norm(x).to(self.working)
        logits = F.linear(x, self.model.embed_tokens.weight.to(self.working))
        if not room:
            return logits
        known = (
            torch.ones(ids.shape, dtype=torch.bool, device=ids.device) if there is None else there
        )
        return logits, Cache(keys, values, F.pad(known, (0, room)), ids.shape[1])
