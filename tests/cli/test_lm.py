"""`compress`, `decompress`, `models` as a user types them."""

import random
import shutil
import subprocess
import sys

import pytest

from codelength.cli.output import ByteProgress, step_text
from codelength.coding.messages import read_messages
from codelength.predictors.lm import catalogue
from codelength.runs.files import cut_text
from codelength.runs.steps import Step
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
HERE = ("--verify", "here")  # a fresh process is tried where it matters, and dear
TEXT = ("the program that generates the sequence is: [1, 2, 3] déjà vu\n" * 6).encode()


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_llama.save(folder)
    return folder


@pytest.mark.parametrize(
    "content", [TEXT, b"", b"x", bytes(range(256)) * 2, TEXT.decode().encode("utf-16")]
)
def test_a_file_comes_back(cli, tmp_path, llama, content):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    (row,) = cli("compress", path, "--model", llama, "--window", 24, *HERE, "--json").json
    file = tmp_path / "text.txt.cl"
    assert row["coded_bits"] + row["container_bits"] == 8 * file.stat().st_size
    path.unlink()
    assert cli("decompress", file).code == 0
    assert path.read_bytes() == content


def test_a_piece_is_a_chunk_of_its_own(cli, tmp_path, llama):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    assert cli("compress", path, "--model", llama, "--window", 24, *HERE).code == 0
    chunks = read_messages(tmp_path / "text.txt.cl").chunks
    assert [chunk.messages for chunk in chunks] == [1] * len(chunks)
    assert len(chunks) == len(list(cut_text(TEXT, 3 * 24))) > 5


def test_pieces_do_not_cut_characters():
    text = "é😀x".encode() * 50
    for size in (7, 10, 64):
        pieces = list(cut_text(text, size))
        assert b"".join(pieces) == text
        assert all(piece.decode() for piece in pieces)
        assert all(len(piece) <= size for piece in pieces)
    assert b"".join(cut_text(b"\x80" * 100, 7)) == b"\x80" * 100


def test_other_weights_are_refused_and_moved_ones_named(cli, tmp_path, llama):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    moved = tmp_path / "moved"
    shutil.copytree(llama, moved)
    assert cli("compress", path, "--model", moved, "--window", 24, *HERE).code == 0
    file, out = tmp_path / "text.txt.cl", tmp_path / "out.txt"
    tiny_llama.save(tmp_path / "other", seed=5)
    found = cli("decompress", file, "-o", out, "--model", tmp_path / "other")
    assert found.code == 2
    assert "was written by another protocol" in found.err
    recorded = str(read_messages(file).header["fingerprint"])
    assert f"lmic:model={moved},window=24 with fingerprint {recorded}" in found.err
    assert f"here lmic:model={tmp_path / 'other'},window=24 has " in found.err
    assert found.err.splitlines()[-1].startswith("error: ")
    assert not out.exists()
    shutil.rmtree(moved)
    assert cli("decompress", file, "-o", out, "--model", llama).code == 0
    assert out.read_bytes() == TEXT


def test_bad_input_is_one_line(cli, tmp_path, llama):
    path = tmp_path / "text.txt"
    path.write_bytes(b"abc")
    assert cli("encode", path, "--codec", "gzip", "-o", tmp_path / "x.cl").code == 0
    for arguments, said in (
        (("compress", tmp_path / "none", "--model", llama), "cannot read"),
        (("compress", path, path, "-o", tmp_path / "a", "--model", llama), "-o names one file"),
        (("compress", path, "--model", tmp_path / "nowhere.gguf"), "No such file"),
        (("compress", tmp_path, "--model", llama), "it is a folder"),
        (("compress", "/", "--model", llama), "it is a folder"),
        (("compress", path, "--model", "a,b"), "--model a,b: no commas"),
        (("compress", path, "--model", llama, "--prompt", "p,q"), "--prompt p,q: no commas"),
        (("decompress", path), "is not a .cl message file"),
        (("decompress", tmp_path / "x.cl"), "was encoded with gzip"),
        (("models", "pull", "gpt"), "no model is named 'gpt'"),
    ):
        found = cli(*arguments)
        assert (found.code, found.err.count("\n")) == (2, 1)
        assert said in found.err
    assert not (tmp_path / "text.txt.cl").exists()


def test_every_flip_is_refused(cli, tmp_path, llama):
    path = tmp_path / "text.txt"
    path.write_bytes(b"abc [1, 2]")
    assert cli("compress", path, "--model", llama, "--window", 24, *HERE).code == 0
    file, out = tmp_path / "text.txt.cl", tmp_path / "out"
    whole = file.read_bytes()
    for at in range(0, len(whole), 7):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert cli("decompress", file, "-o", out).code == 2
        file.write_bytes(whole[:at])
        assert cli("decompress", file, "-o", out).code == 2
    assert not out.exists()


@pytest.mark.parametrize("text", [b"a" * 3300, random.Random(0).randbytes(3300)])
def test_many_groups_come_back(cli, tmp_path, llama, text):
    """64 pieces of 24 bytes are a group; a window has 8 tokens."""
    path, file = tmp_path / "text.txt", tmp_path / "text.txt.cl"
    path.write_bytes(text)
    arguments = ("compress", path, "--model", llama, "--window", 8, *HERE, "--json")
    (row,) = cli(*arguments).json
    assert (row["bytes"], row["resumed"], row["plain"]) == (3300, 0, 0)
    assert row["container_bits"] <= 8 * (256 + 8 * read_messages(file).messages)
    assert cli("decompress", file, "-o", tmp_path / "back").code == 0
    assert (tmp_path / "back").read_bytes() == text


