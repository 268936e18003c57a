"""KT's Table 6, GZIP column at 1 MB, from the authors' files; beside the honest gzip."""

import pytest

from codelength.codecs.registry import build
from codelength.corpora.kt import kt_corpus
from codelength.kt.grid import GridSpec, run_grid
from codelength.kt.metrics import score
from codelength.runs.measure import measure

PUBLISHED = {
    "audio_16bit": 0.920,
    "audio_8bit": 0.398,
    "audio_mfcc": 0.903,
    "dna": 0.714,
    "synthetic": 0.593,
    "text": 0.357,
}
HONEST = {
    "audio_16bit": 0.805,
    "audio_8bit": 0.360,
    "audio_mfcc": 0.808,
    "dna": 0.7135,
    "synthetic": 0.498,
    "text": 0.356,
}


@pytest.mark.parametrize("modality", PUBLISHED)
def test_whole_files(data, tmp_path, modality):
    spec = GridSpec((modality,), ("gzip-paper", "gzip"), (None,))
    paper, honest = (score(run) for run in run_grid(spec, tmp_path / "grid", data))
    assert f"{paper.compression_rate:.3f}" == f"{PUBLISHED[modality]:.3f}"
    assert honest.compression_rate == pytest.approx(HONEST[modality], abs=6e-4)
    assert honest.verified and not paper.verified
    assert paper.coded_bits is None and paper.container_bits is None


ITEMS = {("text", 128): 0.782, ("dna", 128): 1.182, ("audio_8bit", 128): 0.622}
ITEMS |= {("audio_16bit", 128): 1.250, ("audio_mfcc", 128): 1.149}
ITEMS |= {("text", 1024): 0.525, ("dna", 1024): 0.894, ("audio_8bit", 1024): 0.455}
ITEMS |= {("audio_16bit", 1024): 1.013, ("audio_mfcc", 1024): 0.982}


@pytest.mark.parametrize(("modality", "length"), ITEMS)
def test_items(data, tmp_path, modality, length):
    corpus = kt_corpus(modality, length, data=data)
    run = measure(build("gzip-paper"), corpus, tmp_path / "run", name="gzip-paper")
    assert round(score(run).compression_rate, 3) == ITEMS[modality, length]
