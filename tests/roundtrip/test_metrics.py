import itertools
import math

import pytest

from codelength.errors import InputError
from codelength.roundtrip.metrics import (
    Scored,
    figures,
    mean_interval,
    pass_at_k,
    round_trips,
)
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.scoring import Judged

OUTPUT, INPUT = "output_execution_prediction", "input_execution_prediction"
RIGHT = Judged(True, True, 1.0, "correct")
WRONG = Judged(False, False, 0.5, "wrong")


def said(text, setting, right, sample=0, end="stop"):
    one = record("rle", "full", Origin("string", "any", len(text)), text)
    return Scored(one, setting, sample, RIGHT if right else WRONG, end)


@pytest.mark.parametrize("count, right", [(1, 0), (1, 1), (5, 2), (10, 1), (6, 6), (6, 5)])
def test_pass_at_k_is_the_share_of_all_choices_with_a_right_one(count, right):
    answers = [True] * right + [False] * (count - right)
    for k in range(1, count + 1):
        choices = [any(some) for some in itertools.combinations(answers, k)]
        assert math.isclose(pass_at_k(count, right, k), sum(choices) / len(choices))


def test_pass_at_k_of_more_than_there_are_is_refused():
    with pytest.raises(InputError, match="pass@5 needs 5 responses to a question; there are 2"):
        pass_at_k(2, 1, 5)


def test_everything_that_was_asked_is_in_the_denominator():
    scored = [said("a", OUTPUT, True), said("b", OUTPUT, False, end="failed")]
    scored += [said("cc", OUTPUT, False, end="length"), said("dd", OUTPUT, False, end="refusal")]
    found = figures(scored, (1,))
    assert found.correct == found.passes[1].mean == 0.25
    assert found.ends == {"failed": 1, "length": 1, "refusal": 1}


def test_an_interval_holds_its_mean_and_narrows_with_more_items():
    few = mean_interval({k: [float(k % 2)] for k in range(20)})
    many = mean_interval({k: [float(k % 2)] for k in range(2000)})
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert mean_interval({0: [1.0, 1.0], 1: [1.0]}).low == 1.0


def test_a_round_trip_needs_both_ways_of_the_same_item():
    scored = [said("a", OUTPUT, True), said("a", INPUT, True)]
    scored += [said("bb", OUTPUT, True), said("bb", INPUT, False)]
    scored += [said("ccc", OUTPUT, True)]  # was not asked back
    assert round_trips(scored)[OUTPUT].mean == 0.5


def test_round_trips_of_several_samples_count_all_pairs():
    scored = [said("a", OUTPUT, k < 2, k) for k in range(4)]
    scored += [said("a", INPUT, k < 1, k) for k in range(4)]
    assert round_trips(scored)[OUTPUT].mean == 0.5 * 0.25
