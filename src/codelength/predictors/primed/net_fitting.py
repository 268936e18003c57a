"""Fits the net of a kind of sound, by gradients, and rounds it. Needs PyTorch."""

import math
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant
from codelength.errors import InputError
from codelength.predictors.primed.densities import UNIFORM
from codelength.predictors.primed.kinds import Kind
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.net import (
    COMPONENTS,
    INPUTS,
    LEAST_SIZE,
    ONE_BITS,
    Net,
    inputs_of,
    new_state,
    no_net,
)
from codelength.predictors.primed.slots import Array

Said = Callable[[str], None]
Floats = npt.NDArray[np.float32]
BATCH = 64
RATE = 4e-3
SAME_EVERYWHERE = {"MKL_CBWR": "COMPATIBLE", "ATEN_CPU_CAPABILITY": "default"}
"""Of the environment, before PyTorch is loaded: what every x86-64 processor has, in one order."""
MISSING = "PyTorch fits models of sound: pip install 'codelength[lm]'"


class Plan(NamedTuple):
    """How a net is fitted.

    Arguments:
        state: of its unit; `order`: taps.
        steps: of so many items each.
        dropped: the share of the state that is left out in a step.
    """

    state: int
    order: int
    steps: int
    dropped: float


PLANS = {
    "audio_16bit": Plan(96, 24, 6000, 0.0),
    "audio_8bit": Plan(96, 20, 4000, 0.0),
    "audio_mfcc": Plan(64, 16, 1200, 0.1),
}


class Batch(NamedTuple):
    """Items to learn from, float32.

    Arguments:
        inputs: `[items, samples, INPUTS]`.
        past: the last samples `[items, samples, order]`.
        sizes, samples: `[items, samples]`.
    """

    inputs: Floats
    past: Floats
    sizes: Floats
    samples: Floats


def drawn_batch(
    net: Net, series: list[Floats], bits: int, skip: int, order: int, length: int, drawn: Any
) -> Batch:
    """Items from anywhere in the data.

    Arguments:
        series: levels of recordings.
    """
    half = 1 << (bits - 1)
    state = new_state(net)
    rooms = np.array([max(0, len(one) - length) for one in series], np.float64)
    inputs = np.zeros((BATCH, length - skip, INPUTS), np.int64)
    sizes = np.zeros((BATCH, length - skip), np.int64)
    samples = np.zeros((BATCH, length - skip))
    past = np.zeros((BATCH, length - skip, order))
    for k in range(BATCH):
        one = series[drawn.choice(len(series), p=rooms / rooms.sum())]
        at = int(drawn.integers(0, len(one) - length))
        item = varied(one[at : at + length], bits, skip, drawn)
        where = constant(0), constant(length), constant(half), constant(skip)
        inputs_of(net, state, item, *where, inputs[k], sizes[k])
        values = item[skip:].astype(np.int64) - half
        samples[k] = values
        for n in range(order):
            past[k, n + 1 :, n] = values[: len(values) - n - 1]
    return Batch(*(one.astype(np.float32) for one in (inputs / 256, past, sizes / 256, samples)))


def varied(levels: Floats, bits: int, skip: int, drawn: Any) -> Units:
    """An item like another one: a little louder or softer, turned upside down or not."""
    half = 1 << (bits - 1)
    if bits == 8 and not skip:  # rounded down, they are not to be rounded again
        values = levels if drawn.random() < 0.5 else -1 - levels
    else:
        values = np.rint(levels * drawn.choice([-1, 1]) * math.exp(drawn.uniform(-0.3, 0.3)))
    if skip:
        values = np.concatenate([values[:1], np.diff(values)])
        return ((values + half) % (2 * half)).astype(np.int32)
    return values.clip(-half, half - 1).astype(np.int32) + half


def fit_net(kind: Kind, series: list[Units], length: int, seed: int, say: Said) -> Net:
    """The net of a kind: the same on all x86-64 machines, if PyTorch was not loaded before.

    Arguments:
        series: units of recordings.
        length: units of an item.
        seed: of first weights, and of the items that are drawn.

    Raises:
        InputError: PyTorch is not installed, or no recording has more than an item.
    """
    series = [one for one in series if len(one) > length]
    if not series:
        raise InputError(f"no recording has more than {length} samples; fit on longer ones")
    before = dict(os.environ)
    os.environ.update(SAME_EVERYWHERE)
    try:
        import torch
    except ImportError as error:
        raise InputError(MISSING) from error
    threads, mkldnn = torch.get_num_threads(), torch.backends.mkldnn.enabled
    torch.set_num_threads(1)  # sums in another order would round otherwise
    torch.backends.mkldnn.enabled = False
    try:
        return _fitted(kind, series, length, seed, say)
    finally:
        torch.set_num_threads(threads)
        torch.backends.mkldnn.enabled = mkldnn
        for name in SAME_EVERYWHERE:  # not for the processes that come after
            os.environ.pop(name, None)
            if name in before:
                os.environ[name] = before[name]


