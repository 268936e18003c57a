"""`kt score`, `kt analyze`, `kt import` as a user types them."""

import json

import pytest

SAID = "The Python program that generates the sequence is:\noutput = [1, 2, 3]\n###"
ROWS = [
    {"sequence": [1, 2, 3], "program": "output = [1, 2, 3]"},
    {"prompt": "### Input Sequence:\n[1, 2, 3]\n", "generation": SAID},
    {"sequence": [1, 2, 4], "program": "output = [1, 2, 3]"},
    {"sequence": [0, 1, 2], "program": "sequence_1 = range_func_up(0, 2)\noutput = sequence_1"},
    {"sequence": [1], "generation": None},
]


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.jsonl"
    lines = [json.dumps(row) for row in ROWS]
    lines[1] = json.dumps(lines[1])
    path.write_text("\n".join(lines))
    return path


def test_score_gives_a_row_a_program_in_order(cli, answers):
    found = cli("kt", "score", answers, "--json").json
    assert [row["correct"] for row in found] == [True, True, False, True, False]
    assert [row["status"] for row in found] == ["ok", "ok", "ok", "ok", "none"]
    assert [row["prefix"] for row in found] == [3, 3, 2, 3, 0]
    assert [row["language"] for row in found] == ["python", "python", "python", "kt", "python"]
    assert all(row["seconds"] >= 0 for row in found)
    assert found[0]["bits"] == found[0]["prices"]["python"] > 0
    assert found[3]["bits"] == found[3]["prices"]["fitted"] > 0
    assert found[4]["bits"] is None


def test_score_prices_by_a_prior(cli, answers):
    found = cli("kt", "score", answers, "--prior", "gzip", "--json").json
    assert found[0]["bits"] == found[0]["prices"]["gzip"]


def test_score_prints_a_table(cli, answers):
    found = cli("kt", "score", answers)
    assert found.code == 0
    assert "accuracy %" in found.out
    assert "60.0" in found.out


def test_without_a_sandbox_results_are_unofficial(cli, answers):
    found = cli("kt", "score", answers, "--sandbox", "none")
    assert "UNOFFICIAL" in found.err
    assert not cli("kt", "score", answers, "--sandbox", "none", "--json").json[0]["official"]


def test_analyze_reads_a_file(cli, answers, tmp_path):
    out = tmp_path / "analysis"
    found = cli("kt", "analyze", answers, "--out", out)
    assert found.code == 0
    assert "## Repetition and errors" in found.out
    assert (out / "tables.md").read_text().startswith("## Programs")
    pictures = sorted(path.name for path in out.glob("*.png"))
    assert len(pictures) == 5
    assert all((out / name).read_bytes()[:4] == b"\x89PNG" for name in pictures)


def test_analyze_decodes_a_run(cli, tmp_path):
    out = tmp_path / "runs"
    codec = "program:model=scripted/mixed,seconds=0.5"
    arguments = ("--modality", "synthetic", "--codec", codec, "--limit", 20, "--workers", 1)
    ran = cli("kt", "run", *arguments, "--out", out, "--json")
    (row,) = ran.json
    assert "of 20 calls failed (RuntimeError: the scripted model fails on purpose)" in ran.err
    (group,) = cli("kt", "analyze", out, "--json").json
    assert group["name"] == "synthetic"
    assert group["accuracy"] == row["accuracy"]
    assert dict(group["precisions"])["python"] == pytest.approx(row["precision"], rel=0.01)


def test_a_run_without_programs_is_refused(cli, tmp_path):
    cli(
        "kt",
        "run",
        "--modality",
        "synthetic",
        "--codec",
        "gzip",
        "--limit",
        5,
        "--out",
        tmp_path / "g",
    )
    found = cli("kt", "analyze", tmp_path / "g")
    assert found.code == 2
    assert "left out, gzip proposes no programs" in found.err
    assert "holds no run of program" in found.err


def test_a_model_beside_a_baseline_is_analyzed(cli, tmp_path):
    codec = "program:model=scripted/right,gzip"
    arguments = ("--modality", "synthetic", "--codec", codec, "--limit", 3, "--workers", 1)
    assert cli("kt", "run", *arguments, "--out", tmp_path / "g").code == 0
    (group,) = cli("kt", "analyze", tmp_path / "g", "--json").json
    assert (group["items"], group["accuracy"]) == (3, 1)


def test_a_run_whose_calls_all_fail_is_an_error(cli, tmp_path):
    codec = "program:model=scripted/failing"
    arguments = ("--modality", "synthetic", "--codec", codec, "--limit", 3, "--workers", 1)
    found = cli("kt", "run", *arguments, "--out", tmp_path / "g")
    assert found.code == 2
    assert "3 of 3 calls failed (RuntimeError" in found.err


def test_nothing_is_written_for_a_model_that_is_not_there(cli, tmp_path):
    codec = f"program:model=transformers/{tmp_path / 'none.gguf'}"
    arguments = ("--modality", "synthetic", "--codec", codec, "--limit", 3, "--workers", 1)
    assert cli("kt", "run", *arguments, "--out", tmp_path / "g").code == 2
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize("command", ["score", "analyze"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no rows"),
        ("{", "line 1: not JSON"),
        ('{"program": "x"}', "line 1: no sequence"),
        ('{"sequence": [999], "program": "x"}', "the value 999 at position 0"),
    ],
)
def test_bad_files_are_refused(cli, tmp_path, command, text, says):
    path = tmp_path / "answers.jsonl"
    path.write_text(text)
    found = cli("kt", command, path)
    assert (found.code, found.out) == (2, "")
    assert says in found.err
    assert found.err.count("\n") == 1


def test_what_is_not_there_is_refused(cli, tmp_path):
    assert "cannot read" in cli("kt", "score", tmp_path / "nothing").err
    assert cli("kt", "import", tmp_path / "nothing.eval", "--out", tmp_path / "run").code == 2
    assert not (tmp_path / "run").exists()


def test_a_plan_names_tokens_and_dollars(cli):
    arguments = ("--modality", "synthetic", "--limit", 10)
    found = cli("kt", "plan", *arguments, "--price", "2.5,10")
    assert found.out.startswith("synthetic: 10 answers: about ")
    assert "dollars" in found.out
    every = cli("kt", "plan", "--modality", "synthetic,file:README.md", "--limit", 3, "--json").json
    assert [one["modality"] for one in every] == ["synthetic", "file:README.md", "all"]
    assert every[2]["input_tokens"] == every[0]["input_tokens"] + every[1]["input_tokens"]
    (row,) = cli("kt", "plan", *arguments, "--json").json
    assert row["items"] == 10
    assert row["dollars"] is None
