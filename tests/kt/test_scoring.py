"""Judging programs that others made: the paper's own examples, rows of several forms, prices."""

import json
from pathlib import Path

import pytest

from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.errors import InputError
from codelength.kt.analysis import error_class, repeats
from codelength.kt.candidates import candidate, candidates
from codelength.kt.scoring import Candidate, Judge
from codelength.sandbox import Limits

ROWS = (Path(__file__).parent / "paper_figures.jsonl").read_text()
FIGURES = [json.loads(line) for line in ROWS.splitlines()]
"""Programs of Llama-3.1-405B that KT prints (arXiv 2503.13992, Fig. 13 to 19), with what they give
by hand. Fig. 15 is printed as a success, and its program has 7 and 5 where the sequence has 8 and 4
equal values: as printed it is wrong from the 26th value on."""
JUDGE = Judge()


@pytest.mark.parametrize("figure", FIGURES, ids=[one["id"] for one in FIGURES])
def test_the_papers_programs_are_judged_as_by_hand(figure):
    scored = JUDGE.judge(candidate(figure, figure["id"]))
    assert scored.language == "python"
    assert (scored.correct, scored.prefix) == (figure["right"], figure["prefix"])
    assert scored.executable


@pytest.mark.parametrize(
    ("number", "kind"), [(13, True), (14, True), (16, "execution"), (17, "execution"),
                         (18, "repetition"), (19, "unicode")]
)  # fmt: skip
def test_repetition_and_errors_are_classed_as_in_the_paper(number, kind):
    scored = JUDGE.judge(candidate(FIGURES[number - 13], ""))
    assert (repeats(scored) if scored.correct else error_class(scored)) == kind


def test_a_program_of_patterns_does_not_repeat():
    program = "output = list(range(100)) + [7] * 50 + [1, 2, 3, 4, 5]"
    target = bytes([*range(100), *[7] * 50, 1, 2, 3, 4, 5])
    scored = JUDGE.judge(Candidate("", target, program))
    assert scored.correct
    assert not repeats(scored)


KT_PROGRAM = "sequence_1 = range_func_up(0, 9)\noutput = sequence_1"


def test_kts_language_is_recognised_and_priced():
    scored = JUDGE.judge(Candidate("", bytes(range(10)), KT_PROGRAM))
    assert (scored.language, scored.correct) == ("kt", True)
    assert [name for name, _ in scored.prices] == ["paper", "exact", "fitted"]
    assert scored.bits("paper") == PaperPrior().bits(Program.parse(KT_PROGRAM))


def test_a_program_outside_the_domain_is_refused():
    void = "sequence_1 = repeat_num(300, 1)\noutput = sequence_1"
    scored = JUDGE.judge(Candidate("", bytes([1] * 300), void))
    assert (scored.status, scored.correct, scored.prices) == ("domain", False, ())


def test_dna_has_three_bits_a_symbol():
    row = {"sequence": [0, 7, 3], "program": "output = [0, 7, 3]"}
    assert (
        candidate(row, "", "dna").raw_bits == candidate(row | {"modality": "dna"}, "").raw_bits == 9
    )
    with pytest.raises(InputError, match=r"is no integer 0\.\.7"):
        candidate({"sequence": [8], "program": ""}, "row 7", "dna")


def test_the_target_is_never_the_models_own():
    turns = [{"role": "user", "content": "Input Sequence: [9, 8]"},
             {"role": "assistant", "content": "Input Sequence: [1, 1]"}]  # fmt: skip
    row = {"messages": turns, "generation": "output = [1] * 2"}
    assert candidate(row, "").target == bytes([9, 8])
    with pytest.raises(InputError, match="is not the one in the prompt"):
        candidate(row | {"sequence": [1, 1]}, "row 7")


def test_a_language_can_be_forced():
    target = bytes(range(10))
    assert not Judge("python").judge(Candidate("", target, KT_PROGRAM)).correct
    said = Judge("kt").judge(Candidate("", target, "output = list(range(10))"))
    assert (said.status, said.correct) == ("exception", False)
    with pytest.raises(InputError, match="no language is named"):
        Judge("basic")


def test_python_is_priced_by_three_codecs():
    scored = JUDGE.judge(Candidate("", bytes(range(10)), "output = list(range(10))"))
    prices = dict(scored.prices)
    assert set(prices) == {"gzip", "xz", "python"}
    assert prices["python"] < 0.5 * prices["gzip"] < prices["xz"]


