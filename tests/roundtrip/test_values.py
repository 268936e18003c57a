import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.roundtrip.values import MOST_DIGITS, digits, dumps, integer, loads, read, same

scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back(value):
    if "\ud800" <= max(dumps(value)) <= "\udfff":
        return
    assert same(loads(dumps(value)), value)


def test_integers_of_any_size_are_written_and_read():
    for number in (0, -7, 10**3613, 10**4300, 10**12_345 - 1, -(3**90_000)):
        assert integer(digits(number)) == number
        assert loads(dumps([number])) == [number]


def test_a_long_integer_is_written_as_it_is():
    assert digits(10**5000) == "1" + "0" * 5000
    assert digits(10**5000 + 12) == "1" + "0" * 4998 + "12"


def test_integers_that_would_stall_a_reader_are_refused():
    with pytest.raises(ValueError, match="are the most"):
        loads("9" * (MOST_DIGITS + 1))


@given(values, values)
def test_values_are_the_same_where_their_json_is(one, other):
    texts = [json.dumps(value, sort_keys=True) for value in (one, other)]
    assert same(one, other) == (texts[0] == texts[1])
    assert same(one, json.loads(texts[0]))


@pytest.mark.parametrize(
    "one, other",
    [(1, 1.0), (1, True), (0, False), ("1", 1), ([1], [1.0]), ([], {}), (None, 0), ("", None)],
)
def test_types_count(one, other):
    assert not same(one, other)


@pytest.mark.parametrize(
    "text",
    ["", "[1", "[1] 2", "NaN", "[Infinity]", '{"a": 1, "a": 2}', "[" * 100_000, "'a'", "0x1"],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        loads(text)


def test_a_line_break_in_a_string_is_let_pass():
    assert loads('"a\nb"') == "a\nb"
    assert read('xx {"a": 1} yy', 3) == ({"a": 1}, 11)
