import json

import pytest

from codelength.codecs.registry import BUILT_IN
from codelength.dsl import priors
from codelength.dsl.program import Program
from tests.dsl.test_priors import VECTORS

KEYS = {
    "modality", "codec", "item_length", "instances", "accuracy", "compression_rate", "precision",
    "coded_bits", "ideal_bits", "container_bits", "verified",
}  # fmt: skip


def test_sample_writes_unique_rows(cli, tmp_path):
    out = tmp_path / "pairs.jsonl"
    found = cli("kt", "sample", "--count", 200, "--seed", 5, "--out", out)
    assert found.code == 0 and "200 unique pairs" in found.out
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len({tuple(row["sequence"]) for row in rows}) == 200
    for row in rows[:20]:
        program = Program.parse(row["program"])
        assert program.run().output.tolist() == row["sequence"]
        assert row["paper_bits"] == priors.prior("paper").bits(program)
        assert row["exact_bits"] == priors.prior("exact").bits(program)
    assert cli("kt", "sample", "--count", 3, "--seed", 5, "--json").json == rows[:3]


def test_sample_excludes_another_split(cli, tmp_path):
    train = tmp_path / "train.jsonl"
    cli("kt", "sample", "--count", 50, "--seed", 5, "--out", train)
    rows = cli("kt", "sample", "--count", 50, "--seed", 5, "--exclude", train, "--json").json
    kept = set(train.read_text().splitlines())
    assert len(rows) == 50 and not kept & {json.dumps(row) for row in rows}


