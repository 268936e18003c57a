"""The sampler against the distribution measured on the authors' generator (docs/kt.md)."""

from collections import Counter

import numpy as np
import pytest

from codelength.coding.bits import BitReader, BitWriter
from codelength.dsl import pairs
from codelength.dsl.operations import INITIATORS, OPERATIONS
from codelength.dsl.priors import ExactPrior
from codelength.dsl.sampler import blocks

COUNT = 20_000


@pytest.fixture(scope="module")
def sampled():
    return pairs.sample(seed=20, count=COUNT)


@pytest.fixture(scope="module")
def operations(sampled):
    return [pair.program.operations for pair in sampled]


def test_the_interpreter_makes_the_sequences_of_the_sampler(sampled):
    for pair in sampled[:2000]:
        assert pair.program.run().as_bytes() == pair.sequence


def test_sequences_are_unique_and_not_empty(sampled):
    sequences = {pair.sequence for pair in sampled}
    assert len(sequences) == COUNT and b"" not in sequences


def test_gold_rate_under_the_papers_cost(sampled):
    bits = sum(1 + pair.paper_bits for pair in sampled)
    assert bits / sum(8 * len(pair.sequence) for pair in sampled) == pytest.approx(0.330, abs=0.01)


def test_every_program_goes_through_the_exact_prior_and_back(sampled):
    prior, writer = ExactPrior(), BitWriter()
    for pair in sampled:
        writer.append(prior.encode(pair.program))
    raw = sum(8 * len(pair.sequence) for pair in sampled)
    assert (len(writer) + COUNT) / raw <= 0.34
    reader = BitReader(bytes(writer), len(writer))
    for pair in sampled:
        program = prior.read(reader)
        assert np.array_equal(program.words, pair.words)
        assert program.run().as_bytes() == pair.sequence
    assert reader.left == 0


def test_lengths_of_sequences(sampled):
    lengths = np.array([len(pair.sequence) for pair in sampled])
    noise = 4 * lengths.std() / np.sqrt(COUNT)
    assert lengths.mean() == pytest.approx(76.8, abs=noise)
    assert np.median(lengths) == pytest.approx(62, abs=2)
    assert np.quantile(lengths, 0.9) == pytest.approx(139, abs=5)
    assert np.quantile(lengths, 0.99) == pytest.approx(344, abs=25)
    assert (lengths > 128).mean() == pytest.approx(0.121, abs=0.01)


def test_lengths_of_programs(sampled):
    lines = np.array([pair.program.lines for pair in sampled])
    assert lines.mean() == pytest.approx(8.8, abs=0.15)
    assert np.median(lines) == 8


def share(count, of):
    """A binomial share with four standard deviations, and what rounding to two digits adds."""
    return lambda p, digits: pytest.approx(p, abs=4 * (p * (1 - p) / of) ** 0.5 + 0.5 * 10**-digits)


def test_shares_of_programs(operations):
    names = [operation.name for operation in OPERATIONS]
    plain = {*names[:INITIATORS], "concatenate", "interleave"}
    near = share(COUNT, COUNT)
    assert np.mean([set(one) <= plain for one in operations]) == near(0.561, 3)
    assert np.mean(["interleave" not in one for one in operations]) == near(0.515, 3)


SHARES = {
    "concatenate": (34.3, 3),
    "interleave": (8.6, 3),
    "substitute": (2.1, 3),
    "repeat_list": (1.8, 3),
    "modulo_item_list": (1.6, 3),
    "reverse_list": (1.0, 3),
    "get_subsequence_with_jumps": (0.83, 4),
    "get_subsequence_between_indices": (0.82, 4),
    "subtract_item_list": (0.77, 4),
    "add_item_list": (0.76, 4),
    "filter": (0.55, 4),
    "modulo_two_lists": (0.28, 4),
    "max_n": (0.18, 4),
    "min_n": (0.17, 4),
    "scan_add": (0.15, 4),
    **dict.fromkeys([operation.name for operation in OPERATIONS[:INITIATORS]], (8.6, 3)),
}


