"""A causal model whose logits come out the same wherever its messages are read.

It computes in float64, so its logits are off by some 1e-13 between machines, thread counts and
batches, and whole windows against single steps. On a grid of 1 / 64 nearly all of them round alike;
where one that counts does not, a reader finds the message damaged.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.errors import InputError
from codelength.predictors.lm.double import double
from codelength.predictors.lm.tables import GRID, Grid
from codelength.predictors.lm.weights import Weights

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FARTHEST = 1 << 20
"""Steps to which logits are clipped: -inf, for tokens that a model never says, is a number too."""


class Reader:
    """Some texts that a model reads in step, each from its own beginning.

    Arguments:
        weights: of the model.
    """

    def __init__(self, weights: Weights) -> None:
        self._model, self._device = weights.double, weights.device
        self._past: Any = None
        self._logits: Any = None

    def read(self, tokens: Array) -> Grid:
        """The logits behind each of `tokens`, int64 `[n, k]`, as steps: int32 `[n, k, symbols]`.

        Raises:
            InputError: the model keeps no keys and values that a step could go on from.
        """
        import torch

        given = torch.from_numpy(tokens).to(self._device)
        with torch.inference_mode(), double():
            said = self._model(input_ids=given, past_key_values=self._past, use_cache=True)
            self._past, self._logits = getattr(said, "past_key_values", None), said.logits
            if self._past is None:
                raise InputError(
                    f"{type(self._model).__name__} keeps no keys and values; take another model"
                )
            steps = torch.nan_to_num(said.logits.double() * GRID, nan=-FARTHEST)
            steps = steps.clamp(-FARTHEST, FARTHEST).round().to(torch.int32)
        grid: Grid = steps.cpu().numpy()
        return grid

    def bits(self, symbols: Array) -> Floats:
        """The bits of symbols, int64 `[n, k]`, by the logits that were read last, unrounded."""
        import torch

        own = torch.from_numpy(np.ascontiguousarray(symbols)).to(self._device)[..., None]
        with torch.inference_mode():
            logits = self._logits.double()
            nats = logits.logsumexp(-1) - logits.gather(-1, own)[..., 0]
        found: Floats = nats.cpu().numpy() / math.log(2)
        return found
