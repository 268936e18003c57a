"""What tables are fitted on: the same wherever it comes from, and no part of KT's files."""

import gzip

import numpy as np
import pytest

from codelength.codecs import priming
from codelength.corpora.kt import MODALITIES, load
from codelength.errors import InputError

WINDOW = {"text": 512, "dna": 256, "audio_16bit": 64, "audio_8bit": 128, "audio_mfcc": 64}
"""Symbols that disjoint data do not share: a dump of pages repeats its marks for 300 bytes."""
VARIED = 12
"""Distinct symbols of a window at least: silence and short repeats are alike everywhere."""


def fitted_on(kind, data) -> np.ndarray:
    if kind in priming.SOUNDS:
        pytest.importorskip("librosa", reason="the extra 'data' is not installed")
        return np.frombuffer(b"".join(priming.sounds(kind, data)), np.uint8)
    return np.frombuffer(getattr(priming, kind)(data), np.uint8)


def hashes(symbols: np.ndarray, size: int) -> np.ndarray:
    factors = np.random.default_rng(0).integers(0, 1 << 63, size, dtype=np.uint64) * 2 + 1
    wide = symbols.astype(np.uint64)
    count = len(wide) - size + 1
    found = np.zeros(count, np.uint64)
    for k, factor in enumerate(factors):
        found += wide[k : k + count] * factor
    return found


@pytest.mark.parametrize("kind", WINDOW)
def test_no_window_of_it_is_in_kt(data, kind):
    """A shared stretch of two windows would hold a whole one of those that are looked at."""
    there = np.frombuffer(load(MODALITIES[kind], data), np.uint8)
    here = fitted_on(kind, data)
    if kind == "dna":
        there, here = there & 3, here & 3
    size = WINDOW[kind]
    aligned = here[: len(here) // size * size].reshape(-1, size)
    varied = np.sort(aligned, axis=1)
    distinct = 1 + (np.diff(varied.astype(int), axis=1) != 0).sum(axis=1)
    looked = distinct >= (4 if kind == "dna" else VARIED)
    assert looked.mean() > 0.4
    seen = np.isin(hashes(here, size)[::size][: len(aligned)], hashes(there, size))
    assert not (seen & looked).any()
    control = np.concatenate([here, there[1000:2000]])
    assert np.isin(hashes(control, size)[::size], hashes(there, size))[len(aligned) :].any()


def test_dna_is_found_in_any_fasta_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(priming, "BASES", 6)
    (tmp_path / "hg38").mkdir()
    with pytest.raises(InputError, match="0 bases"):
        priming.dna(tmp_path)
    (tmp_path / "hg38" / "a.fa.gz").write_bytes(
        gzip.compress(b">chr1\nTTTT\n>chr2 x\nNACTG\nacg\n")
    )
    assert priming.dna(tmp_path) == bytes([0, 1, 2, 3, 4, 5])


def test_what_is_missing_is_said(tmp_path):
    for kind in ("text", "dna", "audio_8bit"):
        with pytest.raises(InputError, match="its data are at https"):
            priming.tables(kind, tmp_path, "small", print)
    with pytest.raises(InputError, match="smell"):
        priming.tables("smell", tmp_path, "small", print)