def test_several_files_and_their_names(cli, tmp_path, llama):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_bytes(path.name.encode())
    rows = cli("compress", *paths, "--model", llama, "--window", 24, *HERE, "--json").json
    files = [row["out"] for row in rows]
    assert files == [f"{path}.cl" for path in paths]
    found = cli("decompress", *files)
    assert found.code == 2 and "a.txt exists; name the file to write" in found.err
    for path in paths:
        path.unlink()
    rows = cli("decompress", *files, "--json").json
    assert [(row["out"], row["bytes"]) for row in rows] == [(str(path), 5) for path in paths]
    assert [path.read_bytes() for path in paths] == [b"a.txt", b"b.txt"]
    for arguments in (("decompress", *files, "-o", "x"), ("compress", *paths, "-o", "-")):
        assert "-o names one file" in cli(*arguments).err
    assert "give it alone" in cli("compress", "-", paths[0]).err


def test_another_format_is_refused_by_number(cli, tmp_path):
    file = tmp_path / "text.cl"
    file.write_bytes(b"CLEN\2" + bytes(40))
    found = cli("decompress", file)
    assert (found.code, found.err.count("\n")) == (2, 1)
    assert "has format 2; this version reads format 1" in found.err


def test_a_pipe_through_a_fresh_process(tmp_path, llama):
    """What a shell does with `compress - | decompress -`; a fresh process has decoded it before."""
    made = piped(TEXT[:60], "compress", "-", "--model", str(llama), "--window", "24")
    assert made.stdout.startswith(b"CLEN") and b"decoded and equal\n" in made.stderr
    back = piped(made.stdout, "decompress", "-", "--json")
    assert back.stdout == TEXT[:60] and b'"out": "-"' in back.stderr


def piped(data, *arguments):
    command = [sys.executable, "-m", "codelength", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done


def test_a_step_says_rate_and_time_left():
    step = Step(read=3000, total=9000, symbols=3000, coded_bits=6000)
    assert step_text(step, 60.0, 0) == "3,000 of 9,000, 2.0000 bits a byte, 0:02:00 left"
    assert step_text(step, 60.0, 1000) == "3,000 of 9,000, 2.0000 bits a byte, 0:03:00 left"
    assert step_text(Step(5, None, 5, 10), 1.0, 0) == "5 bytes, 2.0000 bits a byte"
    assert step_text(Step(0, 0, 0, 0), 1.0, 0) == "0 of 0"


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(ByteProgress, "EVERY", 0.0)
    with ByteProgress("text") as progress:
        progress(Step(0, 20, 0, 0))
        progress(Step(10, 20, 10, 15))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and lines[1].startswith("text: 10 of 20, 1.5000 bits a byte, 0:00:0")


def test_models_are_listed(cli):
    (row,) = cli("models", "list", "--json").json
    assert (row["name"], row["licence"]) == ("smollm2-135m", "Apache-2.0")
    here = catalogue.found(catalogue.SMOLLM2)
    assert row["path"] == (str(here) if here else None)


@pytest.mark.parametrize(
    "options",
    [
        ("--mode", "ensemble"),
        ("--mode", "decimal"),
        ("--exact", "lockstep"),
        ("--mode", "ensemble", "--exact", "lockstep"),
        ("--overlap", "5", "--prompt"),
    ],
)
def test_every_mode_comes_back(cli, tmp_path, llama, options):
    path, back, prompt = tmp_path / "text.txt", tmp_path / "back", tmp_path / "prompt"
    path.write_bytes(TEXT)
    prompt.write_bytes(b"list: ")
    if options[-1] == "--prompt":
        options = (*options, prompt)
    named = ("--model", llama, "--window", 24, "--verify", "here", *options)
    assert cli("compress", path, *named).code == 0
    assert cli("decompress", tmp_path / "text.txt.cl", "-o", back).code == 0
    assert back.read_bytes() == TEXT


def test_a_prompt_that_was_moved_is_named(cli, tmp_path, llama):
    path, prompt, moved = (tmp_path / name for name in ("text.txt", "prompt", "moved"))
    path.write_bytes(TEXT)
    prompt.write_bytes(b"list: ")
    named = ("--model", llama, "--window", 24, "--verify", "here", "--prompt", prompt)
    assert cli("compress", path, *named).code == 0
    prompt.rename(moved)
    file, back = tmp_path / "text.txt.cl", tmp_path / "back"
    assert "cannot read" in cli("decompress", file, "-o", back).err
    assert cli("decompress", file, "-o", back, "--prompt", moved).code == 0
    assert back.read_bytes() == TEXT
    moved.write_bytes(b"another: ")
    found = cli("decompress", file, "-o", back, "--prompt", moved)
    assert found.code == 2 and "another protocol" in found.err


def test_another_machine_is_named(cli, tmp_path, llama, monkeypatch):
    from codelength.codecs.lmic import codec

    path = tmp_path / "text.txt"
    path.write_bytes(b"abc")
    named = ("--model", llama, "--window", 24, "--verify", "here", "--exact", "lockstep")
    assert cli("compress", path, *named).code == 0
    monkeypatch.setattr(codec, "surroundings", lambda weights: "another machine")
    found = cli("decompress", tmp_path / "text.txt.cl", "-o", tmp_path / "back")
    assert found.code == 2
    assert "another machine" in found.err
    assert "threads, torch" in found.err