@pytest.mark.parametrize("prior", ["paper", "exact", "fitted", "text", "gzip"])
def test_cost_adds_bits_and_a_total(cli, tmp_path, prior):
    path = tmp_path / "programs.jsonl"
    rows = [{"id": j, "program": text} for j, (text, _) in enumerate(VECTORS)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = cli("kt", "cost", path, "--prior", prior, "--json").json
    price = priors.prior(prior).bits
    assert [row["bits"] for row in found[:-1]] == [price(Program.parse(t)) for t, _ in VECTORS]
    assert [row["id"] for row in found[:-1]] == [0, 1, 2]
    assert found[-1]["bits"] == pytest.approx(sum(row["bits"] for row in found[:-1]))
    assert found[-1]["total_bits"] == -(-found[-1]["bits"] // 1)
    plain = [
        json.loads(line) for line in cli("kt", "cost", path, "--prior", prior).out.splitlines()
    ]
    assert plain == found


def test_run_table_verify_query_resume(cli, tmp_path):
    out = tmp_path / "runs"
    codecs = "raw,gzip-paper,gzip,gold:prior=paper,gold:prior=exact"
    base = ("kt", "run", "--modality", "synthetic", "--codec", codecs, "--limit", 30)
    rows = cli(*base, "--out", out, "--workers", 1, "--json").json
    assert [row["codec"] for row in rows] == codecs.split(",")
    assert all(set(row) >= KEYS for row in rows)
    for row in rows:
        estimate = row["codec"] in ("gzip-paper", "gold:prior=paper")
        assert row["verified"] is not estimate
        assert (row["coded_bits"] is None) is estimate
    assert cli("kt", "table", out, "--json").json == rows
    assert cli(*base, "--out", out, "--json").json == rows
    assert cli("resume", out, "--json").json == rows
    cell = next(path for path in out.iterdir() if path.name.endswith("-gzip"))
    assert cli("kt", "table", cell, "--json").json == [rows[2]]
    verified = cli("verify", out, "--json").json
    assert [row["verified"] for row in verified] == [row["verified"] for row in rows]
    assert [row["coded_bits"] for row in verified] == [row["coded_bits"] or 0 for row in rows]
    assert "decoded and equal" in cli("verify", cell).out
    asked = cli("query", "select sum(coded_bits) b from instances where codec='raw'", out, "--json")
    assert asked.json == [{"b": rows[0]["coded_bits"]}]
    table = cli("kt", "table", out, "--format", "markdown").out
    assert table.count("| estimate |") == 2 and table.count("|      yes |") == 3


def test_item_lengths_are_a_list(cli, tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"abcdefgh" * 20)
    rows = cli(
        "kt", "run", "--modality", f"file:{path}", "--codec", "raw", "--codec", "deflate",
        "--item-length", "16,whole", "--out", tmp_path / "runs", "--workers", 1, "--json",
    ).json  # fmt: skip
    assert [(row["item_length"], row["instances"]) for row in rows] == [
        (16, 10), (16, 10), ("whole", 1), ("whole", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "codec", ["raw", "gzip", "ppmd", "gold", "gold:prior=fitted", "zstd:level=3", "xz:fallback=raw"]
)
@pytest.mark.parametrize("content", [b"", b"a", bytes(range(256)) * 9])
def test_encode_and_decode_a_file(cli, tmp_path, codec, content):
    source, message, back = tmp_path / "source", tmp_path / "m.cl", tmp_path / "back"
    source.write_bytes(content)
    (row,) = cli("encode", source, "--codec", codec, "-o", message, "--json").json
    assert row["verified"] and row["coded_bits"] + row["container_bits"] == (
        8 * message.stat().st_size
    )
    assert cli("decode", message, "-o", back).code == 0
    assert back.read_bytes() == content
    assert cli("verify", message, "--json").json[0]["coded_bits"] == row["coded_bits"]


def test_what_gets_no_shorter_is_said(cli, tmp_path):
    letters, message = tmp_path / "letters", tmp_path / "m.cl"
    letters.write_bytes(b"ACGTTGCA" * 40)
    found = cli("encode", letters, "--codec", "primed:kind=dna", "-o", message)
    assert "It got no shorter" in found.err and "data make" in found.err
    assert "shorter" not in cli("encode", letters, "--codec", "gzip", "-o", message).err


def test_every_flip_and_cut_of_a_small_file_is_refused(cli, tmp_path):
    source, message, back = tmp_path / "source", tmp_path / "m.cl", tmp_path / "back"
    source.write_bytes(b"hello")
    cli("encode", source, "--codec", "deflate", "-o", message)
    data = message.read_bytes()
    damaged = [data[:end] for end in range(len(data))]
    damaged += [data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :] for at in range(len(data))]
    for bad in damaged:
        message.write_bytes(bad)
        found = cli("decode", message, "-o", back)
        assert found.code == 2 and found.err.startswith("error: ") and found.err.count("\n") == 1
        assert not back.exists()


def test_demo_runs_on_synthetic_items_alone(cli, tmp_path, monkeypatch):
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    monkeypatch.setattr("codelength.cli.demo.ITEMS", 60)
    monkeypatch.setattr("codelength.cli.demo_roundtrip.REAL", ())  # a minute and more
    found = cli("demo", "--workers", 1, "--out", tmp_path / "demo")
    assert found.code == 0 and "gold:prior=exact" in found.out
    assert (
        "6 message files decoded and equal; 2 rows are estimates" in found.err
        and "How to read it" in found.err
    )
    assert cli("verify", tmp_path / "demo" / "synthetic").code == 0
    assert "oracle-best" in found.out and "pass@2" in found.out  # the round trips


def test_version_and_help(cli):
    assert cli("--version").out.startswith("codelength 0.")
    assert "kt" in cli("--help").out


def test_json_is_strict(cli, tmp_path):
    path = tmp_path / "file,with:signs[1].bin"
    path.write_bytes(b"abc")
    out = tmp_path / "runs"
    base = ("kt", "run", "--modality", f"file:{path}", "--codec", "raw", "--item-length", "whole")
    assert cli(*base, "--out", out, "--workers", 1, "--json").json[0]["instances"] == 1
    sql = "select 0.5 h, 1/0.0 i, date '2020-01-02' d, 'a|b' || chr(10) t from instances"
    (row,) = cli("query", sql, out, "--json").json
    assert row == {"h": 0.5, "i": None, "d": "2020-01-02", "t": "a|b\n"}
    assert "a\\|b" in cli("query", sql, out).out
    assert "[1]" in cli("kt", "table", out, "--format", "terminal").out


def test_help_without_arguments(cli):
    assert cli().code == 0 and "Usage" in cli().out and "sample" in cli("kt").out


def test_the_table_names_its_data(cli, tmp_path):
    out = tmp_path / "runs"
    base = ("kt", "run", "--modality", "synthetic", "--codec", "raw", "--limit", 5, "--seed", 3)
    found = cli(*base, "--out", out, "--workers", 1)
    assert (
        "synthetic: sha256 " in found.err and "seed 3, first 5 items, observer exact" in found.err
    )
    (row,) = cli("kt", "table", out, "--json").json
    assert row["seed"] == 3 and row["limit"] == 5 and len(row["data"]) == 64


def test_demo_folders_verify_as_a_whole(cli, tmp_path, monkeypatch):
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    monkeypatch.setattr("codelength.cli.demo.ITEMS", 5)
    monkeypatch.setattr("codelength.cli.demo_roundtrip.SCRIPTED", ())
    monkeypatch.setattr("codelength.cli.demo_roundtrip.REAL", ())
    cli("demo", "--workers", 1, "--out", tmp_path / "demo")
    assert len(cli("verify", tmp_path / "demo", "--json").json) == 8


def test_messages_that_do_not_decode_end_with_an_error(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(BUILT_IN, "lossy", "tests.cli.lossy:build")
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    out = tmp_path / "runs"
    base = ("kt", "run", "--modality", f"file:{path}", "--codec", "lossy", "--workers", 1)
    found = cli(*base, "--out", out)
    assert found.code == 2 and "|       NO |" in found.out
    assert "messages of lossy do not decode" in found.err
    assert "1 of 1 messages did not decode" in cli("verify", out).err
