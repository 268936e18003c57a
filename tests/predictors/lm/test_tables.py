"""Logits become integers that any machine computes alike."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.arithmetic import END, finish_encoding, new_state, start_decoding
from codelength.coding.grid import GRID, REACH, weights
from codelength.predictors.lm.tables import decode_symbols, encode_window


def test_weights_are_the_exponential_rounded_down():
    getcontext().prec = 60
    for step in [0, 1, 2, 63, 64, 300, 1000, 1400, REACH - 1]:
        exact = int(Decimal(2) ** 32 * (Decimal(-step) / GRID).exp())
        assert weights()[step] == exact
    assert weights()[REACH] == 0
    assert (np.diff(weights()) <= 0).all()


def coded(grid: np.ndarray, symbols: list[int], escape: int) -> tuple[np.ndarray, int]:
    state, out = new_state(), np.zeros(64 * len(symbols) + 128, np.uint8)
    encode_window(
        state[None], out[None], grid[None], np.array([symbols]), np.array([len(symbols)]),
        np.int64(0), np.int64(escape), weights(),
    )  # fmt: skip
    count = finish_encoding(state, out)
    return np.packbits(out[:count]), count


@given(st.data())
def test_symbols_come_back(data):
    count = data.draw(st.integers(2, 9))
    length = data.draw(st.integers(1, 8))
    steps = st.integers(-(1 << 20), 1 << 20) | st.integers(-3000, 3000)
    row = st.lists(steps, min_size=count, max_size=count)
    grid = np.array(data.draw(st.lists(row, min_size=length, max_size=length)), np.int32)
    said = st.integers(1, count + 255)  # 0 is the escape, which is never said alone
    symbols = data.draw(st.lists(said, min_size=length, max_size=length))
    packed, bits = coded(grid, symbols, 0)
    state = new_state()
    state[END] = bits
    start_decoding(state, packed)
    found = np.zeros(1, np.int64)
    for step, symbol in zip(grid, symbols, strict=True):
        decode_symbols(
            state[None], packed, step[None], np.array([True]), np.int64(0), weights(), found
        )
        assert found[0] == symbol


@pytest.mark.parametrize("seed", range(5))
def test_a_message_costs_what_the_logits_say(seed):
    dice = np.random.default_rng(seed)
    logits = dice.normal(0, 3, (200, 5000))
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    symbols = [1 + int(dice.choice(4999, p=row[1:] / row[1:].sum())) for row in chances]
    ideal = -sum(np.log2(row[symbol]) for row, symbol in zip(chances, symbols, strict=True))
    _, bits = coded(np.round(logits * GRID).astype(np.int32), symbols, 0)
    assert ideal - 1 < bits < 1.003 * ideal + 2
