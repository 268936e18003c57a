"""Counting: pairs as a dictionary would count them, logarithms, what is kept when room is short."""

from collections import Counter
from itertools import pairwise

import numpy as np

from codelength.predictors.primed.contexts import LEVELS, NOTHING, level_of
from codelength.predictors.primed.counting import (
    BEHIND,
    all_pairs,
    logarithms,
    paired,
    worthwhile,
)
from codelength.predictors.primed.fitting import blank
from codelength.predictors.primed.kinds import KINDS
from codelength.predictors.primed.net import no_net

TEXT = b"to be or not to be, that is the question: whether it is nobler " * 3


def pairs_of(kind: str, symbols: bytes):
    units = KINDS[kind].layout.units(symbols)
    parts = blank(KINDS[kind], no_net())
    return units, all_pairs(KINDS[kind], units, parts)


def test_logarithms_are_right_to_their_last_places():
    values = np.exp(np.linspace(-12, 3, 1000))
    assert np.abs(logarithms(values) / 65536 - np.log2(values)).max() < 4e-4


def test_orders_are_counted_as_a_dictionary_counts_them():
    _, found = pairs_of("text", TEXT)
    for order in range(4):
        padded = b"\0" * order + TEXT
        expected = Counter((padded[k : k + order], padded[k + order]) for k in range(len(TEXT)))
        assert sorted(found[order].counts) == sorted(expected.values())
        assert len(np.unique(found[order].contexts)) == len({key for key, _ in expected})


def test_dna_is_counted_on_both_strands():
    bases = bytes([0, 1, 2, 3, 0, 0, 1, 3, 2, 2, 1, 0] * 3)
    _, found = pairs_of("dna", bases)
    back = bytes((one ^ 2) for one in reversed(bases))
    both = Counter([*pairwise(bases), *pairwise(back)])
    starts = Counter([(None, bases[0]), (None, back[0])])  # order 1, where nothing is before
    assert sorted(found[0].counts) == sorted((both + starts).values())


def test_a_pair_is_told_by_its_other_occurrences_alone():
    hashes = np.array([5, 5, 5, 7, NOTHING], np.uint32)
    units = np.array([1, 1, 2, 9, 3])
    pairs, chances = paired(hashes, units, 5, np.full(5, 1 / 256))
    assert list(zip(pairs.contexts, pairs.units, pairs.counts, strict=True)) == [
        (5, 1, 2), (5, 2, 1), (7, 9, 1),
    ]  # fmt: skip
    # two others, of which one is the same; two kinds of strangers
    assert np.isclose(chances[0], (1 + 2 / 256) / (2 + 2))
    assert np.isclose(chances[2], (0 + 1 / 256) / (2 + 1))
    assert chances[3] == chances[4] == 1 / 256  # nothing else is known behind 7


def test_what_stands_in_several_places_comes_first():
    twice, burst = b"the house on the hill. ", b"qwxzv " * 40
    filler = bytes(np.random.default_rng(0).integers(97, 123, 40_000).astype(np.uint8))
    _, found = pairs_of("text", twice + burst + filler + twice)
    order = found[6]
    first = order.ranks > -BEHIND // 2
    assert first.any() and set(order.units[first]) <= set(twice)
    assert order.counts[~first].max() > 30 > order.counts[first].max()  # however often it came
    once = order.counts == 1
    assert order.ranks[once].max() < order.ranks[~once].min()


def test_as_much_is_kept_as_there_is_room_for():
    _, found = pairs_of("text", TEXT)
    sizes = [sum(len(one.units) for one in worthwhile(found, size)) for size in (0, 100, 300, 9999)]
    assert sizes == sorted(sizes) and sizes[0] == 0
    assert sizes[1] <= 100 < sizes[2] <= 300 < sizes[3] == sum(len(one.units) for one in found)


def test_where_no_context_applies_nothing_is_kept():
    nowhere, _ = paired(np.full(3, NOTHING, np.uint32), np.arange(3), 3, np.full(3, 0.5))
    assert [len(one.units) for one in worthwhile([nowhere], 1000)] == [0]


def test_counts_are_rounded_down_to_what_is_told_apart():
    counts = np.arange(1, 5000)
    told = LEVELS[level_of(counts)]
    assert (
        (told <= counts).all() and (told * 1.25 > counts).all() and (told[:8] == counts[:8]).all()
    )
