"""Genomes: letters as KT's symbols, records by name, what is no base left out."""

import gzip
import io

import pytest

from codelength.corpora.fasta import bases, opened
from codelength.errors import InputError

TWO = b">chr1 of two\nACTGN\nactgn\n>chr10\nGG\n"


def symbols(text: bytes, record: str = "") -> bytes:
    return b"".join(bases(io.BytesIO(text), record))


def test_letters_become_symbols_and_no_base_is_left_out():
    assert symbols(TWO) == bytes([0, 1, 2, 3, 4, 5, 6, 7, 3, 3])


def test_a_record_is_found_by_its_whole_name():
    assert symbols(TWO, "chr1") == bytes(range(8))
    assert symbols(TWO, "chr10") == bytes([3, 3])
    assert symbols(TWO, "chr") == b""


def test_blocks_are_joined_where_lines_are_many(monkeypatch):
    monkeypatch.setattr("codelength.corpora.fasta.BLOCK", 16)
    text = b">x\n" + b"ACGT\n" * 1000
    found = list(bases(io.BytesIO(text)))
    assert len(found) > 10 and b"".join(found) == bytes([0, 1, 3, 2] * 1000)


def test_lines_of_any_length_are_read_a_block_at_a_time(monkeypatch):
    monkeypatch.setattr("codelength.corpora.fasta.BLOCK", 16)
    text = b"\n>" + b"long title " * 9 + b"\nAC\n" + b"GT" * 500 + b"\n>y\nA-C\n"
    found = list(bases(io.BytesIO(text)))
    assert max(map(len, found)) < 40
    assert b"".join(found) == bytes([0, 1] + [3, 2] * 500 + [0, 1])
    assert symbols(text, "y") == bytes([0, 1])
    with pytest.raises(InputError, match="no FASTA"):
        symbols(b"\nACGT\n>x\nA\n")


def test_what_is_no_fasta_is_refused():
    with pytest.raises(InputError, match="no FASTA"):
        symbols(b"ACGT\n")


@pytest.mark.parametrize("letters", [b"ACGU", b"MKFLE", b"AC>GT", b"AC\x00G", b"ACG1"])
def test_letters_of_anything_else_are_refused(letters):
    with pytest.raises(InputError, match="no letter of DNA"):
        symbols(b">x\nACGT\n" + letters + b"\n")


def test_unknown_bases_are_left_out():
    assert symbols(b">x\r\nACRYKMN-nrykmswbdhvt\r\n") == bytes([0, 1, 6])


def test_packed_files_are_unpacked(tmp_path):
    (tmp_path / "x.fa").write_bytes(TWO)
    (tmp_path / "x.fa.gz").write_bytes(gzip.compress(TWO))
    for name in ("x.fa", "x.fa.gz"):
        with opened(tmp_path / name) as file:
            assert b"".join(bases(file, "chr10")) == bytes([3, 3])


def test_a_torn_file_is_refused(tmp_path):
    (tmp_path / "x.fa.gz").write_bytes(gzip.compress(TWO * 1000)[:-20])
    with pytest.raises(InputError, match=r"x\.fa\.gz"), opened(tmp_path / "x.fa.gz") as file:
        list(bases(file))
