"""The twelve defects that were measured in the published pipeline, each a claim about ours."""

import re
import signal

import pytest

from codelength.roundtrip.ablation import plan
from codelength.roundtrip.answers import ANSWERED, answer_in, block
from codelength.roundtrip.asking import Plan, asked
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.metrics import Scored, figures
from codelength.roundtrip.prompts import Manner, answer, prompt
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.renderings import RENDERINGS, rendering
from codelength.roundtrip.responses import Response, by_id, scored
from codelength.roundtrip.scoring import judge
from codelength.roundtrip.settings import SETTINGS, setting
from codelength.roundtrip.shown import shown
from codelength.roundtrip.sources import ALL, SOURCES, spread
from codelength.roundtrip.training import TRAINED, Filter, rows, told
from codelength.roundtrip.values import dumps

FOUR = ("lzw", "ae", "rle", "huffman")
RECORDS = list(generate(Wanted(FOUR, count=20)))
BY_ID = by_id(RECORDS)
ORIGIN = Origin("string", "any", 1)


@pytest.fixture
def deadline():
    """A minute; what is still running then is stopped."""

    def stop(number, frame):
        raise TimeoutError("it does not end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_01_arithmetic_codes_are_exact_and_those_of_the_shown_encoder():
    for one in (one for one in RECORDS if one.family == "ae"):
        counts = one.beside["counts"]
        for blind in (False, True):
            encode = shown(one.code, "encoder", blind).function()
            decode = shown(one.code, "decoder", blind).function()
            assert encode(one.input, counts) == one.output
            assert decode(one.output, counts) == one.input
        assert all(type(part) is int for part in one.output)


def test_02_any_count_ends_and_an_exhausted_source_says_how_many_there_are(deadline):
    for name in ALL:
        assert len(spread(SOURCES[name], 42, 200, set())) == 200
    with pytest.raises(Exception, match=r"has \d+ distinct inputs, not 100000") as error:
        spread(SOURCES["string"].__class__("string", SOURCES["string"].kinds[6:7]), 1, 10**5, set())
    assert type(error.value).__name__ == "InputError"


@pytest.mark.parametrize(
    "text", ["", "a", "aaaa", "é", "日本日本", "a\U0001f600", "\x00\x00", "ÿĀ"]
)
def test_03_every_input_round_trips_and_nothing_is_changed_that_is_given(text):
    for family in FAMILIES.values():
        for code in family.codes.values():
            beside = code.beside(text)
            message = code.encode(text, beside)
            before = repr((message, beside))
            assert code.decode(message, beside) == text
            assert repr((message, beside)) == before


def test_04_huffmans_tables_are_its_own_and_can_be_left_out_of_the_prompt():
    alone = list(generate(Wanted(("huffman",), count=4)))
    beside_ae = [one for one in generate(Wanted(FOUR, count=4)) if one.family == "huffman"]
    assert alone == beside_ae and all(one.beside["codes"] for one in alone)
    for one in generate(Wanted(("huffman", "ae"), count=4, side_information="none")):
        text = prompt(one, setting("1"), Manner())[-1].text
        assert one.beside == {} and "[TABLE" not in text
        assert one.code.decode(one.output, {}) == one.input


def test_05_traces_go_both_ways_and_return_the_gold_answer():
    for one in RECORDS[::7]:
        for function in ("encoder", "decoder"):
            found = told(one, function, blind=False)
            gold = one.output if function == "encoder" else one.input
            assert found.fault == ""
            assert found.words.splitlines()[-1] == f"return {dumps(gold)}"


def test_06_training_rows_end_with_the_gold_answer_and_share_no_input_with_the_test_split():
    held = {one.input for one in RECORDS if one.split == "test"}
    used = set()
    for one in RECORDS[::5]:
        mine = {f: told(one, f, False) for f in ("encoder", "decoder")}
        for row in rows(one, mine, [*SETTINGS.values()], Manner(), Filter(10**9)):
            used.add(one.input)
            gold = answer(one, setting(row.about["setting"]), None)
            assert row.completion.endswith(gold) and one.split in TRAINED
    assert used and held and not used & held


def test_07_equal_means_equal():
    ae = record("ae", "full", ORIGIN, "aab")
    near = [ae.output[0] / ae.output[1], [float(part) for part in ae.output], ae.output[::-1]]
    for value in (*near, [str(part) for part in ae.output], [2 * part for part in ae.output]):
        assert not judge(ae, setting("0"), block(value)).correct
    lzw = record("lzw", "full", ORIGIN, "a")
    assert not judge(lzw, setting("0"), block([97.0])).correct
    assert not judge(lzw, setting("0"), block("97")).correct
    rle = record("rle", "full", ORIGIN, "aa")
    assert not judge(rle, setting("0"), block([["a", 1], ["a", 1]])).correct
    for text in ('{"output": [1, 2]}', "[1, 2]", "17", "null", ' "a" ', "{}"):
        one = record("rle", "full", ORIGIN, text)  # an input that is JSON itself
        assert judge(one, setting("1"), block(text, "input")).correct


def test_08_pass_at_k_is_unbiased_and_failed_calls_stay_in_the_denominator():
    one = RECORDS[0]
    name = "output_execution_prediction"
    judged = [judge(one, setting("0"), block(one.output) if k == 7 else "") for k in range(10)]
    found = [Scored(one, name, k, each, "stop") for k, each in enumerate(judged)]
    passes = figures(found, (1, 5, 10)).passes
    assert [round(passes[k].mean, 12) for k in (1, 5, 10)] == [0.1, 0.5, 1.0]
    failed = [Response(one.id, "0", "", k, "failed", error="no route") for k in range(3)]
    right = Response(one.id, "0", block(one.output), 3)
    rows = [scored(each, BY_ID, "here") for each in (*failed, right)]
    assert figures(rows, (1,)).passes[1].mean == 0.25
    assert figures(rows, (1,)).ends == {"failed": 3}


def test_09_a_closing_mark_inside_the_thinking_cuts_no_answer():
    from codelength.synthesis.prompted.generation import Settings
    from codelength.synthesis.prompted.inspect_model import config

    text = f"<think>then I write [/ANSWER] ... {block([1])} no</think>\n{block([2])}"
    assert answer_in(text).value == [2]
    pytest.importorskip("inspect_ai")
    assert config(Settings()).stop_seqs is None


def test_10_every_gold_answer_is_right_in_every_rendering():
    asked_in = dict.fromkeys(RENDERINGS, 0)
    texts = [" leading", "trailing ", "\n", "1:2", "3", "a  b", "::", "é\t", ""]
    odd = [record(f, "full", Origin("odd", "any", k), t) for f in FOUR for k, t in enumerate(texts)]
    for question in asked(plan(Plan("x"), ["all"]), [*RECORDS, *odd]):
        chosen = rendering(question.manner.rendering)
        if chosen is not None:
            gold = answer(question.record, question.setting, chosen)
            assert answer_in(gold).status == ANSWERED
            assert judge(question.record, question.setting, gold, chosen.name).correct
            asked_in[chosen.name] += 1
    assert all(asked_in.values())


def test_11_a_run_is_named_after_what_answered_and_no_round_is_picked_by_the_gold_answer(tmp_path):
    from codelength.errors import ModelError
    from codelength.roundtrip.asking import refuse_base
    from codelength.roundtrip.reflection import figures as reflected
    from codelength.synthesis.prompted.generation import Generation
    from codelength.synthesis.prompted.models import model

    pytest.importorskip("inspect_ai")
    served = model("vllm/org/base:mine")
    assert served.name == "vllm/org/base:mine"
    with pytest.raises(ModelError, match="has not loaded the adapter"):
        refuse_base(served, [Generation("", model="org/base")])
    one = RECORDS[0]
    talk = [Response(one.id, "0", block(one.output)), Response(one.id, "0", block([]), round=1)]
    found = reflected(talk, BY_ID)
    assert found.rounds[-1].correct == 0 and found.oracle_best == 1


def test_12_prompts_give_no_gold_answer_away_and_splits_and_scores_are_there():
    first, other = RECORDS[0], next(one for one in RECORDS if one.input != RECORDS[0].input)
    for how in SETTINGS.values():
        gold = dumps(first.output if how.asked == "output" else first.input)
        for one in (first, other):
            text = prompt(one, how, Manner(shots=1))[-1].text
            assert len(gold) < 8 or gold not in text
        forms = {
            re.sub(r"\[(INPUT|OUTPUT)\].*?\[/\1\]", "", prompt(one, how, Manner())[-1].text,
                   flags=re.DOTALL)
            for one in RECORDS if one.family == "rle"
        }  # fmt: skip
        assert len(forms) == 1  # but for the value, nothing in it is from a record
    assert {one.split for one in RECORDS} == {"train", "validation", "test"}
    judged = judge(first, setting("0"), block(first.output[:-1]))
    assert 0 < judged.edit_similarity < 1 and not judged.feasible
