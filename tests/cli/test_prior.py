"""`codelength prior` and `codelength data`."""

import pytest

from codelength.predictors.primed.shelf import ALPHABETS, SHIPPED


def test_tables_are_listed_with_what_they_were_fitted_on(cli):
    rows = cli("prior", "list", "--json").json
    assert [row["kind"] for row in rows] == list(ALPHABETS)
    assert all(row["where"] == "shipped" and row["fitted_on"] for row in rows)
    found = cli("prior", "list", SHIPPED / "dna.tables")
    assert found.code == 0 and found.out.count("| dna ") == 2


def test_a_fit_from_a_folder_makes_a_file_that_is_a_codec(cli, tmp_path, monkeypatch):
    monkeypatch.setattr("codelength.codecs.priming.BASES", 4000)
    (tmp_path / "hg38").mkdir()
    (tmp_path / "hg38" / "x.fa").write_text(">chr2\n" + "ACGTTGCAAC\nttagacctga\n" * 300)
    out = tmp_path / "made" / "dna.tables"
    found = cli("prior", "fit", "dna", "--size", "5000", "--data", tmp_path, "--out", out)
    assert found.code == 0 and "held-out items" in found.err and str(out) in found.out
    target = tmp_path / "bases"
    target.write_bytes(bytes([0, 1, 2, 3, 3, 2, 1, 0] * 20))
    coded = tmp_path / "bases.cl"
    assert cli("encode", target, "--codec", f"primed:tables={out}", "-o", coded).code == 0
    assert cli("decode", coded, "-o", tmp_path / "again").code == 0
    assert (tmp_path / "again").read_bytes() == target.read_bytes()


def test_a_fit_to_a_file_of_ones_own(cli, tmp_path, monkeypatch):
    own, out = tmp_path / "own.dna", tmp_path / "own.tables"
    own.write_bytes(bytes([0, 1, 2, 3, 3, 2, 1, 0]) * 1000)
    arguments = ("prior", "fit", "dna", "--size", "5000", "--from", own, "--out", out)
    found = cli(*arguments)
    assert found.code == 2 and "100,000 at least" in found.err and not out.exists()
    monkeypatch.setattr("codelength.codecs.priming.LEAST", 4000)
    assert cli(*arguments).code == 0
    assert "symbols of a file" in cli("prior", "list", out).out
    found = cli("prior", "fit", "dna", "text", "--from", own, "--out", tmp_path / "both")
    assert found.code == 2 and "name that kind alone" in found.err
    own.write_bytes(b"ACGT" * 1000)
    found = cli(*arguments)
    assert found.code == 2 and "0..7" in found.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("fit", "smell", "--out", "x"), "no kind"),
        (("fit", "text", "--size", "tiny", "--out", "x"), "--size"),
        (("fit", "text", "--size", "9" * 5000, "--out", "x"), "--size"),
        (("fit", "audio_8bit", "smell", "--out", "x"), "no kind"),
        (("fit", "text", "--data", "nowhere", "--out", "x"), "its data are at"),
        (("list", "nowhere"), "cannot read"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(cli, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    found = cli("prior", *arguments)
    assert found.code == 2 and says in found.err and found.out == ""
    assert not list(tmp_path.iterdir())


def test_sources_are_listed_with_their_licences(cli):
    rows = cli("data", "list", "--json").json
    assert {"enwik8", "grch38", "librispeech-test-other"} <= {row["name"] for row in rows}
    assert all(row["licence"] for row in rows)
    assert "CC BY 4.0" in cli("data", "list").out


def test_an_unknown_source_is_refused(cli, tmp_path):
    found = cli("data", "fetch", "enwik7", "--data", tmp_path)
    assert found.code == 2 and "enwik9" in found.err
