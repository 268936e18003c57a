import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.tables import MAX_TOTAL, TOTAL, FrequencyTable, quantize

weights = st.lists(st.floats(0, 1e300, allow_subnormal=True), min_size=1, max_size=300).filter(any)


@given(weights, st.sampled_from([1 << 10, TOTAL, MAX_TOTAL]))
def test_every_table_sums_to_its_total_and_leaves_no_symbol_out(values, total):
    table = quantize(values, total)
    assert table.total == total == table.frequencies.sum()
    assert table.symbols == len(values) and table.frequencies.min() >= 1


@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=50))
def test_quantized_shares_are_the_probabilities_to_the_grid(values):
    shares = quantize(values).frequencies / TOTAL
    expected = np.array(values) / sum(values)
    assert np.abs(shares - expected).max() <= (len(values) + 2) / TOTAL


def test_the_loss_at_fifty_thousand_symbols_is_small():
    probabilities = np.random.default_rng(1).dirichlet(np.full(50_000, 0.05))
    table = quantize(probabilities)
    used = probabilities > 0
    cost = -np.log2(table.frequencies[used] / TOTAL)
    entropy = -np.log2(probabilities[used])
    assert (probabilities[used] * (cost - entropy)).sum() < 0.02


def test_quantize_is_the_same_for_scaled_weights():
    assert (quantize([1, 2, 5]).cumulative == quantize([2.0, 4.0, 10.0]).cumulative).all()


def test_quantize_golden():
    assert quantize([0.5, 0.25, 0.2, 0.05], 64).frequencies.tolist() == [31, 16, 13, 4]


@pytest.mark.parametrize("bad", [[], [0.0, 0.0], [-1.0, 2.0], [float("nan")], [float("inf"), 1.0]])
def test_weights_that_are_no_distribution_are_refused(bad):
    with pytest.raises(ValueError):
        quantize(bad)


def test_more_symbols_than_the_total_are_refused():
    with pytest.raises(ValueError, match="total 2"):
        quantize([1.0, 1.0, 1.0], 2)


@pytest.mark.parametrize("bad", [[1, 0], [], [-1], [MAX_TOTAL, 1], [2**62] * 4 + [5]])
def test_frequencies_must_be_positive_and_fit(bad):
    with pytest.raises(ValueError):
        FrequencyTable.of(bad)


def test_floats_are_no_frequencies():
    with pytest.raises(ValueError, match="quantize"):
        FrequencyTable.of([0.5, 0.5])
