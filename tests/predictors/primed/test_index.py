"""The index of kept data: what it counts behind a context is what a search of the data finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.compiled import constant, kernel
from codelength.predictors.primed import dna
from codelength.predictors.primed.index import (
    index,
    lengthen,
    look_for,
    measure,
    narrow_hashed,
    narrow_rows,
    new_rows,
    restart_rows,
    sorted_places,
    split,
)

DEPTH = 4


@kernel
def followed(there, rows, item, levels, depth, sizes):
    """The sizes of all ranges before each unit of an item."""
    restart_rows(there, rows)
    for at in range(len(item)):
        sizes[at] = rows.high - rows.low
        for level in range(levels):
            measure(there, rows, level, 0, depth + 1)
            bit = (np.int64(item[at]) >> (levels - 1 - level)) & 1
            narrow_rows(there, rows, level, 0, depth + 1, bit)
        lengthen(there, rows, depth)


@kernel
def bases_followed(there, rows, item, sizes):
    restart_rows(there, rows)
    for at in range(len(item)):
        sizes[at] = rows.high - rows.low
        dna.begin_rows(rows)
        base = np.int64(item[at])
        for level in range(2):
            measure(there, rows, level, 0, dna.ROWS)
            narrow_rows(there, rows, level, 0, dna.ROWS, (base >> (1 - level)) & 1)
        dna.end_rows(there, rows, base)


@kernel
def family_followed(there, rows, hashed, unit, sizes, ones):
    look_for(there, rows, 0, 0, hashed)
    node = 1
    for step in range(8):
        split(there, rows, 0, ((2 * node + 1) << (7 - step)) & 255)
        sizes[step], ones[step] = rows.total[0], rows.over[0]
        bit = (unit >> (7 - step)) & 1
        narrow_hashed(rows, 0, bit)
        node = 2 * node + bit


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([1, 2, 3, 8]),
    st.lists(st.integers(0, 255), min_size=1, max_size=150),
    st.lists(st.integers(0, 255), min_size=1, max_size=12),
)
def test_ranges_are_as_long_as_contexts_are_frequent(levels, data, item):
    units = np.array(data, np.uint8) & ((1 << levels) - 1)
    item = np.array(item, np.uint8) & ((1 << levels) - 1)
    there, sizes = (
        index(units, levels, sorted_places(units, levels, DEPTH)),
        np.zeros((len(item), DEPTH + 1), np.int64),
    )
    followed(there, new_rows(DEPTH + 1), item, constant(levels), constant(DEPTH), sizes)
    ring = units.tobytes() * (2 + 2 * DEPTH // len(units))
    for at in range(len(item)):
        for order in range(DEPTH + 1):
            context = item[at - order : at].tobytes()
            places = range(DEPTH - order, DEPTH - order + len(units))
            found = sum(ring[k : k + order] == context for k in places)
            assert sizes[at, order] == (found if order <= at else 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 255)), min_size=1, max_size=80),
    st.integers(0, 4),
    st.integers(0, 255),
)
def test_hashed_contexts_are_found_with_what_came_behind_them(pairs, wanted, unit):
    hashes = np.array([[one * 0x33333333 for one, _ in pairs]], np.uint32)
    units = np.array([one for _, one in pairs], np.uint8)
    there = index(units, 8, np.arange(len(units)), hashes)
    sizes, ones = np.zeros(8, np.int64), np.zeros(8, np.int64)
    hashed = constant(wanted * 0x33333333)
    family_followed(there, new_rows(1), hashed, constant(unit), sizes, ones)
    for step in range(8):
        left = 8 - step
        behind = [one for key, one in pairs if key == wanted and one >> left == unit >> left]
        assert sizes[step] == len(behind)
        assert ones[step] == sum((one >> (left - 1)) & 1 for one in behind)


def test_contexts_of_which_one_base_differs_are_those_that_a_search_finds():
    bases = np.random.default_rng(0).integers(0, 4, 4000).astype(np.uint8)
    item = bases[1000:1040].copy()
    item[20] ^= 1
    sizes = np.zeros((len(item), dna.ROWS), np.int64)
    there = index(bases, 2, sorted_places(bases, 2, dna.DEPTH))
    bases_followed(there, new_rows(dna.ROWS), item, sizes)
    ring = np.concatenate([bases[-40:], bases])
    some = 0
    for at in range(len(item)):
        for missed in range(1, dna.MISSED + 1):
            first, length = dna.DEPTH + 1 + 3 * (missed - 1), dna.MISSED_FROM + missed
            expected = 0
            if length <= at:
                windows = np.lib.stride_tricks.sliding_window_view(ring, length)[40 - length : -1]
                same = windows == item[at - length : at]
                gap = length - missed
                expected = (np.delete(same, gap, axis=1).all(axis=1) & ~same[:, gap]).sum()
            assert sizes[at, first : first + 3].sum() == expected
            some += expected
    assert some
