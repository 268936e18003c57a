"""`compress`, `decompress`, `models` as a user types them."""

import importlib.util
import shutil

import pytest

from codelength.predictors.lm import catalogue
from codelength.runs.files import cut_text
from tests import tiny_llama

pytestmark = pytest.mark.skipif(
    not (importlib.util.find_spec("torch") and importlib.util.find_spec("transformers")),
    reason="language models are not installed: pip install 'codelength[lm]'",
)
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
    (row,) = cli("compress", path, "--model", llama, "--window", 24, "--json").json
    file = tmp_path / "text.txt.cl"
    assert row["coded_bits"] + row["container_bits"] == 8 * file.stat().st_size
    path.unlink()
    assert cli("decompress", file).code == 0
    assert path.read_bytes() == content


def test_a_piece_is_a_chunk_of_its_own(cli, tmp_path, llama):
    from codelength.coding.messages import read_messages

    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    assert cli("compress", path, "--model", llama, "--window", 24).code == 0
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
    assert cli("compress", path, "--model", moved, "--window", 24).code == 0
    file, out = tmp_path / "text.txt.cl", tmp_path / "out.txt"
    tiny_llama.save(tmp_path / "other", seed=5)
    found = cli("decompress", file, "-o", out, "--model", tmp_path / "other")
    assert found.code == 2
    assert "was written by another protocol" in found.err
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
    assert cli("compress", path, "--model", llama, "--window", 24).code == 0
    file, out = tmp_path / "text.txt.cl", tmp_path / "out"
    whole = file.read_bytes()
    for at in range(0, len(whole), 3):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert cli("decompress", file, "-o", out).code == 2
        file.write_bytes(whole[:at])
        assert cli("decompress", file, "-o", out).code == 2
    assert not out.exists()


def test_models_are_listed(cli):
    (row,) = cli("models", "list", "--json").json
    assert (row["name"], row["licence"]) == ("smollm2-135m", "Apache-2.0")
    here = catalogue.found(catalogue.SMOLLM2)
    assert row["path"] == (str(here) if here else None)
