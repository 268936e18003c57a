"""Bad input: one line on stderr, exit code 2, nothing on stdout, nothing written."""

import json

import pytest

CHAIN = "sequence_1 = repeat_num(25, 1)\n" + "".join(
    f"sequence_{j} = repeat_list(8, sequence_{j - 1})\n" for j in range(2, 9)
)
PROGRAMS = {
    "unknown operation": ("sequence_1 = sort(1)\noutput = sequence_1", "unknown operation"),
    "bad index": ("sequence_1 = reverse_list(sequence_3)\noutput = sequence_1", "reference"),
    "no integer": ("sequence_1 = set_list([1, a])\noutput = sequence_1", "not an integer"),
    "too long": (CHAIN + "output = sequence_8", "longer than the limit"),
    "domain": ("sequence_1 = repeat_num(99, 1)\noutput = sequence_1", "outside the domain"),
}


def refused(found, says):
    assert found.code == 2 and found.out == ""
    assert found.err.startswith("error: ") and found.err.count("\n") == 1
    assert says in found.err


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("prior", ["paper", "exact"])
def test_a_bad_program_is_named_by_line_and_cause(cli, tmp_path, name, prior):
    program, says = PROGRAMS[name]
    path = tmp_path / "programs.jsonl"
    good = "sequence_1 = repeat_num(5, 1)\noutput = sequence_1"
    path.write_text("".join(json.dumps({"program": text}) + "\n" for text in (good, program)))
    for form in ((), ("--json",)):
        found = cli("kt", "cost", path, "--prior", prior, *form)
        refused(found, says)
        assert "line 2: line " in found.err


@pytest.mark.parametrize(("text", "says"), [
    ("{", "line 1: not JSON"),
    ("[1]", 'expected an object with "program"'),
    ('{"programm": ""}', 'expected an object with "program"'),
    ('{"program": 5}', "program is not text"),
    ('{"program": "\\ud800"}', "line 1: line 1: a line starts with"),
])  # fmt: skip
def test_a_bad_file_of_programs(cli, tmp_path, text, says):
    path = tmp_path / "programs.jsonl"
    path.write_text(text)
    refused(cli("kt", "cost", path), says)


def test_unusual_text_beside_a_program_is_kept(cli, tmp_path):
    path = tmp_path / "programs.jsonl"
    row = '{"program": "sequence_1 = repeat_num(5, 1)\\noutput = sequence_1", "note": "\\ud800é"}'
    path.write_text(row)
    assert cli("kt", "cost", path, "--json").json[0]["note"] == "\ud800é"


@pytest.mark.parametrize("values", ["5", "[256]", "[true]", '"x"', "[1.0]", "{}", "1e40"])
def test_a_bad_list_to_exclude(cli, tmp_path, values):
    path = tmp_path / "exclude.jsonl"
    path.write_text(f'{{"sequence": {values}}}')
    refused(cli("kt", "sample", "--count", 1, "--exclude", path), "list of integers 0..255")


RUN = ("kt", "run", "--modality", "synthetic", "--codec", "raw", "--limit", "5")


@pytest.mark.parametrize(("arguments", "says"), [
    (("kt", "cost", "/nowhere.jsonl"), "cannot read /nowhere.jsonl"),
    (("kt", "cost"), "Missing argument"),
    (("kt", "sample"), "Missing option '--count'"),
    (("kt", "sample", "--count", "0"), "--count"),
    (("kt", "sample", "--count", "3", "--out", "/nowhere/x"), "cannot write /nowhere/x"),
    (("kt", "sample", "--count", "3", "--seed", "-1"), "--seed"),
    ((*RUN, "--out", "/proc/nowhere"), "cannot write /proc/nowhere"),
    ((*RUN, "--item-length", "ten", "--out", "/proc/x"), "--item-length"),
    ((*RUN, "--codec", "gzip:level=77", "--out", "/proc/x"), "level is an integer"),
    (("kt", "run", "--modality", "speech", "--codec", "raw", "--out", "/x"), "unknown modality"),
    (("kt", "table", "/nowhere"), "is not a run folder"),
    (("verify", "/nowhere"), "cannot read /nowhere"),
    (("resume", "/nowhere"), "neither a grid nor a run folder"),
    (("decode", "/nowhere", "-o", "/tmp/x"), "cannot read /nowhere"),
    (("encode", "/nowhere", "--codec", "raw", "-o", "/tmp/x"), "cannot read /nowhere"),
    (("encode", "/etc/hostname", "--codec", "gzip-paper", "-o", "/tmp/x"), "no message to write"),
    (("nothing",), "No such command"),
])  # fmt: skip
def test_bad_arguments(cli, arguments, says):
    refused(cli(*arguments), says)


def test_missing_and_altered_data(cli, tmp_path, monkeypatch):
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    text = ("kt", "run", "--modality", "text", "--codec", "raw", "--out", tmp_path / "runs")
    refused(cli(*text), "text.bin is missing")
    folder = tmp_path / "kolmogorov_test"
    folder.mkdir()
    (folder / "text.bin").write_bytes(b"altered")
    refused(cli(*text, "--data", tmp_path), "is not KT's file")
    assert not (tmp_path / "runs").exists()


def test_an_output_folder_that_is_a_file(cli, tmp_path):
    (tmp_path / "taken").write_text("")
    refused(cli(*RUN, "--out", tmp_path / "taken"), "choose another --out")
    refused(cli(*RUN, "--out", tmp_path / "taken" / "x"), "cannot write")


def test_a_foreign_file_is_no_message_file(cli, tmp_path):
    path = tmp_path / "x.cl"
    path.write_bytes(b"PK\3\4")
    refused(cli("decode", path, "-o", tmp_path / "y"), "does not start with CLEN")
    refused(cli("verify", path), "does not start with CLEN")


@pytest.mark.parametrize("out", [".", "", "/"])
def test_a_folder_is_no_file_to_write(cli, tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("x")
    refused(cli("encode", "x", "--codec", "raw", "-o", out), "it is a folder")
    refused(cli("kt", "sample", "--count", 1, "--out", out), "it is a folder")


def test_a_file_is_not_encoded_over_itself(cli, tmp_path):
    path = tmp_path / "x"
    path.write_text("x")
    refused(cli("encode", path, "--codec", "raw", "-o", path), "is the file that is read")
    assert path.read_text() == "x"


def test_names_that_are_too_long_are_one_line(cli):
    refused(cli("verify", "x" * 300), "x" * 300)