@pytest.mark.parametrize("name", SHARES)
def test_shares_of_lines(operations, name):
    counts = Counter(one for program in operations for one in program)
    lines = sum(counts.values()) + COUNT
    percent, digits = SHARES[name]
    assert counts[name] / lines == share(counts[name], lines)(percent / 100, digits)


RATES = [(0, 16, 0.529), (17, 32, 0.444), (33, 64, 0.408), (65, 128, 0.366), (129, 256, 0.268)]


@pytest.mark.parametrize(("low", "high", "rate"), [*RATES, (257, 10**6, 0.125)])
def test_gold_rates_by_length(sampled, low, high, rate):
    chosen = [pair for pair in sampled if low <= len(pair.sequence) <= high]
    bits = sum(1 + pair.paper_bits for pair in chosen)
    found = bits / sum(8 * len(pair.sequence) for pair in chosen)
    assert found == pytest.approx(rate, abs=0.02)


def test_an_item_does_not_depend_on_the_block_it_is_in():
    whole = next(blocks(seed=5))
    part = next(blocks(seed=5, first=100))
    assert part.sequence(0) == whole.sequence(100)
    assert np.array_equal(part.program_words(7), whole.program_words(107))


def test_seeds_give_different_items():
    assert next(blocks(0)).sequence(0) != next(blocks(1)).sequence(0)


def test_golden_item_does_not_change():
    """A change here is a new version of the sampler: runs of a seed would not be comparable."""
    assert [pair.sequence.hex() for pair in pairs.sample(0, 3)] == [
        "c96bc96cc96dc96ec96fc970c971c972c973c974c975c976c9773e783f79407a4142434445464748494a"
        "4b4c4d4e4f50515260626466686a6c6e70727476787a7c7e8788898a8b8c8d8e8f90919293949596c9c9"
        "c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9"
        "c9c9c9c9c9c9c9c960626466686a6c6e70727476787a7c7e60626466686a6c6e70727476787a7c7e6062"
        "6466686a6c6e70727476787a7c7e6466686a6c6e70727476787a7c7e60626466686a6c6e70727476787a"
        "7c7e60626466686a6c6e8788894b8b8c8d8e8f909192939495962c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c"
        "2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c60626466686a"
        "6c7b70727476787a7c7e60626466686a6c7b70727476787a7c7e60626466686a6c7b70727476787a7c7e"
        "8788898a8b8c8d8e8f90919293949596c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9"
        "c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9",
        "23562459255c265f2762286529682a6b2b6e2c712d742e772f7a307d3180323334353637383956595c5f"
        "6265686b6e7174777a7d80",
        "0c429d43d1449e4572469f47ba48a0492c4aa14b8c4ca24db44ea34fad50a4517d52a51da6cfa73aa805"
        "a908aa6aab6f5d6165696d7175797d8185898d91959942434445464748494a4b4c4d4e4f5051529e26e7"
        "aa9dc29be8df4f610fa0e69cd2ac601cdf",
    ]


def test_the_shortest_program_of_a_sequence_is_kept():
    found = {pair.sequence: pair for pair in pairs.sample(seed=6, count=3000)}
    seen = 0
    for block in blocks(6):
        for pair in pairs.pairs_of(block):
            if pair.index <= 3000 and pair.sequence in found:
                seen += 1
                assert found[pair.sequence].paper_bits <= pair.paper_bits
        break
    assert seen > 2000


def test_excluded_sequences_do_not_appear():
    train = pairs.sample(seed=7, count=500)
    unwanted = {pair.sequence for pair in train[::2]}
    test = pairs.sample(seed=7, count=500, exclude=unwanted)
    assert not unwanted & {pair.sequence for pair in test} and len(test) == 500
