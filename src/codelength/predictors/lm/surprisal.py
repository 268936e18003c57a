"""What each token of a text costs by a model, in bits: one float32 pass, and no message.

Example: Surprisal(load("smollm2-135m")).price(b"Paris is in France") -> tokens "Paris", " is", ...
and their bits. Tokens and windows are those that `codecs.lmic` sends; the sums are estimates.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from codelength.predictors.lm.exact import Array, Floats
from codelength.predictors.lm.weights import Weights

SLICE = 1 << 24
"""Logits that are in memory at once, 64 MiB."""
TOKENS = 1024
"""Of a batch on a processor, whose caches larger ones leave."""
WHOLE = 1 << 26
"""Logits of a batch, for models that give them only all at once."""
PLAIN = 8
"""Bits of an escaped byte, behind its escape token."""
PROBE = 16
"""Tokens by which `has_plain_head` compares."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Priced:
    """The tokens of a text in order, and what each costs.

    Arguments:
        tokens: int64 `[n]`, as `Vocabulary.split` gives them, escaped bytes too.
        sizes: int64 `[n]`, the bytes that each token spells; they sum to the text's.
        bits: float64 `[n]`; of an escaped byte, the escape token's and 8.
    """

    tokens: Array
    sizes: Array
    bits: Floats

    @property
    def total(self) -> float:
        """The bits of all tokens."""
        return float(self.bits.sum())


@cache
def has_plain_head(weights: Weights) -> bool:
    """Whether logits are what the output layer makes of the base model's states, and no more.

    Found by comparing; models that scale or cap their logits have no plain head.
    """
    import torch

    model = weights.model
    base, head = model.base_model, model.get_output_embeddings()
    if base is model:
        return False
    asked = torch.arange(PROBE, device=weights.device)[None] % weights.symbols
    with torch.inference_mode():
        states = getattr(base(input_ids=asked, use_cache=False), "last_hidden_state", None)
        if states is None or states.shape[-1] != head.weight.shape[-1]:
            return False
        logits = model(input_ids=asked, use_cache=False).logits
        return bool(torch.allclose(head(states), logits, rtol=1e-5, atol=1e-4))


@dataclass(frozen=True, eq=False)
class Surprisal:
    """Prices texts by a model, many windows at once.

    Arguments:
        window: tokens after which the model starts anew, behind the escape token.
        batch: windows at once, at most.
    """

    weights: Weights
    window: int = 1024
    batch: int = 16

    @cached_property
    def span(self) -> int:
        """Tokens of a window: so many that the model can look back on all."""
        return min(self.window, self.weights.context)

    def price(self, text: bytes) -> Priced:
        """The price of one text."""
        (priced,) = self.prices([text])
        return priced

    def prices(self, texts: Sequence[bytes], progress: Progress | None = None) -> Iterator[Priced]:
        """The prices of texts, in order.

        Arguments:
            progress: is called with (tokens done, tokens in all).
        """
        split = [np.array(self.weights.vocabulary.split(text), np.int64) for text in texts]
        windows = [
            tokens[first : first + self.span]
            for tokens in split
            for first in range(0, len(tokens), self.span)
        ]
        found: list[Floats] = [np.zeros(0)] * len(windows)
        done, total = 0, sum(map(len, windows))
        for some in self._batches([len(one) for one in windows]):
            for k, bits in zip(some, self._bits([windows[k] for k in some]), strict=True):
                found[k] = bits
                done += len(bits)
            if progress:
                progress(done, total)
        parts = iter(found)
        for tokens in split:
            own = [next(parts) for _ in range(0, len(tokens), self.span)]
            yield Priced(tokens, self._sizes(tokens), np.concatenate([np.zeros(0), *own]))

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Windows that are read at once, the longest first; at most a quarter of it is padding."""
        most = self.batch
        if not has_plain_head(self.weights):
            most = max(1, min(most, WHOLE // (self.span * self.weights.symbols)))
        tokens = TOKENS if self.weights.device.type == "cpu" else most * self.span
        some: list[int] = []
        for k in sorted(range(len(lengths)), key=lambda k: -lengths[k]):
            longest = lengths[some[0] if some else k]
            full = len(some) == most or (len(some) + 1) * longest > tokens
            if some and (full or 4 * lengths[k] < 3 * longest):
                yield some
                some = []
            some.append(k)
        if some:
            yield some

    def _bits(self, windows: Sequence[Array]) -> list[Floats]:
        """The bits of the tokens of some windows."""
        import torch

        words, lengths = self.weights.vocabulary, [len(one) for one in windows]
        asked = np.full((len(windows), max(lengths)), words.escape, np.int64)
        flat = np.concatenate(windows)
        own = np.where(flat < words.symbols, flat, words.escape)
        parts = np.split(own, np.cumsum(lengths)[:-1])
        for row, part in zip(asked, parts, strict=True):
            row[1 : len(part)] = part[:-1]
        on = np.arange(asked.shape[1]) < np.array(lengths)[:, None]
        device = self.weights.device
        places = torch.from_numpy(np.flatnonzero(on)).to(device)
        said = torch.from_numpy(own).to(device)
        step = max(1, SLICE // self.weights.symbols)
        nats = []
        with torch.inference_mode():
            states, head = self._states(torch.from_numpy(asked).to(device))
            for first in range(0, len(places), step):
                some = slice(first, first + step)
                logits = head(states[places[some]])
                mine = logits.gather(-1, said[some, None])
                most = logits.amax(-1, keepdim=True)
                # In place: new pages for every slice take longer than the sums.
                total = logits.sub_(most).exp_().sum(-1, keepdim=True)
                nats.append((total.log() + most - mine)[:, 0].double())
            bits = torch.cat(nats).cpu().numpy() / math.log(2)
        bits += PLAIN * (flat >= words.symbols)
        return np.split(bits, np.cumsum(lengths)[:-1])

    def _states(self, asked: Any) -> tuple[Any, Callable[[Any], Any]]:
        """A row for each position of `asked`, `[n, k]`; and what makes logits of rows.

        The logits of the rows before are overwritten.
        """
        import torch

        model = self.weights.model
        if has_plain_head(self.weights):
            states = model.base_model(input_ids=asked, use_cache=False).last_hidden_state
            head = model.get_output_embeddings()
            if type(head) is not torch.nn.Linear or head.bias is not None:
                return states.flatten(0, 1), head
            room = torch.empty(0)

            def logits(rows: Any) -> Any:
                nonlocal room
                if len(room) < len(rows):
                    room = rows.new_empty(len(rows), len(head.weight))
                return torch.mm(rows, head.weight.t(), out=room[: len(rows)])

            return states.flatten(0, 1), logits
        return model(input_ids=asked, use_cache=False).logits.flatten(0, 1), lambda rows: rows

    def _sizes(self, tokens: Array) -> Array:
        """The bytes that each token spells."""
        words = self.weights.vocabulary
        sizes = np.array([len(one or b"") for one in words.spelled], np.int64)
        sizes = np.pad(sizes, (0, words.symbols - len(sizes)))
        return np.where(tokens < words.symbols, sizes[np.minimum(tokens, words.symbols - 1)], 1)
