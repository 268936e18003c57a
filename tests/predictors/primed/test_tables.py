"""Files of tables: the same fit gives the same file; what is no such file is refused in words."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.bits import BitReader
from codelength.errors import InputError
from codelength.predictors.primed import contexts, packing, shelf, tables
from codelength.predictors.primed.fitting import fit
from codelength.predictors.primed.model import Model
from codelength.predictors.primed.net_fitting import PLANS, Plan

WORDS = b"the cat sat on the mat and a dog saw it run to the red door of an old house".split()


def sentences(seed: int, size: int) -> bytes:
    drawn = np.random.default_rng(seed)
    return b" ".join(WORDS[k] for k in drawn.zipf(1.5, size).clip(1, len(WORDS)) - 1)


@given(st.sets(st.integers(0, 5000), max_size=60), st.integers(5001, 1 << 20))
def test_sparse_numbers_come_back(numbers, size):
    some = np.array(sorted(numbers), np.uint32)
    low, high = contexts.sparse(some, size)
    assert np.array_equal(contexts.unsparse(low, high, len(some), size), some)


@pytest.mark.parametrize("size", [20_000, None])
def test_a_fit_makes_the_same_file_again_and_helps(tmp_path, size):
    files = [
        fit("text", [sentences(0, 8000)], size, {}, say=lambda text: None).file for _ in range(2)
    ]
    assert files[0] == files[1]
    (tmp_path / "mine").write_bytes(files[0])
    found = shelf.read(tmp_path / "mine")
    mine, shipped = shelf.model(found), shelf.model(shelf.shipped("text"))
    item = sentences(1, 40)
    bits, _ = mine.encode(item)
    assert mine.decode(BitReader.over(bits), len(item)) == item
    assert len(bits) < 0.8 * len(shipped.encode(item)[0])


def test_data_that_are_kept_come_back_from_the_file():
    bases = np.random.default_rng(0).integers(0, 8, 5001).astype(np.uint8).tobytes()
    made = fit("dna", [bases], None, {}, say=lambda text: None)
    kept = tables.from_arrays("dna", {}, packing.unpacked(made.file, "made")[2]).kept
    assert (kept == np.frombuffer(bases, np.uint8) % 4).all()
    assert len(made.file) < 5001 / 4 + 12_000  # two bits a base, weights and maps
    model = Model(made)
    for size in (128, 1000):  # what is kept is known, on either strand
        item = bytes(one % 4 for one in bases[2000 : 2000 + size])
        other = bytes(one ^ 2 for one in item[::-1])
        for one in (item, other):
            bits, _ = model.encode(one)
            assert model.decode(BitReader.over(bits), len(one)) == one
            assert len(bits) < 2 * len(one) - 100


def test_a_fit_to_sound_makes_the_same_file_again(monkeypatch):
    pytest.importorskip("torch", reason="the extra 'lm' is not installed")
    monkeypatch.setitem(PLANS, "audio_8bit", Plan(state=8, order=4, steps=30, dropped=0.0))
    drawn = np.random.default_rng(0)
    series = [
        np.convolve(drawn.normal(0, 6, 3000), [1, 1.6, 0.8]).clip(-128, 127).astype(np.int8)
        for _ in range(4)
    ]
    texts = [one.tobytes() for one in series]
    made = [fit("audio_8bit", texts, 0, {}, say=lambda text: None) for _ in range(2)]
    assert made[0].file == made[1].file
    cost = Model(made[0]).encode(texts[-1])[1] / len(texts[-1])
    best = np.log2(6 * np.sqrt(2 * np.pi * np.e))  # what is new in each sample has a deviation of 6
    assert best < cost < best + 0.5


def test_recordings_that_are_too_short_are_refused():
    pytest.importorskip("torch", reason="the extra 'lm' is not installed")
    with pytest.raises(InputError, match="128"):
        fit("audio_8bit", [bytes(100)] * 3, 0, {}, say=lambda text: None)


def test_strange_files_are_refused(tmp_path):
    path = tmp_path / "x.tables"
    with pytest.raises(InputError, match="cannot read"):
        shelf.read(path)
    path.write_bytes(b"something")
    with pytest.raises(InputError, match="no fitted tables"):
        shelf.read(path)
    good = packing.packed("text", {}, {"a": np.arange(3)})
    path.write_bytes(good[:60] + b"?" + good[61:])
    with pytest.raises(InputError, match="SHA-256"):
        shelf.read(path)
    path.write_bytes(packing.packed("smell", {}, {}))
    with pytest.raises(InputError, match="smell"):
        shelf.read(path)


@pytest.mark.parametrize("kind", ["text", "audio_mfcc"])
def test_tables_that_do_not_fit_together_are_refused(tmp_path, kind):
    """Loops do not look where they write: what they are given has been looked at."""
    path, arrays = tmp_path / "x", dict(shelf.shipped(kind).arrays)
    name = {"text": "3.counts", "audio_mfcc": "net.out"}[kind]
    wrong = [
        {},
        {key: one for key, one in arrays.items() if key != "maps"},
        arrays | {"weights": arrays["weights"][:1]},
        arrays | {"corrections": arrays["corrections"].astype(np.float64)},
        arrays | {name: arrays[name][:-1]},
        arrays | {"kept": np.zeros(9, np.uint8), "kept.size": np.array([10], np.int64)},
    ]
    if kind == "text":
        wrong.append(arrays | {name: np.full_like(arrays[name], 255)})
    else:
        wrong.append(arrays | {"net.first": arrays["net.first"][::-1].copy()})
    for some in wrong:
        path.write_bytes(packing.packed(kind, {}, some))
        with pytest.raises(InputError, match=r"do not fit|damaged"):
            shelf.read(path)
    path.write_bytes(packing.packed(kind, {}, arrays))
    assert shelf.read(path).kind == kind


def test_a_header_that_is_none_is_refused(tmp_path):
    body = packing.MAGIC + (4).to_bytes(4, "big") + b"{]{]"
    (tmp_path / "x").write_bytes(body + hashlib.sha256(body).digest())
    with pytest.raises(InputError, match="header"):
        shelf.read(tmp_path / "x")


def test_an_older_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "VERSION", 0)
    (tmp_path / "x").write_bytes(packing.packed("text", {}, {}))
    monkeypatch.undo()
    with pytest.raises(InputError, match="version 0"):
        shelf.read(tmp_path / "x")


def test_all_shipped_tables_take_less_than_a_megabyte():
    assert sum(shelf.shipped(kind).size for kind in shelf.ALPHABETS) <= 1_000_000


@pytest.mark.parametrize("wrong", ["kind", "about", "deep", "bomb"])
def test_headers_with_a_right_hash_are_not_believed(wrong):
    arrays = {"one": np.zeros(1 << 16, np.uint8)}
    made = packing.packed("text", {}, arrays)
    size = int.from_bytes(made[8:12], "big")
    header = {
        "kind": lambda text: text.replace(b'"text"', b'["te"]'),
        "about": lambda text: text.replace(b'"about":{}', b'"about":[]'),
        "deep": lambda text: b"[" * 100_000,
        "bomb": lambda text: text.replace(b"[65536]", b"[111111111111]"),
    }[wrong](made[12 : 12 + size])
    assert header != made[12 : 12 + size]
    body = made[:8] + len(header).to_bytes(4, "big") + header + made[12 + size : -32]
    with pytest.raises(InputError, match="header"):
        packing.unpacked(body + hashlib.sha256(body).digest(), "some")


def test_what_is_no_regular_file_is_not_read():
    with pytest.raises(InputError, match="no file of tables"):
        shelf.read(Path("/dev/zero"))
