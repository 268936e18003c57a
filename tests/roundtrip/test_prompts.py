import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.errors import InputError
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.prompts import EXAMPLES, Manner, prompt
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.renderings import RENDERINGS
from codelength.roundtrip.scripted import solution
from codelength.roundtrip.settings import SETTINGS, settings
from codelength.roundtrip.values import loads, same

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
CASES = [
    (name, side, how, blind, shots)
    for name, side in itertools.product(FAMILIES, ("full", "none"))
    for how in SETTINGS.values()
    for blind in (False, True)
    for shots in (0, 1)
]
NAMES = re.compile(
    r"lzw|huffman|arithmetic|run-length|burrows|wheeler|lz77|compress|encod|decod|codec|\brle\b|bwt",
    re.IGNORECASE,
)


def origin(text):
    return Origin("string", "any", 1 + len(text))


@pytest.mark.parametrize("name, side, how, blind, shots", CASES)
@given(texts)
def test_a_prompt_says_all_that_the_answer_takes(name, side, how, blind, shots, text):
    """Whoever reads the prompt, and nothing else, finds the gold answer."""
    one = record(name, side, origin(text), text)
    asked = prompt(one, how, Manner(blind, shots))[-1].text
    key, value = solution(asked)
    assert key == how.asked
    assert same(value, one.output if how.asked == "output" else one.input)


@pytest.mark.parametrize("rendering", RENDERINGS)
@given(texts)
def test_a_rendered_prompt_says_all_that_the_answer_takes(rendering, text):
    chosen = RENDERINGS[rendering]
    for family in chosen.families or FAMILIES:
        one = record(family, "full", origin(text), text)
        for how in SETTINGS.values():
            _, value = solution(prompt(one, how, Manner(rendering=rendering))[-1].text)
            gold = one.output if how.asked == "output" else one.input
            assert same(value, chosen.write(gold) if chosen.side == how.asked else gold)


@pytest.mark.parametrize("name, side, how, blind, shots", [case for case in CASES if case[3]])
def test_a_blind_prompt_names_no_algorithm(name, side, how, blind, shots):
    one = record(name, side, origin("x"), "zq zq\n7")
    text = "\n".join(turn.text for turn in prompt(one, how, Manner(True, shots)))
    assert not NAMES.search(text), NAMES.search(text)
    assert "def main_solution(x: " in text


@pytest.mark.parametrize("name", FAMILIES)
def test_a_plain_prompt_names_the_algorithm(name):
    one = record(name, "full", origin("x"), "abc")
    assert (
        FAMILIES[name].title
        in prompt(one, SETTINGS["input_execution_prediction"], Manner())[-1].text
    )


@pytest.mark.parametrize("name, side, how, blind, shots", CASES)
def test_the_form_of_an_answer_comes_from_no_record(name, side, how, blind, shots):
    endings = set()
    for text in ("", "a", "some longer text"):
        asked = prompt(record(name, side, origin(text), text), how, Manner(blind, shots))[-1].text
        endings.add(asked.rpartition("[/PYTHON]")[2])
    assert len(endings) == 1


def test_the_worked_example_is_never_the_question():
    for text in EXAMPLES:
        one = record("rle", "full", origin(text), text)
        asked = prompt(one, SETTINGS["output_execution_prediction"], Manner(shots=1))[-1].text
        shown = re.findall(r"\[INPUT\]\n(.*)\n\[/INPUT\]", asked)
        assert len({loads(value) for value in shown}) == len(shown) == 2


def test_settings_are_chosen_by_name_or_number():
    assert [one.number for one in settings("all")] == [0, 1, 2, 3]
    assert [one.number for one in settings("2, output_execution_prediction,2")] == [2, 0]
    assert [one.inverted for one in settings("all")] == [False, False, True, True]
    with pytest.raises(InputError, match="there is no setting '4'"):
        settings("4")
    with pytest.raises(InputError, match="worked examples"):
        Manner(shots=2)
