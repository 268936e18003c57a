import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.errors import InputError
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.records import (
    FILE,
    SPLITS,
    Origin,
    line,
    read_records,
    record,
    record_of,
    split_of,
)

FOUR = ("lzw", "ae", "rle", "huffman")
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(st.sampled_from(sorted(FAMILIES)), st.sampled_from(["full", "none"]), texts)
def test_a_record_is_read_back_from_its_line(family, side, text):
    one = record(family, side, Origin("log", "access", 3), text)
    assert line(one).count("\n") == 1
    assert record_of(line(one), "here") == one


def test_a_data_set_is_the_same_each_time_and_holds_no_input_twice():
    wanted = Wanted(FOUR, count=20)
    records = list(generate(wanted))
    assert list(generate(wanted)) == records
    assert len(records) == 4 * 5 * 20
    assert len({one.id for one in records}) == len(records)
    assert len({one.input for one in records}) == 5 * 20
    assert records != list(generate(Wanted(FOUR, count=20, seed=43)))


def test_a_larger_count_goes_on_with_the_same_inputs():
    few = {one.input for one in generate(Wanted(("rle",), count=10))}
    many = {one.input for one in generate(Wanted(("rle",), count=30))}
    assert few < many


def test_the_split_of_an_input_is_the_same_in_every_data_set():
    one = {record.input: record.split for record in generate(Wanted(("rle",), count=60))}
    other = {record.input: record.split for record in generate(Wanted(FOUR, count=40))}
    assert all(one[text] == other[text] for text in one.keys() & other.keys())
    assert one.keys() & other.keys()


def test_splits_have_their_shares():
    names = [split_of(f"input {number}") for number in range(20_000)]
    for name, share in SPLITS.items():
        assert abs(names.count(name) / 200 - share) < 1.5


def test_strata_go_by_characters_and_by_what_there_is_to_say():
    short = record("rle", "full", Origin("a", "b", 1), "a" * 60)
    long = record("rle", "full", Origin("a", "b", 2), "ab" * 100)
    assert (short.length, short.entropy) == ("short", "low")
    assert (long.length, long.entropy) == ("long", "high")
    assert record("rle", "full", Origin("a", "b", 3), "").entropy == "low"


def test_lines_of_a_file_are_inputs(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("one\n\ntwo é\r\none\nthree", newline="")
    found = list(generate(Wanted(("lzw",), source="", count=None, file=path)))
    assert [one.input for one in found] == ["one", "two é", "three"]
    assert found[1].id.startswith("lzw/file/lines/0002-")


def test_other_data_have_other_ids():
    sets = [Wanted(FOUR, count=5), Wanted(FOUR, count=5, seed=7)]
    sets.append(Wanted(("ae", "huffman"), count=5, side_information="none"))
    ids = [{one.id for one in generate(wanted)} for wanted in sets]
    assert not ids[0] & ids[1] and not ids[0] & ids[2]


def test_chunks_of_a_file_are_all_of_it(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("abcdefghij\n")
    wanted = Wanted(("lzw",), source="", count=None, file=path, unit="chunks", size=4)
    assert "".join(one.input for one in generate(wanted)) == "abcdefghij\n"


def test_a_file_with_too_few_lines_says_how_many_it_has(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("one\ntwo\none\n")
    with pytest.raises(InputError, match="has 2 different lines, not 3"):
        list(generate(Wanted(("lzw",), source="", count=3, file=path)))


def test_files_that_cannot_be_inputs_are_refused(tmp_path):
    path = tmp_path / "own.bin"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        list(generate(Wanted(("lzw",), source="", file=path)))
    path.write_text("\ufeff\n\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no lines that are not empty"):
        list(generate(Wanted(("lzw",), source="", count=None, file=path)))
    with pytest.raises(InputError, match="cannot read"):
        list(generate(Wanted(("lzw",), source="", file=tmp_path / "none")))
    with pytest.raises(InputError, match="neither a source nor a file"):
        Wanted(("lzw",), source="")
    with pytest.raises(InputError, match="no family zip; there are lzw"):
        Wanted(("zip",))


@pytest.mark.parametrize(
    "change",
    [{"input": 3}, {"family": "zip"}, {"side_information": "some"}, {"beside": {}}, {"beside": 1}],
)
def test_a_line_that_is_no_record_is_named(tmp_path, change):
    row = json.loads(line(record("huffman", "full", Origin("a", "b", 1), "aab")))
    (tmp_path / FILE).write_text("\n" + json.dumps(row | change) + "\n")
    with pytest.raises(InputError, match="line 2"):
        list(read_records(tmp_path))


def test_a_folder_without_data_says_how_to_make_them(tmp_path):
    with pytest.raises(InputError, match="codelength roundtrip generate"):
        list(read_records(tmp_path))
