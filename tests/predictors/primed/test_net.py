"""The net in integers: what it tells is what a unit in doubles tells; its densities are sound."""

import numpy as np

from codelength.coding.compiled import constant, kernel
from codelength.predictors.primed.densities import IN_USE, below, new_mill, share
from codelength.predictors.primed.net import (
    COMPONENTS,
    INPUTS,
    Net,
    foresee,
    inputs_of,
    new_state,
    restart_net,
    step_net,
    take_in,
)

STATE, ORDER = 10, 4


def random_net(seed: int) -> Net:
    drawn = np.random.default_rng(seed)
    told = ORDER + 3 * COMPONENTS

    def some(shape: tuple[int, ...], bits: int, size: float) -> np.ndarray:
        return np.round(drawn.normal(0, size, shape) * (1 << bits))

    return Net(
        some((STATE, 3 * STATE), 12, 0.4),
        some((INPUTS, 3 * STATE), 12, 0.4),
        np.stack([some((3 * STATE,), 24, 0.3), some((3 * STATE,), 20, 0.3)]),
        some((STATE, told), 12, 0.5),
        some((told,), 24, 0.3),
        np.array([700], np.int64),
        np.zeros(0, np.int64),
    )


@kernel
def stepped(net, state, inputs, told):
    restart_net(net, state)
    for n in range(len(inputs)):
        state.inputs[:] = inputs[n]
        step_net(net, state)
        told[n] = state.told


@kernel
def foreseen(net, state, mill, data, bits, chances):
    """The chance of each value that a sample may have, behind each sample."""
    restart_net(net, state)
    half = 1 << (bits - 1)
    for at in range(len(data)):
        foresee(net, state, mill, data, 0, at, bits, 0)
        for value in range(1 << bits):
            left = 1.0
            for step in range(bits):
                size = 1 << (bits - step)
                least = (value // size) * size - half
                for c in range(mill.numbers[IN_USE]):
                    mill.low[c] = below(mill.places[c], mill.slopes[c], least)
                    mill.high[c] = below(mill.places[c], mill.slopes[c], least + size)
                one = share(mill, least, least + size // 2, least + size) / (1 << 20)
                left *= one if (value >> (bits - 1 - step)) & 1 else 1 - one
            chances[at, value] = left
        take_in(state, np.int64(data[at]) - half, False)


def test_integers_tell_what_doubles_tell():
    net = random_net(0)
    inputs = np.random.default_rng(1).integers(-600, 600, (40, INPUTS))
    told = np.zeros((40, ORDER + 3 * COMPONENTS))
    stepped(net, new_state(net), inputs, told)
    hidden, sigmoid = np.zeros(STATE), lambda z: 1 / (1 + np.exp(-z))
    for n in range(40):
        seen = inputs[n] / 256 @ (net.outer / 4096) + net.bias[1] / (1 << 20)
        own = hidden @ (net.inner / 4096) + net.bias[0] / (1 << 24)
        reset, update = sigmoid(seen + own)[:STATE], sigmoid(seen + own)[STATE : 2 * STATE]
        new = np.tanh(seen[2 * STATE :] + reset * own[2 * STATE :])
        hidden = (1 - update) * new + update * hidden
        expected = hidden @ (net.out / 4096) + net.out_bias / (1 << 24)
        assert np.abs(told[n] / (1 << 24) - expected).max() < 0.02


def test_chances_of_all_samples_sum_to_one():
    data = np.random.default_rng(2).integers(0, 64, 12).astype(np.int32)
    net, chances = random_net(3), np.zeros((12, 64))
    foreseen(net, new_state(net), new_mill(COMPONENTS), data, constant(6), chances)
    assert np.abs(chances.sum(axis=1) - 1).max() < 1e-9
    assert (chances > 0).all()


def test_inputs_do_not_change_when_a_recording_is_twice_as_loud():
    drawn = np.random.default_rng(4)
    quiet = np.round(drawn.normal(0, 400, 60)).astype(np.int32)
    found = []
    for factor in (1, 2):
        net = random_net(0)._replace(start=np.array([300 * factor << 8], np.int64))
        inputs, sizes = np.zeros((60, INPUTS), np.int64), np.zeros(60, np.int64)
        where = constant(0), constant(60), constant(0), constant(0)
        inputs_of(net, new_state(net), quiet * factor, *where, inputs, sizes)
        found.append(inputs)
    size = INPUTS - 5  # the input that tells how loud
    assert np.abs(np.delete(found[0] - found[1], size, axis=1)).max() <= 1
    assert (found[1][:, size] - found[0][:, size]).mean() == 64
