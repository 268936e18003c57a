"""A: lines reversed and turned round again, whatever the bytes."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.agentic.experiments import experiment
from codelength.agentic.reversed_text import ReverseLines
from codelength.codecs.combinators import Fallback, Raw, Transformed
from codelength.codecs.context_mixing import ContextMixing
from codelength.corpora.enwik8 import SIZE, ReversedText, blocks, enwik8, reversed_lines
from codelength.errors import InputError

CODEC = Fallback(Transformed(ContextMixing(), ReverseLines()), Raw())


def test_lines_are_reversed_by_letters_and_keep_their_ends():
    assert reversed_lines(b"Hello World\nof\n") == b"dlroW olleH\nfo\n"
    assert reversed_lines("für\r\n\n".encode()) == "\rrüf\n\n".encode()


@given(st.text())
def test_reversing_is_an_involution_on_text(text):
    data = text.encode(errors="replace")
    assert reversed_lines(reversed_lines(data)) == data


@given(st.binary(max_size=60))
def test_any_bytes_come_back(data):
    assert CODEC.decode(CODEC.encode(data)) == data


@given(st.lists(st.binary(max_size=12)), st.integers(1, 30))
def test_blocks_are_whole_lines_that_join_to_the_text(lines, size):
    text = b"\n".join(lines)
    found = list(blocks(text, size))
    assert b"".join(found) == text and all(found)
    assert all(one.endswith(b"\n") for one in found[:-1])
    assert all(len(one) <= size or one.count(b"\n", 0, -1) == 0 for one in found)


def test_the_corpus_is_the_first_mebibyte_backwards():
    folder = Path(os.environ.get("CODELENGTH_DATA", ""))
    if not (folder / "enwik8").is_dir():
        pytest.skip("enwik8 is not here: set CODELENGTH_DATA to the folder that holds it")
    found = list(ReversedText(folder))
    text = b"".join(reversed_lines(one.target) for one in found)
    assert text == enwik8(folder) and len(text) == SIZE
    assert len(list(ReversedText(folder, None))) == 1
    assert [one.target for one in ReversedText(folder, limit=2)] == [x.target for x in found[:2]]


def test_data_that_are_not_here_are_named(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="has no folder enwik8; its data are at https"):
        ReversedText(tmp_path)
    (tmp_path / "enwik8").mkdir()
    (tmp_path / "enwik8" / "short").write_bytes(b"x")
    with pytest.raises(InputError, match="no file of 1,048,576 bytes"):
        ReversedText(tmp_path)
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    with pytest.raises(InputError, match="--data or CODELENGTH_DATA"):
        ReversedText()


def test_the_tool_is_the_only_difference_of_the_arms():
    one = experiment("reversed-text")
    systems = [one.system(arm, "none", one.budget({})) for arm in one.arms]
    assert systems[1].protocol()["of"][0]["of"] == systems[0].protocol()
