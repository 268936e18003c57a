"""Choices that take whole bits: what was told is read, cells do not overlap, few bits are lost."""

import hashlib
import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.arithmetic import (
    END,
    START,
    decode_step,
    decode_target,
    encode_step,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.coding.cells import (
    DEPTHS,
    SHARES,
    Deal,
    decode_cell,
    encode_cell,
    find_cell,
    new_deal,
    size_cells,
)

WHOLE = 1 << 62
Message = list[tuple[list[int], int]]
"""Shares and what is told, of each choice."""


def shares_of(weights: list[int]) -> list[int]:
    """Weights scaled to `SHARES` in all, at least 1 each."""
    total = sum(weights)
    found = [max(1, one * (int(SHARES) - len(weights)) // total) for one in weights]
    found[found.index(max(found))] += int(SHARES) - sum(found)
    return found


def dealt(weights: list[int]) -> Deal:
    deal = new_deal(len(weights) + 3)
    deal.shares[: len(weights)] = shares_of(weights)
    return deal


def encode(before: list[int], choices: Message) -> Bits:
    """Numbers below 300, all as likely, then choices."""
    state, out = new_state(), np.zeros(4096, np.uint8)
    for one in before:
        encode_step(state, out, one, 1, 300)
    for weights, k in choices:
        encode_cell(state, out, dealt(weights), len(weights), k)
    return pack(out, finish_encoding(state, out))


def decode(reader: BitReader, before: int, choices: Message) -> tuple[list[int], list[int]]:
    state, data = new_state(), np.frombuffer(reader.data, np.uint8)
    state[START], state[END] = reader.position, reader.length
    start_decoding(state, data)
    found = []
    for _ in range(before):
        found.append(int(decode_target(state, 300)))
        decode_step(state, data, found[-1], 1, 300)
    told = [int(decode_cell(state, data, dealt(one), len(one))) for one, _ in choices]
    finish_message(state, reader)
    return found, told


WEIGHTS = st.lists(st.one_of(st.integers(1, 10), st.integers(1, 1 << 38)), min_size=1, max_size=40)
CHOICES = st.lists(
    WEIGHTS.flatmap(lambda one: st.tuples(st.just(one), st.integers(0, len(one) - 1))),
    min_size=1,
    max_size=3,
)
MESSAGES = st.lists(st.tuples(st.lists(st.integers(0, 299), max_size=30), CHOICES), min_size=1)


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_messages_stand_back_to_back(messages):
    bits = Bits()
    for before, choices in messages:
        one = encode(before, choices)
        shares = [shares_of(weights)[k] for weights, k in choices]
        worth = len(before) * np.log2(300) - sum(np.log2(k / SHARES) for k in shares)
        assert len(one) < worth + 2 * len(choices)
        bits += one
    reader = BitReader.over(bits + Bits("101"))
    for before, choices in messages:
        assert decode(reader, len(before), choices) == (before, [k for _, k in choices])
    assert reader.left == 3


def cells(low: int, width: int, deal: Deal, count: int) -> list[tuple[int, int]]:
    """Where each outcome's cell begins and ends."""
    size_cells(low, width, deal, count)
    starts = [find_cell(low, width, deal, count, k, -1)[1] for k in range(count)]
    return [(int(one), int(one) + (WHOLE >> int(deal.bits[k]))) for k, one in enumerate(starts)]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, WHOLE - 1), st.integers(WHOLE // 2 + 1, WHOLE), WEIGHTS)
def test_cells_are_aligned_apart_and_in_the_interval(low, width, weights):
    found = cells(low, width, dealt(weights), len(weights))
    for first, end in found:
        assert low <= first < end <= low + width
        assert first % (end - first) == 0
    ordered = sorted(found)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ordered))


def best(low: int, width: int, shares: list[int]) -> float:
    """The least mean of bits that any choice of cells has, by trying all."""
    sizes = [WHOLE >> n for n in range(len(shares) + 6)]
    room = [max(0, (low + width) // size + -low // size) for size in sizes]
    least = float("inf")
    for bits in itertools.product(range(len(room)), repeat=len(shares)):
        if all(
            sum(1 << (n - one) for one in bits if one <= n) <= free for n, free in enumerate(room)
        ):
            mean = sum(k * n for k, n in zip(shares, bits, strict=True)) / SHARES
            least = min(least, mean)
    return least


def test_hardly_more_bits_than_the_best_cells_take():
    drawn = np.random.default_rng(5)
    lost = []
    for _ in range(60):
        count = int(drawn.integers(2, 5))
        weights = [50 + int(one) for one in 1000 * drawn.dirichlet(np.full(count, 0.7))]
        low, width = int(drawn.integers(WHOLE)), int(drawn.integers(WHOLE // 2 + 1, WHOLE))
        deal = dealt(weights)
        size_cells(low, width, deal, count)
        mean = float((deal.shares[:count] * deal.bits[:count]).sum() / SHARES)
        lost.append(mean - best(low, width, shares_of(weights)))
    assert min(lost) > -1e-9
    assert np.mean(lost) < 0.05


def test_less_is_lost_than_an_interval_of_each_outcome_loses():
    """An arithmetic coder's ending loses 1.06 bits on the average."""
    drawn = np.random.default_rng(6)
    lost = []
    for _ in range(400):
        weights = [int(one) + 1 for one in 1e9 * drawn.dirichlet(np.full(8, 0.5))]
        low, width = int(drawn.integers(WHOLE)), int(WHOLE * 2 ** -drawn.random())
        deal = dealt(weights)
        size_cells(low, width, deal, 8)
        chances = deal.shares[:8] / SHARES
        ideal = np.log2(WHOLE / width) - (chances * np.log2(chances)).sum()
        lost.append((chances * deal.bits[:8]).sum() - ideal)
    assert min(lost) > 0
    assert np.mean(lost) < 0.4


def test_what_points_at_no_cell_is_refused():
    """One outcome of an interval a little smaller than all has half of it at the most."""
    state, out = new_state(), np.zeros(64, np.uint8)
    encode_step(state, out, 0, 299, 300)
    low, width = int(state[0]), int(state[1])
    (cell,) = cells(low, width, dealt([1]), 1)
    assert cell == (0, WHOLE // 2)
    reader = BitReader.over(Bits("10" + "0" * 100))
    state, data = new_state(), np.frombuffer(reader.data, np.uint8)
    state[START], state[END] = reader.position, reader.length
    start_decoding(state, data)
    assert decode_target(state, 300) < 299
    decode_step(state, data, 0, 299, 300)
    assert decode_cell(state, data, dealt([1]), 1) == -1


def test_the_smallest_shares_have_cells():
    weights = [1 << 60, *[1] * 200]
    deal = dealt(weights)
    found = cells(WHOLE // 3, WHOLE // 2 + 1, deal, len(weights))
    assert int(deal.bits.max()) < DEPTHS
    assert len(set(found)) == len(weights)


def test_cells_stay_where_they_are():
    drawn = np.random.default_rng(7)
    text = ""
    for _ in range(50):
        weights = [int(one) + 1 for one in 1e9 * drawn.dirichlet(np.full(20, 0.3))]
        before = [int(one) for one in drawn.integers(0, 300, 5)]
        text += str(encode(before, [(weights, int(drawn.integers(20)))])) + " "
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "1fe0d5005e8a87de"
