import json
import signal
import subprocess
import sys
import time

import pytest

from codelength.cli.explain import answer, fields
from codelength.dsl import pairs
from codelength.dsl.priors import prior
from codelength.dsl.program import Program
from codelength.synthesis.solver import Solution, Solver
from codelength.synthesis.solver.peeling.plans import Peel
from tests.cli.test_errors import refused

SOLVE = ("kt", "solve")
SEQUENCE = [1, 2, 3, 4, 5, 9, 9, 9, 9]
KEYS = [
    "program", "paper_bits", "exact_bits", "fitted_bits", "seconds", "symbols", "nodes", "prior",
    "reproducible",
]  # fmt: skip


def check(row, sequence, chosen="exact"):
    program = Program.parse(row["program"])
    assert program.run().output.tolist() == list(sequence)
    assert list(row)[: len(KEYS)] == KEYS and row["symbols"] == len(sequence)
    for name in ("paper", "exact", "fitted"):
        assert row[f"{name}_bits"] == prior(name).bits(program)
    assert row["prior"] == chosen


@pytest.mark.parametrize("chosen", ["paper", "exact", "fitted"])
def test_a_list_is_solved_for_a_prior(cli, chosen):
    (row,) = cli(*SOLVE, SEQUENCE, "--prior", chosen, "--json").json
    check(row, SEQUENCE, chosen)
    found = Solver(prior(chosen)).solve(bytes(SEQUENCE))
    assert row["program"] == str(found.program) and row["nodes"] == found.nodes
    assert row["reproducible"] is True


@pytest.mark.parametrize("sequence", [[], [0], [255], [7, 7], [*range(256)]])
def test_the_edges_of_sequences(cli, sequence):
    check(cli(*SOLVE, sequence, "--json").json[0], sequence)
    said = cli(*SOLVE, sequence, "--explain")
    assert said.code == 0 and f"bits, {len(sequence)} symbol" in said.out and said.err == ""


def test_the_answer_in_words(cli):
    said = cli(*SOLVE, SEQUENCE).out
    (row,) = cli(*SOLVE, SEQUENCE, "--json").json
    assert said.startswith(row["program"] + "\n\n")
    assert f"exact  {row['exact_bits']:>12,.2f} bits  <- solved for\n" in said
    assert f"paper  {row['paper_bits']:>12,.2f} bits\n" in said
    assert "raw           72.00 bits, 9 symbols\n" in said and "not reproducible" not in said
    lines = said.partition("bits (exact) of each line:\n")[2].splitlines()
    assert [line[11:] for line in lines] == row["program"].split("\n")
    assert sum(float(line[:9]) for line in lines) == pytest.approx(row["exact_bits"], abs=0.05)
    assert "values" not in said and "at 0..4" not in said


def test_explaining_says_what_lines_make_and_where(cli):
    said = cli(*SOLVE, SEQUENCE, "--explain").out
    assert "5 values: 1, 2, 3, 4, 5; at 0..4\n" in said
    assert "4 values: 9, 9, 9, 9; at 5..8\n" in said


def test_interleavings_are_named(cli):
    values = [17, 4, 200, 90, 33, 61, 128, 7, 250, 12, 99, 180]
    sequence = [one for pair in zip(values, range(30, 42), strict=True) for one in pair]
    said = cli(*SOLVE, sequence, "--explain").out
    assert "interleaving undone: the first 12 values with 12 others\n" in said
    assert "at 1..23 step 2\n" in said
    (row,) = cli(*SOLVE, sequence, "--explain", "--json").json
    assert row["interleavings"] == [{"first": 12, "with": 12}]
    assert [1, 23, 2] in [place for line in row["lines"][:-1] for place in line["at"]]
    assert sum(line["bits"] for line in row["lines"]) == pytest.approx(row["exact_bits"])


def test_sources_long_lists_and_unused_lines_are_named():
    values = [2 * k for k in range(40)]
    program = Program.parse(
        f"sequence_1 = set_list({values})\nsequence_2 = add_item_list(sequence_1, 1)\n"
        "sequence_3 = set_list([])\nsequence_4 = repeat_num(1, 5)\n"
        "sequence_5 = concatenate(sequence_2, sequence_3)\noutput = sequence_5"
    )
    bits = {f"{name}_bits": prior(name).bits(program) for name in ("paper", "exact", "fitted")}
    row = bits | {"symbols": 40, "prior": "fitted", "reproducible": True, "nodes": 1, "seconds": 0}
    solution = Solution(program, row["fitted_bits"], 1, 0.0, (Peel(7, 3),))
    said = answer(solution, row, True)
    assert "40 values: 0, 2, 4, 6, 8, 10, 12, 14, ...; source of sequence_2\n" in said
    assert "40 values: 1, 3, 5, 7, 9, 11, 13, 15, ...; at 0..39\n" in said
    assert "   no values\n" in said
    assert "1 value: 5; not in the output\n" in said
    assert "interleaving undone: the first 7 values with 3 others\n" in said
    shown = said.partition("each line:\n")[2].split("\n")
    assert shown[0].endswith(" ...") and max(map(len, shown)) < 100
    found = fields(solution, "fitted")
    assert found["interleavings"] == [{"first": 7, "with": 3}]
    assert found["lines"][0]["source_of"] == ["sequence_2"] and found["lines"][0]["at"] == []
    assert found["lines"][1]["at"] == [[0, 39, 1]] and found["lines"][0]["length"] == 40
    assert "\n".join(line["line"] for line in found["lines"]) == str(program)