def test_a_row_without_a_program_stays():
    scored = JUDGE.judge(Candidate("", b"abc", None, "failed"))
    assert (scored.status, scored.correct, scored.executable) == ("none", False, False)


def test_a_program_that_cannot_be_text_is_judged():
    scored = JUDGE.judge(Candidate("", b"abc", "output = ['\ud800\0']"))
    assert not scored.correct
    assert set(dict(scored.prices)) == {"gzip", "xz"}


def test_many_are_judged_in_order():
    rows = [Candidate(str(k), bytes([k]), f"output = [{k}]") for k in range(50)]
    assert [one.candidate.id for one in JUDGE.judge_all(rows, 3)] == [str(k) for k in range(50)]


def test_slow_programs_are_stopped():
    judge = Judge(limits=Limits(seconds=0.2))
    assert judge.judge(Candidate("", b"a", "while 1: pass")).status == "timeout"


PROMPT = "Do it.\n### Input Sequence:\n[1, 2, 3]\n\n### Expected Output:"
SAID = "The Python program that generates the sequence is:\noutput = [1, 2, 3]\n###"


@pytest.mark.parametrize(
    "row",
    [
        {"sequence": [1, 2, 3], "program": "output = [1, 2, 3]"},
        {"sequence": "[1, 2, 3]", "program": "output = [1, 2, 3]"},
        {"target": [1, 2, 3], "generation": SAID},
        {"prompt": PROMPT, "generation": SAID},
        {"prompt": PROMPT, "output": [SAID, "another"]},
        {"prompt": json.dumps({"content": PROMPT}), "generation": SAID},
        {"input": [{"role": "user", "content": PROMPT}], "response": {"content": SAID}},
        {"messages": json.dumps([{"role": "user", "content": PROMPT}]), "completion": SAID},
        {"sequence_input": [1, 2, 3], "program": '"output = [1, 2, 3]"'},
        {"sequence": [1, 2, 3], "generation": json.dumps(SAID)},
        json.dumps({"prompt": PROMPT, "generation": SAID}),
        json.dumps(json.dumps({"prompt": PROMPT, "generation": SAID})),
    ],
)
def test_rows_of_every_form_are_read(row):
    found = candidate(row, "row 7")
    assert (found.target, found.program) == (bytes([1, 2, 3]), "output = [1, 2, 3]")
    assert found.id == "row 7"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, 2], "expected an object"),
        ("text", "expected an object"),
        ({"program": "output = []"}, "no sequence"),
        ({"prompt": "no list", "program": "output = []"}, "no sequence"),
        ({"sequence": [1, 256], "program": ""}, "the value 256 at position 1"),
        ({"sequence": [True], "program": ""}, "the value True at position 0"),
        ({"sequence": 5, "program": ""}, "is no list"),
        ({"sequence": [1]}, 'no "program" and no "generation"'),
        ({"sequence": [1], "program": 5}, "the program is no text"),
    ],
)
def test_bad_rows_are_refused(row, said):
    with pytest.raises(InputError, match=said):
        candidate(row, "row 7")


@pytest.mark.parametrize("generation", [None, "", [], "I'm sorry."])
def test_a_row_without_an_answer_has_no_program(generation):
    found = candidate({"sequence": [1], "generation": generation}, "")
    assert found.program in (None, "I'm sorry.")


def test_each_of_several_generations_is_a_program():
    row = {"id": "a", "sequence": [1, 2], "generations": ["output = [1, 2]", "output = [1]"]}
    found = candidates(row, "row 1")
    assert [(one.id, one.program) for one in found] == [
        ("a#1", "output = [1, 2]"),
        ("a#2", "output = [1]"),
    ]
    assert [one.id for one in candidates(row | {"program": "x"}, "row 1")] == ["a"]
    assert [one.id for one in candidates(row | {"generations": ["x"]}, "row 1")] == ["a"]


def test_a_candidate_may_have_its_own_time():
    slow = "import time\ntime.sleep(0.6)\noutput = [1]"
    brief = Judge(limits=Limits(seconds=0.2))
    assert brief.judge(Candidate("", b"\x01", slow)).status == "timeout"
    assert brief.judge(Candidate("", b"\x01", slow, seconds=5.0)).correct
