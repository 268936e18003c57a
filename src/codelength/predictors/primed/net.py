"""Samples of sound: a recurrent net that emits taps, and a mixture of logistic densities.

A gated recurrent unit (Cho and others 2014) sees the last samples in terms of how large samples
have been of late. It emits what the last samples are multiplied with for the mean, and of each
component its place, scale and weight, in the same terms. Numbers are integers; sums of products
are made in doubles, in which they are exact, so that no order of summing changes them.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inlined, kernel
from codelength.predictors.primed.densities import (
    EVEN,
    FINE,
    IN_USE,
    INVERSE_BITS,
    LOG_BITS,
    MANTISSA,
    MASS_BITS,
    MEAN,
    PLACE_BITS,
    POWERS,
    UNIFORM,
    Mill,
    below,
    log2,
)
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.slots import Array

Doubles = npt.NDArray[np.float64]

ONE_BITS = 12
"""Weights and states are in 2^12ths."""
NEAR = 6
"""Last samples that the net sees."""
INPUTS = NEAR + 5
COMPONENTS = 4
MOST = 2047
"""Inputs are in 2^8ths, within +-8."""
FAST, SLOW = 12, 48
"""Samples that the mean size of samples rests on."""
LEAST_SIZE = 64
"""In 2^8ths."""
EDGE = 8 * 256
SIGMOID: Array = np.array(
    [round((1 << ONE_BITS) / (1 + math.exp(-z / 256))) for z in range(-EDGE, EDGE + 1)], np.int64
)
TANH: Array = np.array(
    [round((1 << ONE_BITS) * math.tanh(z / 256)) for z in range(-EDGE, EDGE + 1)], np.int64
)
STEEPEST = 10 << LOG_BITS
"""Of a scale over the size of samples, the logarithm at most."""
NATURAL = 94548
"""1 / ln 2, in 2^16ths."""
DTYPES = {
    "inner": "<i2",
    "outer": "<i2",
    "bias": "<i4",
    "out": "<i2",
    "out_bias": "<i4",
    "start": "<i4",
    "first": "<i4",
}
SIZE, SIZE_SLOW, COUNT, LEVEL = range(4)


class Net(NamedTuple):
    """What is fitted; doubles hold integers.

    Arguments:
        inner: from state to gates (reset, update, new), `[state, 3 state]`, 2^12 is 1.
        outer: from inputs to gates, `[INPUTS, 3 state]`.
        bias: of both, `[2, 3 state]`, in 2^24ths and 2^20ths.
        out: from state to taps and components, `[state, order + 3 COMPONENTS]`.
        out_bias: `[order + 3 COMPONENTS]`, in 2^24ths.
        start: the mean size of a sample, in 2^8ths, int64 `[1]`.
        first: where samples are differences, the mass below each value that may be the first, int64
            `[values + 1]`; else none.
    """

    inner: Doubles
    outer: Doubles
    bias: Doubles
    out: Doubles
    out_bias: Doubles
    start: Array
    first: Array


class State(NamedTuple):
    """Of an item.

    Arguments:
        state: `[state]`; `hidden`, `seen`: of the gates `[3 state]`; `told`: the output.
        inputs: int64 `[INPUTS]`.
        sizes: mean size of samples, fast and slow, in 2^8ths; how many samples; their sum.
    """

    state: Doubles
    hidden: Doubles
    seen: Doubles
    told: Doubles
    inputs: Array
    sizes: Array


def new_state(net: Net) -> State:
    """Room for an item."""
    size, gates = net.inner.shape
    floats = [np.zeros(n, np.float64) for n in (size, gates, gates, len(net.out_bias))]
    return State._make([*floats, np.zeros(INPUTS, np.int64), np.zeros(4, np.int64)])


def no_net() -> Net:
    """For kinds of data that have none."""
    none = np.zeros((0, 0), np.float64)
    return Net(none, none, none, none, np.zeros(0), np.zeros(1, np.int64), np.zeros(0, np.int64))


def arrays(net: Net) -> dict[str, npt.NDArray[Any]]:
    """Its arrays by name, as they are stored."""
    some = zip(DTYPES.items(), net, strict=True)
    return {f"net.{name}": one.astype(dtype) for (name, dtype), one in some}


def from_arrays(stored: Mapping[str, npt.NDArray[Any]], sound: bool, differences: bool) -> Net:
    """The mirror of `arrays`.

    Raises:
        ValueError: they do not fit together, or not to what is coded.
    """
    there = [stored[f"net.{name}"] for name in DTYPES]
    size, told = there[3].shape
    gates, inputs = 3 * size, INPUTS if sound else 0
    firsts = 257 if differences else 0
    shapes: list[tuple[int, ...]] = [(size, gates), (inputs, gates), (2 if sound else 0, gates)]
    shapes += [(size, told), (told,), (1,), (firsts,)]
    if [one.shape for one in there] != shapes or sound != (size > 0 and told >= 3 * COMPONENTS):
        raise ValueError(f"a net of {[one.shape for one in there]}, not {shapes}")
    for (name, dtype), one in zip(DTYPES.items(), there, strict=True):
        if one.dtype != dtype:
            raise ValueError(f"net.{name} is of {one.dtype}, not {dtype}")
    start, first = there[5], there[6]
    if (sound and start[0] < LEAST_SIZE) or (np.diff(first) <= 0).any():
        raise ValueError("a net whose first sizes or masses are none")
    return Net(
        *(one.astype(np.float64) for one in there[:5]), *(one.astype(np.int64) for one in there[5:])
    )


@inlined
def within(value: int, most: int) -> int:
    """Within +-most."""
    return max(-most, min(most, value))


@inlined
def restart_net(net: Net, state: State) -> None:
    """An item begins."""
    state.state[:] = 0.0
    state.sizes[SIZE] = state.sizes[SIZE_SLOW] = net.start[0]
    state.sizes[COUNT] = state.sizes[LEVEL] = 0


@inlined
def take_in(state: State, sample: int, given: bool) -> None:
    """A sample is known; one that was `given` counts for the level alone."""
    state.sizes[LEVEL] += sample
    if given:
        return
    count = state.sizes[COUNT]
    large = abs(sample) << 8
    size = state.sizes[SIZE] + (large - state.sizes[SIZE]) // min(count + 2, FAST)
    slow = state.sizes[SIZE_SLOW] + (large - state.sizes[SIZE_SLOW]) // min(count + 2, SLOW)
    state.sizes[SIZE], state.sizes[SIZE_SLOW] = max(size, LEAST_SIZE), max(slow, LEAST_SIZE)
    state.sizes[COUNT] = count + 1


@inlined
def look_at(state: State, past: Units, start: int, at: int, half: int, skip: int) -> None:
    """The inputs for the sample at `at` of the item from `start` on.

    Arguments:
        skip: 1 where samples are differences: the first one is not, and their sum is looked at.
    """
    size = state.sizes[SIZE]
    for n in range(NEAR):
        value = np.int64(past[at - 1 - n]) - half if at - 1 - n >= start + skip else 0
        state.inputs[n] = within((value << 16) // size, MOST)
    state.inputs[NEAR] = (log2(size) >> (LOG_BITS - 6)) - 768
    state.inputs[NEAR + 1] = (log2(state.sizes[SIZE_SLOW]) - log2(size)) >> (LOG_BITS - 8)
    state.inputs[NEAR + 2] = min(state.sizes[COUNT], 64) * 4
    level = (((state.sizes[LEVEL] + 128) & 255) - 128) * skip
    state.inputs[NEAR + 3] = level * 4
    state.inputs[NEAR + 4] = within((level << 16) // size, MOST)


@kernel
def inputs_of(
    net: Net,
    state: State,
    data: Units,
    start: int,
    end: int,
    half: int,
    skip: int,
    inputs: Array,
    sizes: Array,
) -> None:
    """For fitting: the inputs of an item's samples behind the first `skip`, and their sizes."""
    restart_net(net, state)
    for at in range(start, end):
        if at >= start + skip:
            look_at(state, data, start, at, half, skip)
            inputs[at - start - skip] = state.inputs
            sizes[at - start - skip] = state.sizes[SIZE]
        take_in(state, np.int64(data[at]) - half, at < start + skip)


