"""Component values: paired means, intervals, sign tests, orders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import component_value
from codelength.agentic.orders import Lattice, lattice_of, measure_all, subsets
from codelength.agentic.values import Pair, chain, compare, interval, sign_test, weigh
from codelength.codecs.combinators import Fallback, Raw, Reverse, Transformed
from codelength.codecs.context_mixing import ContextMixing
from codelength.corpora.instances import Corpus, Instance
from codelength.errors import InputError
from codelength.runs.measure import measure

bits = st.integers(0, 1000)


class Words(Corpus):
    unit = "word"

    def __init__(self, name="words"):
        self.name = name

    def describe(self):
        return {"name": self.name}

    def __iter__(self):
        return (Instance(f"{k}", b"la " * k, units=k) for k in range(1, 9))

    def __len__(self):
        return 8


@given(st.lists(st.tuples(st.integers(1, 9), bits, bits), min_size=1, max_size=12))
def test_the_value_is_the_difference_of_the_means_and_within_its_interval_of_extremes(rows):
    pairs = [Pair(f"{k}", *map(float, row)) for k, row in enumerate(rows)]
    pairs = [Pair(one.id, int(one.units), one.base, one.with_it) for one in pairs]
    found = weigh(pairs, "a", "b", "byte", True)
    assert found.value == pytest.approx(found.mean_base - found.mean_with)
    assert found.wins + found.losses + found.ties == len(rows)
    each = [one.saving / one.units for one in pairs]
    assert min(each) - 1e-9 <= found.low <= found.high <= max(each) + 1e-9


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(1), 0
    import codelength.agentic.values as values

    before, values.RESAMPLES = values.RESAMPLES, 400
    try:
        for _ in range(200):
            low, high = interval(rng.normal(5, 3, 60), np.ones(60))
            hits += low <= 5 <= high
    finally:
        values.RESAMPLES = before
    assert 0.90 <= hits / 200 <= 0.99


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [(0, 0, 1.0), (5, 0, 2 / 32), (0, 5, 2 / 32), (3, 3, 1.0), (6, 1, 1 / 8)],
)
def test_the_sign_test_is_the_binomial_one(wins, losses, p):
    assert sign_test(wins, losses) == pytest.approx(p)


def test_a_tool_is_priced_by_decoded_messages():
    found = component_value(Raw(), Fallback(ContextMixing(), Raw()), Words())
    assert found.verified and found.unit == "word" and found.low > 0
    assert sum(one.base for one in found.pairs) == found.mean_base * 36


def test_values_along_a_chain_sum_to_the_whole(tmp_path):
    codecs = [Raw(), Fallback(Raw(), Raw()), Fallback(ContextMixing(), Raw())]
    runs = [measure(one, Words(), tmp_path / f"{k}") for k, one in enumerate(codecs)]
    first, second, whole = chain(runs)
    assert first.value + second.value == pytest.approx(whole.value)
    assert first.losses == 8 and first.value < 0  # a flag bit that buys nothing


def test_runs_of_other_instances_are_not_compared(tmp_path):
    one = measure(Raw(), Words(), tmp_path / "one")
    other = measure(Raw(), Words("others"), tmp_path / "other")
    with pytest.raises(InputError, match=r'corpus\.name: "words" there, "others" here'):
        compare(one, other)
    with pytest.raises(InputError, match="needs a run without"):
        chain([one])


@given(st.lists(bits, min_size=8, max_size=8))
def test_shapley_values_sum_to_the_saving_of_all_and_are_means_over_orders(found):
    sets = subsets("abc")
    lattice = Lattice(
        ("a", "b", "c"),
        {one: np.array([float(k), 10.0]) for one, k in zip(sets, found, strict=True)},
        np.ones(2),
        "byte",
    )
    shares = lattice.shapley()
    assert sum(one.value for one in shares) == pytest.approx(
        lattice.mean("") - lattice.mean("abc"), abs=1e-9
    )
    orders = lattice.orders()
    for share in shares:
        means = [
            dict(zip(order, each, strict=True))[share.component] for order, each in orders.items()
        ]
        assert share.value == pytest.approx(np.mean(means), abs=1e-9)


def test_all_subsets_are_measured(tmp_path):
    def system(present):
        codec = Fallback(ContextMixing(), Raw()) if "mixing" in present else Raw()
        return Transformed(codec, Reverse()) if "reverse" in present else codec

    lattice = measure_all(system, ["mixing", "reverse"], Words(), tmp_path)
    assert lattice.mean({"mixing"}) < lattice.mean(())
    assert {path.name for path in tmp_path.iterdir()} == {
        "none",
        "mixing",
        "reverse",
        "mixing+reverse",
    }
    run = measure(Raw(), Words(), tmp_path / "none")
    with pytest.raises(InputError, match="all subsets"):
        lattice_of({frozenset(): run, frozenset({"a", "b"}): run})
