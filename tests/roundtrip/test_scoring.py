import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.roundtrip.answers import block
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.prompts import answer
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.renderings import RENDERINGS
from codelength.roundtrip.scoring import Judged, judge
from codelength.roundtrip.settings import SETTINGS, setting

ORIGIN = Origin("string", "any", 1)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
cases = st.tuples(
    st.sampled_from(sorted(FAMILIES)),
    st.sampled_from(["full", "none"]),
    texts | st.text(alphabet="ab", max_size=30),
)


def judged(one, name, value, key="output"):
    return judge(one, setting(name), block(value, key))


@given(cases)
def test_gold_answers_are_right_everywhere(case):
    one = record(case[0], case[1], ORIGIN, case[2])
    for how in SETTINGS.values():
        found = judge(one, how, "so\n" + answer(one, how, None))
        assert found == Judged(True, True, 1.0, "correct")


@given(cases)
@pytest.mark.parametrize("name", RENDERINGS)
@settings(max_examples=20)
def test_gold_answers_are_right_in_every_rendering(name, case):
    one = record(case[0], "full", ORIGIN, case[2])
    if RENDERINGS[name].suits(one.family):
        for how in SETTINGS.values():
            text = answer(one, how, RENDERINGS[name])
            assert judge(one, how, text, name).correct


def places(value, path=()):
    """Paths to all parts of a value."""
    yield path
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def mutations(part):
    """Other values that stand near a part."""
    if isinstance(part, str):
        return [part + "a", part[:-1], part[::-1], part.swapcase(), part.strip(), [part], None]
    if isinstance(part, list):
        return [[*part, 0], part[:-1], part[::-1], {"0": part}, str(part), None, [*part, *part]]
    return [part + 1, -part, float(part) if part < 2**60 else None, str(part), [part], part == 1]


@given(st.data())
@settings(max_examples=300)
def test_any_mutation_of_a_gold_answer_is_wrong(data):
    family, side, text = data.draw(cases)
    one = record(family, side, ORIGIN, text)
    how = data.draw(st.sampled_from(list(SETTINGS.values())))
    gold = one.output if how.asked == "output" else one.input
    path = data.draw(st.sampled_from(list(places(gold))))
    changed = copy.deepcopy([gold])
    holder = changed
    for step in (0, *path)[:-1]:
        holder = holder[step]
    last = (0, *path)[-1]
    mutated = data.draw(st.sampled_from(mutations(holder[last])))
    if repr(mutated) == repr(holder[last]):
        return
    holder[last] = mutated
    found = judge(one, how, block(changed[0], how.asked))
    assert not found.correct and found.status == "wrong"
    assert 0 <= found.edit_similarity <= 1


def test_another_message_that_decodes_alike_is_feasible_and_not_right():
    rle = record("rle", "full", ORIGIN, "aaab")
    assert judged(rle, "0", [["a", 1], ["a", 2], ["b", 1]]) == Judged(False, True, 19 / 30, "wrong")
    ae = record("ae", "full", ORIGIN, "aab")
    found = judged(ae, "2", [2 * part for part in ae.output])
    assert found.feasible and not found.correct
    lzw = record("lzw", "full", ORIGIN, "ababab")
    assert judged(lzw, "0", [97, 98, 97, 98, 97, 98]).feasible


def test_an_input_is_feasible_only_where_it_gives_what_was_shown():
    rle = record("rle", "full", ORIGIN, "aaab")
    assert not judged(rle, "1", "aaabb", "input").feasible
    own = [["a", 5]]
    found = judge(rle, setting("1"), block("aaaaa", "input"), given=own)
    assert found.feasible and not found.correct
    found = judge(rle, setting("1"), block("aaab", "input"), given=own)
    assert found.correct and not found.feasible


@pytest.mark.parametrize(
    "family, side, value",
    [
        pytest.param(*case, id=str(number))
        for number, case in enumerate(
            [
                ("rle", "full", [["a", 10**30]]),
                ("rle", "full", [["a", -5]]),
                ("rle", "full", [["a", 10**10], ["b", -(10**10)]]),
                ("rle", "full", [["a", True], ["a", 2]]),
                ("rle", "full", [["a" * 20_000, "b" * 20_000]]),
                ("rle", "full", 1.5),
                ("lz77", "full", [[0, 0, "a"], [1, 10**12, "b"], [1, -(10**12), "c"]]),
                ("ae", "none", [1, 7, [["a", 10**1500], ["b", -(10**1500)]]]),
                ("huffman", "none", [[["a", 10**5]] * 10**4, 0, [1]]),
                ("lz77", "full", [[0, 0, "a"], [1, 10**12, "b"]]),
                ("lzw", "full", [97, *range(256, 100_000)]),
                ("ae", "none", [0, 1, [["", 10**12]]]),
                ("ae", "none", [1, 3, [["a", 10**12]]]),
                ("ae", "full", [0, 0]),
                ("ae", "full", [1, -(10**50_000)]),
                ("huffman", "none", [[["a", 10**12]], 0, [1]]),
                ("huffman", "none", [[["a", -1]], 0, [1]]),
                ("huffman", "full", [0] * 100_000),
                ("bwt", "full", ["ab", 10**9, [1]]),
                ("delta", "full", [10**12]),
                ("delta", "full", [1.5]),
                ("rle", "full", "aaab"),
                ("rle", "full", None),
                ("rle", "full", {"a": 3}),
                ("rle", "full", 17),
            ]
        )
    ],
)
def test_answers_that_ask_for_too_much_are_wrong_at_once(family, side, value):
    one = record(family, side, ORIGIN, "aaab")
    found = judged(one, "0", value)
    assert found.status == "wrong" and not found.feasible


@pytest.mark.parametrize(
    "value", ["1e999", "[" * 900 + "]" * 900, '{"a": ' * 400 + "1" + "}" * 400]
)
def test_values_that_python_chokes_on_are_malformed(value):
    one = record("rle", "full", ORIGIN, "aab")
    text = f'[ANSWER] {{"output": {value}}} [/ANSWER]'
    assert judge(one, setting("0"), text).status == "malformed"


def test_an_input_that_leans_on_another_padding_is_not_feasible():
    one = record("huffman", "full", ORIGIN, "aab")
    assert one.beside["padding"] == 5
    assert judged(one, "1", "aab", "input").feasible
    assert not judged(one, "1", "aab" + "a", "input").feasible


def test_edit_similarity_is_of_characters():
    rle = record("rle", "full", ORIGIN, "aaab")
    assert judged(rle, "1", "aaaa", "input").edit_similarity == 0.75
    assert judged(rle, "1", "", "input").edit_similarity == 0.0
    assert judge(rle, setting("1"), "I cannot").edit_similarity == 0.0


def test_a_rendered_answer_in_another_form_is_malformed():
    one = record("huffman", "full", ORIGIN, "aaab")
    assert judge(one, setting("0"), block("zz"), "huffman:hex").status == "malformed"
    assert judge(one, setting("0"), block(one.output), "huffman:hex").status == "malformed"
