"""A causal model whose logits come out the same where its messages are read: two ways.

`portable` computes in float64, so its logits are off by some 1e-13 between machines, thread counts
and batches, and whole windows against single steps. On a grid of 1 / 64 nearly all of them round
alike; where one that counts does not, a reader finds the message damaged.

`lockstep` computes in float32, where rounding would hide far less. So writer and reader do the very
same: single steps of the same number of rows, on the same device, with the same number of threads
and the same libraries. All of that is part of the protocol, and elsewhere its messages are refused.
"""

import math
import os
import platform
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding.grid import GRID
from codelength.coding.tally import count
from codelength.errors import InputError
from codelength.predictors.lm.double import double
from codelength.predictors.lm.memory import new_memory
from codelength.predictors.lm.tables import Grid
from codelength.predictors.lm.weights import Weights

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PORTABLE, LOCKSTEP = "portable", "lockstep"
MODES = (PORTABLE, LOCKSTEP)
FARTHEST = 1 << 20
"""Steps to which logits are clipped: -inf, for tokens that a model never says, is a number too."""
SETTINGS = ("MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA",
            "MKL_DYNAMIC", "OMP_DYNAMIC")  # fmt: skip
"""Of the environment, by which libraries choose other instructions, or other threads as they go."""
PROCESSOR = ("vendor_id", "cpu family", "model")
"""What tells kinds of processor apart, as Linux names it."""


def surroundings(weights: Weights) -> str:
    """All that float32 logits depend on besides the weights, in a line.

    Example: "cpu AuthenticAMD-25-1 AVX2, 2 threads, torch 2.13.0+cpu, transformers 5.23.0".
    """
    import torch

    if weights.device.type == "cpu":
        capability = torch.backends.cpu.get_cpu_capability()
        kind = f"cpu {_processor()} {capability}, {torch.get_num_threads()} threads"
    else:
        kind = f"{weights.device.type} {torch.cuda.get_device_name(weights.device)}"
    for name in SETTINGS:
        if given := os.environ.get(name):
            kind += f", {name}={given}"
    return f"{kind}, torch {torch.__version__}, transformers {version('transformers')}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        return platform.machine()
    found = {key.strip(): value.strip() for key, _, value in (one.partition(":") for one in lines)}
    return "-".join(found.get(key, "") for key in PROCESSOR) or platform.machine()


class Reader:
    """Some texts that a model reads in step, each from its own beginning.

    Arguments:
        weights: of the model.
        exact: `PORTABLE` or `LOCKSTEP`; the latter is given one token a row at a time.
    """

    def __init__(self, weights: Weights, exact: str = PORTABLE) -> None:
        self._weights, self._exact = weights, exact
        self._model = weights.double if exact == PORTABLE else weights.model
        self._memory = new_memory(self._model.config)
        self._logits: Any = None

    def read(self, tokens: Array, columns: Array | None = None) -> Grid:
        """The logits behind each of `tokens`, int64 `[n, k]`, as steps: int32 `[n, k, symbols]`.

        Arguments:
            columns: the symbols that are wanted, int64 `[u]`; all by default.

        Raises:
            InputError: the model keeps no keys and values that a step could go on from.
        """
        import torch

        if self._exact == LOCKSTEP and tokens.shape[1] != 1:
            raise ValueError("in lockstep a row is given one token at a time")
        count("model_calls")
        count("model_tokens", tokens.size)
        given = torch.from_numpy(np.ascontiguousarray(tokens)).to(self._weights.device)
        with torch.inference_mode(), self._precision():
            said = self._model(input_ids=given, past_key_values=self._memory, use_cache=True)
            if getattr(said, "past_key_values", None) is None:
                raise InputError(
                    f"{type(self._model).__name__} keeps no keys and values; take another model"
                )
            self._logits = said.logits
            if columns is not None:
                self._logits = said.logits[..., torch.from_numpy(columns).to(said.logits.device)]
            steps = (self._logits * GRID).nan_to_num_(nan=-FARTHEST)
            steps = steps.clamp_(-FARTHEST, FARTHEST).round_().to(torch.int32)
        grid: Grid = steps.cpu().numpy()
        return grid

    def bits(self, symbols: Array) -> Floats:
        """The bits of symbols, int64 `[n, k]`, by the logits that were read last, unrounded."""
        import torch

        own = torch.from_numpy(np.ascontiguousarray(symbols)).to(self._weights.device)[..., None]
        with torch.inference_mode():
            nats = self._logits.logsumexp(-1) - self._logits.gather(-1, own)[..., 0]
        found: Floats = nats.double().cpu().numpy() / math.log(2)
        return found

    def logits(self) -> Floats:
        """What was read last, unrounded, float64 `[n, k, symbols]`."""
        found: Floats = self._logits.double().cpu().numpy()
        return found

    def _precision(self) -> AbstractContextManager[None]:
        return double() if self._exact == PORTABLE else nullcontext()