def test_the_clock_is_not_reproducible(cli):
    assert cli(*SOLVE, SEQUENCE, "--seconds", 5, "--json").json[0]["reproducible"] is False
    assert "; not reproducible: --seconds" in cli(*SOLVE, SEQUENCE, "--seconds", 5).out


def test_a_budget_ends_the_search(cli):
    (pair,) = pairs.sample(3, 1)
    target = list(pair.sequence)
    few, many = (cli(*SOLVE, target, "--budget", budget, "--json").json[0] for budget in (1, 1000))
    assert few["nodes"] == 1 < many["nodes"] and few["exact_bits"] >= many["exact_bits"]


@pytest.fixture
def some(tmp_path):
    """A file of lists and rows, an empty line between."""
    sequences = [list(pair.sequence) for pair in pairs.sample(9, 5)]
    path = tmp_path / "some.jsonl"
    lines = [json.dumps(one if j % 2 else {"sequence": one}) for j, one in enumerate(sequences)]
    path.write_text("\n\n".join(lines) + "\n")
    return path, sequences


def steady(rows):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def test_a_file_is_answered_in_its_order(cli, some):
    path, sequences = some
    found = cli(*SOLVE, "--file", path, "--workers", 1, "--json")
    assert len(found.json) == len(sequences)
    for row, sequence in zip(found.json, sequences, strict=True):
        check(row, sequence)
    plain = cli(*SOLVE, "--file", path, "--workers", 2)
    assert steady(map(json.loads, plain.out.splitlines())) == steady(found.json)
    assert (
        f"{path}: 5 solved\n" in plain.err
        and "5 sequences, " in plain.err
        and " of raw" in plain.err
    )
    said = cli(*SOLVE, "--file", path, "--workers", 1, "--explain").out
    assert f"{path}, line 3:\nsequence_1 = " in said and "; at " in said


def test_a_file_of_nothing(cli, tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_text("\n")
    assert cli(*SOLVE, "--file", path, "--json").json == []
    found = cli(*SOLVE, "--file", path)
    assert found.code == 0 and found.out == "" and "0 sequences" in found.err


@pytest.mark.parametrize(("argument", "says"), [
    ("1,2,3", "no JSON list"),
    ("[1, 2", "no JSON list"),
    ("", "no JSON list"),
    ("5", "expected a list of integers 0..255 such as [1, 2, 3], not 5"),
    ('{"sequence": [1]}', "expected a list of integers"),
    ("[1, 256]", "the value 256 at position 1"),
    ("[-1]", "the value -1 at position 0"),
    ("[1, 2.0]", "the value 2.0 at position 1"),
    ("[true]", "the value True at position 0"),
    ('[0, "a"]', "the value 'a' at position 1"),
    ("[[1]]", "the value [1] at position 0"),
    ("[NaN]", "the value nan at position 0"),
])  # fmt: skip
def test_what_is_no_sequence(cli, tmp_path, argument, says):
    refused(cli(*SOLVE, argument), says)
    if says != "no JSON list" and not argument.startswith("{"):
        path = tmp_path / "bad.jsonl"
        path.write_text(f"[1]\n{argument}\n")
        refused(cli(*SOLVE, "--file", path, "--json"), f"bad.jsonl, line 2: {says[:20]}")


def test_bad_files_and_options(cli, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text("[1]\n{")
    refused(cli(*SOLVE, "--file", path), "line 2: not JSON")
    path.write_text('{"program": ""}')
    refused(cli(*SOLVE, "--file", path), 'line 1: expected a list, or an object with "sequence"')
    refused(cli(*SOLVE, "--file", "/nowhere.jsonl"), "cannot read /nowhere.jsonl")
    refused(cli(*SOLVE), "one of the two")
    refused(cli(*SOLVE, "[1]", "--file", path), "one of the two")
    refused(cli(*SOLVE, "[1]", "--prior", "gzip"), "--prior")
    refused(cli(*SOLVE, "[1]", "--budget", 0), "--budget")
    for seconds in ("0", "-1", "nan", "inf"):
        refused(cli(*SOLVE, "[1]", f"--seconds={seconds}"), "--seconds is a positive number")


def test_an_interrupt_ends_quietly(tmp_path):
    path = tmp_path / "many.jsonl"
    rows = [json.dumps(list(pair.sequence)) + "\n" for pair in pairs.sample(9, 40)]
    path.write_text("".join(rows * 500))
    command = [sys.executable, "-m", "codelength", *SOLVE, "--file", str(path), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    assert json.loads(first)["nodes"] > 0
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err == "stopped\n" and time.monotonic() - began < 30
    assert all(json.loads(line) for line in out.splitlines())
