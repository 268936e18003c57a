import pytest

from codelength.errors import InputError
from codelength.roundtrip.ablation import compare, manners, plan
from codelength.roundtrip.asking import Plan, asked, run
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.metrics import Scored
from codelength.roundtrip.records import FILE, line, read_records
from codelength.roundtrip.renderings import RENDERINGS
from codelength.roundtrip.responses import by_id, scored
from codelength.roundtrip.scoring import Judged
from codelength.roundtrip.scripted import Scripted

FOUR = ("lzw", "ae", "rle", "huffman")


def test_each_rendering_is_asked_of_the_families_that_it_suits():
    records = list(generate(Wanted(FOUR, count=1)))
    questions = list(asked(plan(Plan("x"), ["all"]), records))
    for name, one in RENDERINGS.items():
        families = {q.record.family for q in questions if q.manner.rendering == name}
        assert families == set(one.families or FOUR) & set(FOUR)
    assert len(questions) == 4 * 5 * (4 + 4 * 5 + 5 + 2 + 2 + 1)


def test_tables_in_a_message_leave_only_its_json(tmp_path):
    records = list(generate(Wanted(FOUR, count=1, side_information="none")))
    questions = list(asked(plan(Plan("x"), ["huffman:hex", "lzw:csv"]), records))
    assert {q.record.family for q in questions if q.manner.rendering == "huffman:hex"} == set()
    assert {q.record.family for q in questions if q.manner.rendering == "lzw:csv"} == {"lzw"}


def test_a_right_model_is_right_in_every_rendering(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    records = list(generate(Wanted(FOUR, count=2)))
    (data / FILE).write_text("".join(map(line, records)), encoding="utf-8")
    model = Scripted("right")
    chosen = plan(Plan(model.name), ["all"])
    responses = run(chosen, model, data, read_records(data), tmp_path / "run")
    pairs = [(one.rendering, scored(one, by_id(records), "here")) for one in responses]
    found = compare(pairs)
    assert {one.rendering for one in found} == set(RENDERINGS)
    for one in found:
        assert (one.plain, one.rendered, one.better, one.worse) == (1, 1, 0, 0)
        assert one.difference.mean == 0


def test_renderings_are_compared_question_by_question():
    records = list(generate(Wanted(("huffman",), "string:keyboard", 4)))
    setting = "output_execution_prediction"

    def said(k, name, right):
        judged = Judged(right, right, float(right), "correct" if right else "wrong")
        return name, Scored(records[k], setting, 0, judged, "stop")

    plain = [said(k, "json", k < 2) for k in range(3)]
    hexed = [said(k, "huffman:hex", right) for k, right in ((1, False), (2, True), (3, True))]
    (found,) = compare(plain + hexed)
    assert found.questions == 2  # those that were asked in both
    assert (found.plain, found.rendered, found.better, found.worse) == (0.5, 0.5, 1, 1)


def test_plain_json_comes_first_and_unknown_names_are_refused():
    assert [one.rendering for one in manners(["lzw:csv", "json"], True, 1)] == ["json", "lzw:csv"]
    with pytest.raises(InputError, match="no rendering 'lzw:hex'"):
        manners(["lzw:hex"], False, 0)
