import ast
import json

import pytest

from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.exports import exported, literal
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.prompts import Manner
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.settings import settings
from codelength.roundtrip.values import loads, same

RECORDS = [
    *generate(Wanted(tuple(FAMILIES), count=2)),
    *generate(Wanted(tuple(FAMILIES), count=1, side_information="none")),
    record("ae", "full", Origin("long", "text", 1), "abcdefghij" * 500),
]


def items(form, blind=False, which="all"):
    return [loads(one) for one in exported(RECORDS, settings(which), Manner(blind), form)]


@pytest.mark.parametrize("blind", [False, True])
def test_codeio_items_run(blind):
    for item in items("codeio", blind):
        keys = "problem_description io_requirements refcode funcname ios category meta"
        assert list(item) == keys.split()
        space = {}
        exec(item["refcode"], space)
        for io in item["ios"]:
            assert same(space[item["funcname"]](**io["input"]), io["output"])


@pytest.mark.parametrize("blind", [False, True])
def test_cruxeval_items_hold(blind):
    for number, item in enumerate(items("cruxeval", blind)):
        assert list(item) == ["code", "input", "output", "id"]
        assert item["id"] == f"sample_{number}"
        exec(f"{item['code']}\nassert {item['output']} == f({item['input']})", {})


@pytest.mark.parametrize("blind", [False, True])
def test_livecodebench_items_hold(blind):
    for item in items("livecodebench", blind):
        assert {"id", "code", "input", "output", "function_name"} <= item.keys()
        assert item["input"].startswith(f"{item['function_name']}(")
        exec(f"{item['code']}\nassert {item['output']} == {item['input']}", {})


def test_integers_that_python_does_not_read_in_decimal_are_written_in_hexadecimal():
    number = 7 * 10**5000
    assert ast.literal_eval(literal([1, -number, "a'\n"])) == [1, -number, "a'\n"]


def test_messages_hold_what_a_response_needs():
    rows = [json.loads(one) for one in exported(RECORDS[:3], settings("0,3"), Manner(), "messages")]
    assert len(rows) == 6
    assert [one["role"] for one in rows[0]["messages"]] == ["system", "user"]
    assert rows[1]["setting"] == "input_execution_prediction_with_inversion"


def test_a_setting_that_shows_one_function_gives_that_function_alone():
    assert len(items("codeio", which="0")) == len(RECORDS)
    assert {one["meta"]["function"] for one in items("codeio", which="1,2")} == {"decoder"}


def test_blind_items_name_no_algorithm():
    for item in items("codeio", True):
        text = json.dumps([item["problem_description"], item["io_requirements"], item["refcode"]])
        assert "huffman" not in text.lower() and "lzw" not in text.lower()
        assert item["funcname"] == "main_solution"
