"""A causal model whose logits come out the same wherever its messages are read, or that says so.

`portable`: float64 throughout, so that logits are off by some 1e-13 between machines, thread counts
and ways of computing them, and on a grid of 1 / 1024 by nothing. Written by whole windows, read
step by step. `lockstep`: float32, both ends step the same batch; bound to a device and threads.
"""

import math
from contextlib import nullcontext
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from codelength.predictors.lm.double import double
from codelength.predictors.lm.tables import GRID, Grid
from codelength.predictors.lm.weights import Weights

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Exact = Literal["portable", "lockstep"]
EXACT: tuple[Exact, ...] = ("portable", "lockstep")
FARTHEST = 1 << 20
"""Steps to which logits are clipped: -inf, for tokens that a model never says, is a number too."""


class Reader:
    """Some texts that a model reads in step, each from its own beginning.

    Arguments:
        weights: of the model.
        exact: see the module.
    """

    def __init__(self, weights: Weights, exact: Exact) -> None:
        import torch

        self.exact = exact
        kind = torch.float64 if exact == "portable" else torch.float32
        self._model = weights.model_in(kind)
        self._device = weights.device
        self._past: Any = None
        self._logits: Any = None

    def read(self, tokens: Array) -> Grid:
        """The logits behind each of `tokens`, int64 `[n, k]`, as steps: int32 `[n, k, symbols]`."""
        import torch

        given = torch.from_numpy(tokens).to(self._device)
        with torch.inference_mode(), self._precision():
            said = self._model(input_ids=given, past_key_values=self._past, use_cache=True)
            self._past, self._logits = said.past_key_values, said.logits
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

    def _precision(self) -> Any:
        return double() if self.exact == "portable" else nullcontext()