@inlined
def step_net(net: Net, state: State) -> None:
    """The state takes up the inputs; then what it tells."""
    size, gates = net.inner.shape
    for i in range(gates):
        state.hidden[i] = net.bias[0, i]
        state.seen[i] = net.bias[1, i]
    for j in range(size):
        value = state.state[j]
        for i in range(gates):
            state.hidden[i] += net.inner[j, i] * value
    for j in range(len(state.inputs)):
        value = np.float64(state.inputs[j])
        for i in range(gates):
            state.seen[i] += net.outer[j, i] * value
    for i in range(size):
        seen = np.int64(state.seen[i]) << 4
        reset = SIGMOID[within((np.int64(state.hidden[i]) + seen) >> 16, EDGE) + EDGE]
        seen = np.int64(state.seen[size + i]) << 4
        update = SIGMOID[within((np.int64(state.hidden[size + i]) + seen) >> 16, EDGE) + EDGE]
        seen = np.int64(state.seen[2 * size + i]) << 4
        hidden = (np.int64(state.hidden[2 * size + i]) * reset) >> ONE_BITS
        new = TANH[within((hidden + seen) >> 16, EDGE) + EDGE]
        old = np.int64(state.state[i])
        state.state[i] = np.float64(new + (((old - new) * update) >> ONE_BITS))
    for i in range(len(state.told)):
        state.told[i] = net.out_bias[i]
    for j in range(size):
        value = state.state[j]
        for i in range(len(state.told)):
            state.told[i] += net.out[j, i] * value


