import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.roundtrip.answers import (
    ANSWERED,
    MALFORMED,
    MISSING,
    Answer,
    answer_in,
    block,
)

prose = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
marks = st.sampled_from(["[ANSWER]", "[/ANSWER]", "</think>", "```", '{"output": 1}', ""])


@given(prose, marks, prose, st.sampled_from(["output", "input"]))
def test_a_block_is_read_back_whatever_is_before_and_in_it(before, mark, value, key):
    text = before + mark + before + block(value + mark + value, key)
    assert answer_in(text) == Answer(ANSWERED, value + mark + value)


@pytest.mark.parametrize(
    "text, value",
    [
        ('[ANSWER] {"output": [1, 2]} [/ANSWER]', [1, 2]),
        ('[ANSWER]{"output":[1,2]}[/ANSWER] Hope this helps!', [1, 2]),
        ('[ANSWER]\n```json\n{"output": "a"}\n```\n[/ANSWER]', "a"),
        ('[ANSWER] {"output": 1} [/ANSWER] no: [ANSWER] {"output": 2} [/ANSWER]', 2),
        ('[ANSWER] {"output": 1} [/ANSWER] and [ANSWER] {"output": 2', 1),
        ('<think>[ANSWER] {"output": 1} [/ANSWER]</think>[ANSWER] {"output": 2} [/ANSWER]', 2),
        ('I will write [ANSWER] and then: [ANSWER] {"output": 3} [/ANSWER]', 3),
        ('[/ANSWER] [ANSWER] {"input": "[/ANSWER]"} [/ANSWER]', "[/ANSWER]"),
        ('[ANSWER] {"output": "two\nlines"} [/ANSWER]', "two\nlines"),
    ],
)
def test_the_last_complete_block_counts(text, value):
    assert answer_in(text) == Answer(ANSWERED, value)


@pytest.mark.parametrize(
    "text",
    [
        "[ANSWER] [1, 2] [/ANSWER]",
        "[ANSWER] so be it [/ANSWER]",
        '[ANSWER] {"output": 1, "input": 2} [/ANSWER]',
        '[ANSWER] {"answer": 1} [/ANSWER]',
        '[ANSWER] {"output": 1} and more [/ANSWER]',
        "[ANSWER] {'output': 1} [/ANSWER]",
        '[ANSWER] {"output": NaN} [/ANSWER]',
        '[ANSWER] {"output": 1} [/ANSWER] [ANSWER] {"output": } [/ANSWER]',
    ],
)
def test_a_block_in_another_form_is_malformed(text):
    assert answer_in(text).status == MALFORMED


@pytest.mark.parametrize(
    "text", ["", "42", '{"output": 42}', '[ANSWER] {"output": 42}', '{"output": 42} [/ANSWER]']
)
def test_without_a_complete_block_there_is_no_answer(text):
    assert answer_in(text).status == MISSING


def test_a_response_that_goes_on_for_ever_takes_no_long_time():
    assert answer_in('[ANSWER] {"output": 1}' + " " * 500_000).status == MISSING
    assert answer_in('[ANSWER] {"output": "' * 50_000).status == MISSING
    assert answer_in('[ANSWER] {"output": 1}' + "\n" * 100_000 + "[/ANSWER]") == Answer(ANSWERED, 1)


def test_many_opening_marks_take_no_long_time():
    assert answer_in("[ANSWER] " * 200_000).status == MISSING
    assert answer_in("[ANSWER] " * 50_000 + block(1)) == Answer(ANSWERED, 1)