def _fitted(kind: Kind, series: list[Units], length: int, seed: int, say: Said) -> Net:
    import torch

    plan, bits, skip = PLANS[kind.name], kind.layout.bits, int(kind.layout.differences)
    torch.manual_seed(seed)
    drawn = np.random.default_rng(seed)
    half = 1 << (bits - 1)
    mean = np.mean([np.abs(one[skip:].astype(np.int64) - half).mean() for one in series])
    levels = [one.astype(np.int64) - half for one in series]
    levels = [np.cumsum(one) if skip else one for one in levels]
    size = np.array([max(LEAST_SIZE, round(mean * 256))], np.int64)
    first = first_masses(series, bits) if skip else np.zeros(0, np.int64)
    start = no_net()._replace(start=size, first=first)
    unit = torch.nn.GRU(INPUTS, plan.state, batch_first=True)
    out = torch.nn.Linear(plan.state, plan.order + 3 * COMPONENTS)
    with torch.no_grad():
        out.weight *= 0.3
        out.bias.zero_()
        batch = drawn_batch(start, levels, bits, skip, plan.order, length, drawn)
        past, sizes, samples = (torch.from_numpy(one).double() for one in batch[1:])
        scaled, goal = (past / sizes[..., None]).flatten(0, 1), (samples / sizes).flatten()
        ridge = scaled.T @ scaled + 0.01 * len(goal) * torch.eye(plan.order).double()
        out.bias[: plan.order] = torch.linalg.solve(ridge, scaled.T @ goal)
        spread = torch.arange(COMPONENTS) - (COMPONENTS - 1) / 2
        out.bias[plan.order + COMPONENTS : plan.order + 2 * COMPONENTS] = spread - 1.0
    weights = [*unit.parameters(), *out.parameters()]
    adam = torch.optim.AdamW(weights, lr=RATE, betas=(0.9, 0.98), weight_decay=0.02)
    seen = 0.0
    for step in range(plan.steps):
        fallen = 0.01 + 0.99 * (1 + math.cos(math.pi * step / plan.steps)) / 2
        adam.param_groups[0]["lr"] = RATE * min(1.0, step / 50) * fallen
        batch = drawn_batch(start, levels, bits, skip, plan.order, length, drawn)
        told, _ = unit(torch.from_numpy(batch.inputs))
        told = torch.nn.functional.dropout(told, plan.dropped)
        loss = bits_of(out(told), batch, bits, plan.order).mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        seen = 0.98 * seen + 0.02 * loss.item()
        if (step + 1) % 200 == 0:
            lately = seen / (1 - 0.98 ** (step + 1))
            say(f"{kind.name}: {step + 1} of {plan.steps} steps, {lately:.4f} bits a sample")
    return rounded(unit, out, start)


def first_masses(series: list[Units], bits: int) -> Array:
    """The mass below each value that an item of differences may begin with."""
    half = 1 << (bits - 1)
    levels = np.concatenate([np.cumsum(one.astype(np.int64) - half) for one in series])
    counts = np.bincount((levels + half) % (2 * half), minlength=2 * half)
    mass = np.maximum(1, (counts + 1) * (1 << 15) // (counts.sum() + 2 * half))
    return np.concatenate([[0], np.cumsum(mass)])


def bits_of(told: Any, batch: Batch, bits: int, order: int) -> Any:
    """Bits of each sample, a tensor `[items, samples]`."""
    import torch
    from torch.nn.functional import logsigmoid

    past, sizes, samples = (torch.from_numpy(one) for one in batch[1:])
    places, scales, chances = told[..., order:].split(COMPONENTS, dim=-1)
    mean = (told[..., :order] * past).sum(-1)
    centre = mean[..., None] + places * sizes[..., None]
    inverse = torch.exp(-scales.clamp(-6.9, 6.9)) / sizes[..., None]
    half = float(1 << (bits - 1))

    def mass(low: Any, high: Any) -> Any:
        low, high = (low - centre) * inverse, (high - centre) * inverse
        inside = torch.log(-torch.expm1((low - high).clamp(max=-1e-6)))
        return logsigmoid(high) + logsigmoid(-low) + inside

    at = samples[..., None]
    chances = torch.log_softmax(chances, -1)
    all_of = torch.logsumexp(chances + mass(at * 0 - half - 0.5, at * 0 + half - 0.5), -1)
    one = torch.logsumexp(chances + mass(at - 0.5, at + 0.5), -1)
    even = torch.full_like(one, -math.log(2) * (UNIFORM + bits))
    whole = torch.logaddexp(all_of, even + bits * math.log(2))
    return (whole - torch.logaddexp(one, even)) / math.log(2)


def rounded(unit: Any, out: Any, start: Net) -> Net:
    """A net of integers."""

    def whole(tensor: Any, bits: int) -> npt.NDArray[np.float64]:
        most = 32767 if bits == ONE_BITS else (1 << 31) - 1
        rounded = np.round(tensor.detach().numpy().astype(np.float64) * (1 << bits))
        return np.clip(rounded, -most, most)

    biases = whole(unit.bias_hh_l0, 2 * ONE_BITS), whole(unit.bias_ih_l0, ONE_BITS + 8)
    return Net(
        np.ascontiguousarray(whole(unit.weight_hh_l0, ONE_BITS).T),
        np.ascontiguousarray(whole(unit.weight_ih_l0, ONE_BITS).T),
        np.stack(biases),
        np.ascontiguousarray(whole(out.weight, ONE_BITS).T),
        whole(out.bias, 2 * ONE_BITS),
        start.start,
        start.first,
    )