@inlined
def foresee(
    net: Net, state: State, mill: Mill, past: Units, start: int, at: int, bits: int, skip: int
) -> None:
    """What the net says of the sample at `at`, as components of the mill; see `look_at`."""
    half = 1 << (bits - 1)
    look_at(state, past, start, at, half, skip)
    step_net(net, state)
    order = len(state.told) - 3 * COMPONENTS
    scales, chances = order + COMPONENTS, order + 2 * COMPONENTS
    mean = 0
    for n in range(min(order, at - start - skip)):
        tap = np.int64(state.told[n]) >> ONE_BITS
        mean += tap * (np.int64(past[at - 1 - n]) - half)
    mean >>= ONE_BITS - PLACE_BITS
    size = state.sizes[SIZE]
    most = np.int64(state.told[chances])
    for c in range(1, COMPONENTS):
        most = max(most, np.int64(state.told[chances + c]))
    total, sum_of = 0, 0
    for c in range(COMPONENTS):
        away = np.int64(state.told[order + c]) >> ONE_BITS
        place = within(mean + ((away * size) >> ONE_BITS), half << (PLACE_BITS + 1))
        log = within((np.int64(state.told[scales + c]) * NATURAL) >> 24, STEEPEST)
        power = POWERS[(-log & ((1 << LOG_BITS) - 1)) >> (LOG_BITS - MANTISSA)]
        slope = ((FINE << (INVERSE_BITS + 8)) // size * power) >> (LOG_BITS - (-log >> LOG_BITS))
        slope = max(1, slope)
        log = ((np.int64(state.told[chances + c]) - most) * NATURAL) >> 24
        mass = POWERS[(log & ((1 << LOG_BITS) - 1)) >> (LOG_BITS - MANTISSA)]
        mass >>= min(-(log >> LOG_BITS), 62)
        mill.places[c], mill.slopes[c], mill.masses[c] = place, slope, mass
        mill.low[c], mill.high[c] = below(place, slope, -half), below(place, slope, half)
        total += mass
        sum_of += mass * place
    mill.numbers[IN_USE] = COMPONENTS
    mill.numbers[EVEN] = max(1, (total << (MASS_BITS - UNIFORM)) >> bits)
    mill.numbers[MEAN] = sum_of // max(1, total)
