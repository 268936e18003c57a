"""What a model will be sent is counted before anything is spent."""

import pytest

from codelength.corpora.instances import Instance
from codelength.kt.grid import GridSpec
from codelength.kt.spending import Spending, plans, spending
from codelength.synthesis.prompted.asking import Manner
from codelength.synthesis.prompted.generation import Settings

ITEMS = [Instance(str(k), bytes(128)) for k in range(10)]


def test_tokens_grow_with_items_and_draws():
    one, three = spending(ITEMS, Manner()), spending(ITEMS, Manner(draws=3))
    assert one.items == 10
    assert 10 * 300 < one.input_tokens < 10 * 700
    assert one.output_tokens == 10 * (256 + 20)
    sent = one.input_tokens
    assert one == Spending(10, sent, one.output_tokens, sent, 10 * 1024)
    assert three == Spending(30, 3 * sent, 3 * one.output_tokens, 3 * sent, 30 * 1024)
    assert sum([one, one, one], Spending(0, 0, 0, 0, 0)) == three


def test_each_repair_sends_the_conversation_again():
    once = spending(ITEMS, Manner())
    twice = spending(ITEMS, Manner(repairs=1))
    thrice = spending(ITEMS, Manner(repairs=2))
    said = twice.most_input_tokens - 2 * once.input_tokens  # an answer and its fault, ten times
    assert 10 * 1024 < said < 10 * 1100
    assert thrice.most_input_tokens == 3 * once.input_tokens + 3 * said
    assert thrice.input_tokens == once.input_tokens


def test_an_answer_is_no_longer_than_its_limit():
    found = spending(ITEMS, Manner(settings=Settings(tokens=50), repairs=2))
    assert found.output_tokens == 10 * 50
    assert found.most_output_tokens == 10 * 50 * 3


def test_dollars_are_by_the_million():
    found = Spending(1, 2_000_000, 500_000, 2_000_000, 1_000_000)
    assert found.dollars(2.5, 10) == (10, 15)
    assert found.text((2.5, 10)).endswith("about 10.00 dollars (15.00 at most)")


def test_a_run_tells_what_it_will_ask():
    spec = GridSpec(
        ("synthetic",), ("program:model=openai/gpt-4o", "gzip", "program:model=scripted/right"),
        (128,), 5, 0,
    )  # fmt: skip
    (line,) = plans(spec)
    assert line.startswith("program:model=openai/gpt-4o on synthetic: 5 answers: about ")


@pytest.mark.parametrize("price", ["5", "a,b", "1,2,3", "-1,2", "nan,1", "inf,1"])
def test_bad_prices_are_refused(price):
    from codelength.cli.kt_programs import _prices
    from codelength.errors import InputError

    with pytest.raises(InputError, match="--price"):
        _prices(price)
