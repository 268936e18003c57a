"""`codelength roundtrip` from data to tables, as a user types it."""

import json

import pytest

from codelength.roundtrip.answers import block
from codelength.roundtrip.records import read_records
from codelength.roundtrip.settings import SETTINGS
from codelength.roundtrip.values import dumps, loads


@pytest.fixture
def data(cli, tmp_path):
    found = cli("roundtrip", "generate", "--count", 3, "--out", tmp_path / "data")
    assert found.code == 0 and "60 records" in found.err
    return tmp_path / "data"


def lines(path):
    return [loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_generate_writes_one_record_a_line(data):
    rows = lines(data / "data.jsonl")
    assert len(rows) == 4 * 5 * 3
    keys = {"id", "family", "source", "kind", "split", "input", "output", "beside"}
    assert all(keys <= row.keys() for row in rows)
    assert {row["source"] for row in rows} == {"string", "log", "yaml", "csv", "dna"}
    assert {row["family"] for row in rows} == {"lzw", "ae", "rle", "huffman"}


def test_generate_says_what_it_made(cli, tmp_path):
    found = cli("roundtrip", "generate", "--family", "rle,bwt", "--source", "dna", "--count", 7,
                "--side-information", "none", "--out", tmp_path, "--json").json  # fmt: skip
    assert [(row["family"], row["records"]) for row in found] == [("rle", 7), ("bwt", 7)]
    assert sum(found[0]["split"].values()) == sum(found[0]["length"].values()) == 7


def test_the_users_own_lines_are_data_too(cli, tmp_path):
    (tmp_path / "own.txt").write_text("one\ntwo\nthree\n")
    found = cli("roundtrip", "generate", "--from", tmp_path / "own.txt", "--out", tmp_path / "data")
    assert found.code == 0
    assert [row["input"] for row in lines(tmp_path / "data" / "data.jsonl")][:3] == [
        "one", "two", "three"]  # fmt: skip


@pytest.mark.parametrize("form", ["messages", "codeio", "cruxeval", "livecodebench"])
def test_prompts_are_written_in_every_form(cli, data, tmp_path, form):
    out = tmp_path / "prompts.jsonl"
    found = cli("roundtrip", "prompts", data, "--blind", "--format", form, "--out", out)
    assert found.code == 0
    assert len(lines(out)) == 60 * (4 if form == "messages" else 2)


def test_gold_answers_score_everything_and_mutated_ones_nothing(cli, data, tmp_path):
    for wrong in (False, True):
        out = tmp_path / "responses.jsonl"
        with out.open("w") as file:
            for one in read_records(data):
                for how in SETTINGS.values():
                    gold = one.output if how.asked == "output" else one.input
                    value = gold + gold[:1] if wrong else gold
                    row = {"id": one.id, "setting": how.name, "response": block(value)}
                    file.write(json.dumps(row) + "\n")
        rows = cli("roundtrip", "score", out, "--data", data, "--json").json
        assert len(rows) == 240
        assert {row["correct"] for row in rows} == {not wrong}
        assert {row["status"] for row in rows} == {"wrong" if wrong else "correct"}
        assert set(rows[0]) >= {"id", "setting", "correct", "feasible", "edit_similarity", "status"}
    assert "pass@1" in cli("roundtrip", "score", out, "--data", data, "--by", "setting").out


def test_rows_come_back_in_their_order(cli, data, tmp_path):
    records = list(read_records(data))[::-1]
    rows = [{"id": one.id, "setting": "0", "response": "no", "sample": 3} for one in records]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = cli("roundtrip", "score", tmp_path / "r.jsonl", "--data", data, "--json").json
    assert [row["id"] for row in found] == [one.id for one in records]
    assert {row["status"] for row in found} == {"missing"}


@pytest.mark.parametrize(
    "row, said",
    [
        ({"id": "x", "setting": "0"}, 'expected an object with "id", "setting" and "response"'),
        ({"id": "x", "setting": "0", "response": ""}, "there is no record 'x'"),
        ({"id": "x", "setting": "7", "response": ""}, "there is no setting '7'"),
        ({"id": "x", "setting": "0", "response": 3}, "response is a text"),
        ({"id": "x", "setting": "0", "response": "", "end": "odd"}, "end is one of"),
        ([], "expected an object"),
    ],
)
def test_a_row_that_cannot_be_scored_is_named(cli, data, tmp_path, row, said):
    path = tmp_path / "responses.jsonl"
    path.write_text("\n" + json.dumps(row) + "\n")
    found = cli("roundtrip", "score", path, "--data", data)
    assert found.code == 2 and said in found.err and found.err.count("\n") == 1


def test_a_call_that_gave_nothing_is_a_row_too(cli, data, tmp_path):
    one = next(read_records(data))
    row = {"id": one.id, "setting": "0", "response": None, "end": "failed"}
    (tmp_path / "r.jsonl").write_text(json.dumps(row))
    (found,) = cli("roundtrip", "score", tmp_path / "r.jsonl", "--data", data, "--json").json
    assert (found["status"], found["end"], found["correct"]) == ("missing", "failed", False)


def test_a_run_its_table_an_ablation_and_a_reflection(cli, data, tmp_path):
    model = ("--model", "scripted/mixed")
    run = tmp_path / "run"
    found = cli("roundtrip", "run", data, *model, "--samples", 2, "--own", "--k", "1,2",
                "--out", run)  # fmt: skip
    assert found.code == 0 and "pass@2" in found.out and "back from its own answer" in found.out
    rows = cli("roundtrip", "table", run, "--by", "setting", "--k", 2, "--json").json
    assert [row["group"] for row in rows] == [*SETTINGS, "all"]
    assert rows[-1]["questions"] == 240 and rows[-1]["responses"] == 480
    assert rows[-1]["passes"]["2"]["low"] <= rows[-1]["passes"]["2"]["mean"]
    refused = cli("roundtrip", "table", run, "--k", 5)
    assert refused.code == 2 and "pass@5 needs 5 responses" in refused.err
    found = cli("roundtrip", "ablate", data, *model, "--rendering", "huffman:hex,input:base64",
                "--limit", 3, "--out", tmp_path / "ablation", "--json").json  # fmt: skip
    assert {row["rendering"] for row in found} == {"huffman:hex", "input:base64"}
    found = cli("roundtrip", "reflect", data, *model, "--rounds", 1, "--limit", 3,
                "--out", tmp_path / "reflection")  # fmt: skip
    assert "oracle-best" in found.out and "round 1" in found.out


def test_runs_whose_data_are_gone_or_others_are_refused(cli, data, tmp_path):
    run = tmp_path / "run"
    cli("roundtrip", "run", data, "--model", "scripted/right", "--limit", 1, "--out", run)
    moved = data.rename(tmp_path / "moved")
    found = cli("roundtrip", "table", run)
    assert found.code == 2 and "name them with --data" in found.err
    assert cli("roundtrip", "table", run, "--data", moved).code == 0
    (moved / "data.jsonl").write_text((moved / "data.jsonl").read_text() + "\n")
    found = cli("roundtrip", "table", run, "--data", moved)
    assert found.code == 2 and "another checksum" in found.err


def test_traces_narrations_and_training_rows(cli, data, tmp_path):
    short = tmp_path / "short"
    cli("roundtrip", "generate", "--source", "string", "--count", 6, "--out", short)
    traces, told = tmp_path / "traces.jsonl", tmp_path / "told.jsonl"
    assert cli("roundtrip", "trace", short, "--workers", 1, "--out", traces).code == 0
    gold = {one.id: one for one in read_records(short)}
    rows = lines(traces)
    assert len(rows) == 2 * len(gold)
    for row in rows:
        one = gold[row["id"]]
        assert row["value"] == (one.output if row["function"] == "encoder" else one.input)
    assert cli("roundtrip", "narrate", short, "--workers", 1, "--out", told).code == 0
    for row in lines(told):
        one = gold[row["id"]]
        value = one.output if row["function"] == "encoder" else one.input
        assert row["narration"].endswith(f"return {dumps(value)}")
    (made,) = cli("roundtrip", "sft", short, "--workers", 1, "--out", tmp_path / "sft",
                  "--json").json  # fmt: skip
    assert made["rows"]["train.jsonl"] == len(lines(tmp_path / "sft" / "train.jsonl"))
    kept = sum(count for name, count in made["rows"].items() if name.count(".") == 1)
    assert kept + sum(made["left_out"].values()) == 4 * len(gold)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("generate", "--family", "zip", "--out", "x"), "no family zip; there are lzw"),
        (("generate", "--source", "novel", "--out", "x"), "novel"),
        (("generate", "--source", "string:pangram", "--count", 999, "--out", "x"), "not 999"),
        (("prompts", "DATA", "--setting", "9", "--out", "x"), "there is no setting '9'"),
        (("prompts", "DATA", "--split", "dev", "--out", "x"), "--split is train"),
        (("prompts", "DATA", "--rendering", "lzw:hex", "--out", "x"), "no rendering"),
        (("prompts", "none", "--out", "x"), "roundtrip generate"),
        (("run", "DATA", "--model", "scripted/odd", "--out", "x"), "there are right"),
        (("run", "DATA", "--model", "scripted/right", "--k", "0", "--out", "x"), "--k is"),
        (("table", "DATA"), "no round-trip run"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(cli, data, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    found = cli("roundtrip", *(data if one == "DATA" else one for one in arguments))
    assert found.code == 2 and said in found.err and found.err.count("\n") == 1
    assert found.out == "" and not (tmp_path / "x").exists()


def test_rounds_and_renderings_are_no_samples(cli, data, tmp_path):
    model = ("--model", "scripted/mixed", "--limit", 2)
    cli("roundtrip", "reflect", data, *model, "--rounds", 2, "--out", tmp_path / "reflection")
    found = cli("roundtrip", "table", tmp_path / "reflection", "--k", 3)
    assert found.code == 2 and "is a reflection" in found.err
    found = cli("roundtrip", "run", data, *model, "--out", tmp_path / "reflection")
    assert found.code == 2 and "another run: its rounds" in found.err
    cli("roundtrip", "ablate", data, *model, "--rendering", "input:hex", "--out", tmp_path / "abl")
    assert cli("roundtrip", "table", tmp_path / "abl", "--k", 2).code == 2
    (row,) = [
        row for row in cli("roundtrip", "table", tmp_path / "abl", "--json").json
        if row["group"] == "all"
    ]  # fmt: skip
    assert row["responses"] == row["questions"] == 4 * 2 * 4


def test_an_unfinished_run_and_missing_rows_are_told(cli, data, tmp_path):
    run = tmp_path / "run"
    cli("roundtrip", "run", data, "--model", "scripted/right", "--limit", 2, "--out", run)
    path = run / "responses.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:10]) + lines[10][:30])
    found = cli("roundtrip", "table", run)
    assert found.code == 0 and "10 of 32 responses" in found.err
    path.write_bytes(b"".join(lines[:10]))
    found = cli("roundtrip", "score", path, "--data", data)
    assert "questions of these settings have no row" in found.err


def test_nothing_is_asked_before_the_options_are_right(cli, data, tmp_path):
    model = ("--model", "scripted/right")
    found = cli("roundtrip", "run", data, *model, "--k", 5, "--out", tmp_path / "x")
    assert found.code == 2 and "--samples 5" in found.err and not (tmp_path / "x").exists()
    found = cli("roundtrip", "ablate", data, *model, "--family", "rle", "--rendering",
                "huffman:hex", "--out", tmp_path / "x")  # fmt: skip
    assert found.code == 2 and "can be asked in" in found.err and not (tmp_path / "x").exists()


def test_data_and_runs_of_others_are_left_alone(cli, data, tmp_path):
    found = cli("roundtrip", "generate", "--count", 4, "--out", data)
    assert found.code == 2 and "holds other data" in found.err
    assert cli("roundtrip", "generate", "--count", 3, "--out", data).code == 0  # the same
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "responses.jsonl").write_text("my own")
    found = cli("roundtrip", "run", data, "--model", "scripted/right", "--out", folder)
    assert found.code == 2 and "of no run here" in found.err
    assert (folder / "responses.jsonl").read_text() == "my own"
    for command in ("resume", "verify"):
        found = cli(command, folder)
        assert found.code == 2 and "is a run of round trips" in found.err


def test_a_retelling_is_trained_on_only_where_it_is_verified(cli, tmp_path):
    data = tmp_path / "data"
    (tmp_path / "own.txt").write_text("aaab\n")
    cli("roundtrip", "generate", "--family", "rle", "--from", tmp_path / "own.txt", "--out", data)
    (one,) = read_records(data)
    assert one.split == "train"
    told = 'A run of "a" and a run of "b".\nIt returns [["a", 3], ["b", 1]].'
    for words, used in ((told, True), (told + " [ANSWER]", False), ("It is 4242.\n" + told, False)):
        row = {
            "id": one.id,
            "function": "encoder",
            "blind": False,
            "narration": "",
        }
        path = tmp_path / "told.jsonl"
        path.write_text(json.dumps(row | {"translation": words}))
        out = tmp_path / f"sft{len(words)}"
        found = cli("roundtrip", "sft", data, "--setting", 0, "--translations", path, "--workers",
                    1, "--out", out)  # fmt: skip
        assert found.code == 0
        (trained,) = lines(out / "train.jsonl")
        assert (words in trained["messages"][-1]["content"]) == used
        assert used or "1 left out: translation" in found.err
