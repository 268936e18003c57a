"""A model's tokens mixed with what the text teaches: exact, the same both ways, and it learns."""

import hashlib
import math

import numpy as np
import pytest

from codelength.coding.arithmetic import (
    END,
    START,
    finish_encoding,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.compiled import constant
from codelength.coding.grid import weights
from codelength.predictors.lm.candidates import code_steps, most_bits
from codelength.predictors.lm.logits import LOGS, SQUASHED, UNIT, squash
from codelength.predictors.lm.mixture import REACH, new

V, ESCAPE = 300, constant(0)
GOLDEN = (250, "ccfa6ccf493752a8")
NO_BITS = np.frombuffer(b"\0", np.uint8)


def grids(streams, steps, seed=0, scale=150):
    return np.random.default_rng(seed).normal(0, scale, (streams, steps, V)).astype(np.int32)


def coded(grid, symbols, sizes=None, window=1 << 20):
    """The message, its ideal bits step by step, and the state."""
    streams, steps = symbols.shape
    sizes = np.full(streams, steps) if sizes is None else np.array(sizes)
    state, coder = new(V, streams, steps, 4 * symbols.size), new_state()
    out, spent = np.zeros(symbols.size * most_bits(V) + 128, np.uint8), []
    for t in range(steps):
        part = np.ascontiguousarray(grid[:, t : t + 1])
        said, on = np.ascontiguousarray(symbols[:, t : t + 1]), (t < sizes)[:, None]
        at, begin = constant(t), constant(t - t % window)
        code_steps(state, coder, out, NO_BITS, part, said, on, at, begin, ESCAPE, True, weights())
        spent.append(float(state.spent[0]))
    return pack(out, finish_encoding(coder, out)), spent, state


def decoded(bits, grid, sizes, window=1 << 20):
    streams, steps = grid.shape[:2]
    state, coder = new(V, streams, steps, 4 * streams * steps), new_state()
    data = np.frombuffer(bytes(bits), np.uint8)
    coder[START], coder[END] = 0, len(bits)
    start_decoding(coder, data)
    found, nothing = np.zeros((streams, steps), np.int64), np.zeros(0, np.uint8)
    for t in range(steps):
        said, on = np.zeros((streams, 1), np.int64), (t < np.array(sizes))[:, None]
        part, at, begin = (
            np.ascontiguousarray(grid[:, t : t + 1]),
            constant(t),
            constant(t - t % window),
        )
        code_steps(state, coder, nothing, data, part, said, on, at, begin, ESCAPE, False, weights())
        found[:, t] = said[:, 0]
    return found, state


def test_what_is_written_is_read_and_both_have_learned_the_same():
    rng = np.random.default_rng(1)
    symbols = np.where(
        rng.random((3, 60)) < 0.5, rng.integers(1, 9, (3, 60)), 1 + np.arange(60) % 7
    )
    symbols[1, 5], symbols[2, 7] = V, V + 255  # escaped bytes
    sizes = [60, 41, 8]
    bits, spent, one = coded(grids(3, 60), symbols, sizes, window=16)
    found, other = decoded(bits, grids(3, 60), sizes, window=16)
    for n, size in enumerate(sizes):
        assert found[n, :size].tolist() == symbols[n, :size].tolist()
    for name in one._fields:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert spent[-1] - 1 < len(bits) < spent[-1] + 2


def test_chances_of_all_tokens_sum_to_one():
    first = 1 + np.arange(40)[None] % 5
    total, grid = 0.0, grids(1, 41)
    _, before, _ = coded(grid[:, :40], first)
    for token in range(V):
        if token == ESCAPE:
            symbol, byte = V, 8.0
        else:
            symbol, byte = token, 0.0
        symbols = np.concatenate([first, [[symbol]]], axis=1)
        _, spent, _ = coded(grid, symbols)
        total += 2.0 ** -(spent[-1] - before[-1] - byte)
    assert total == pytest.approx(1, abs=1e-9)


def test_what_was_written_before_costs_less():
    once = np.random.default_rng(2).integers(1, V, (1, 100))
    _, spent, _ = coded(grids(1, 200), np.concatenate([once, once], axis=1))
    assert spent[199] - spent[99] < 0.25 * spent[99]


def test_a_stream_learns_from_another():
    one = np.random.default_rng(3).integers(1, V, (1, 100))
    grid = grids(2, 101)
    _, alone, _ = coded(grid[:1, :100], one)
    late = np.concatenate([np.ones((1, 1), np.int64), one], axis=1)
    early = np.concatenate([one, np.ones((1, 1), np.int64)], axis=1)
    _, both, _ = coded(grid, np.concatenate([early, late]), [100, 101])
    assert both[-1] < 1.4 * alone[-1]


def test_it_is_never_much_worse_than_a_model_that_is_right():
    grid = grids(1, 300, seed=4, scale=100)
    chances = np.exp((grid[0] - grid[0].max(axis=1, keepdims=True)) / 64)
    chances /= chances.sum(axis=1, keepdims=True)
    rng = np.random.default_rng(5)
    symbols = np.array([[rng.choice(V, p=one) or 1 for one in chances]])
    plain = -np.log2(chances[np.arange(300), symbols[0]]).sum()
    _, spent, _ = coded(grid, symbols)
    assert spent[-1] < 1.05 * plain


def test_tables_are_the_functions_that_they_stand_for():
    assert np.allclose(LOGS[:4097] / UNIT, np.log2(1 + np.arange(4097) / 4096), atol=2 / UNIT)
    points = np.arange(-REACH, REACH + 1, 1 << 10)
    ideal = (1 << 22) / (1 + np.exp2(-points / UNIT))
    assert np.abs(SQUASHED[: len(points)] - ideal).max() < 1.001
    for logit in (-REACH, -12345, 0, 1, 777777, REACH):
        expected = (1 << 22) / (1 + math.exp2(-logit / UNIT))
        assert 0 < squash(constant(logit)) < 1 << 22
        assert abs(squash(constant(logit)) - expected) < 64


def test_the_bits_are_frozen():
    symbols = np.array([[1, 2, 3, 4, V + 65, 1, 2, 3, 4, 9], [2, 3, 4, 5, 1, 2, 3, 4, 5, 299]])
    grid = (np.arange(2 * 10 * V) * 7919 % 1009).reshape(2, 10, V).astype(np.int32)
    bits, _, _ = coded(grid, symbols)
    assert (len(bits), hashlib.sha256(bytes(bits)).hexdigest()[:16]) == GOLDEN
