import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from codelength.cli.main import app
from codelength.corpora.files import FileCorpus
from codelength.corpora.kt import kt_corpus
from codelength.corpora.making import MAKERS, pieces, taken
from codelength.errors import InputError

RUN = CliRunner().invoke


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            told = tarfile.TarInfo(name)
            told.size = len(content)
            packed.addfile(told, io.BytesIO(content))
    return path


@pytest.mark.parametrize("skip", [0, 1, 5, 6, 11])
@pytest.mark.parametrize("size", [1, 4, 7, 12, None])
def test_symbols_are_cut_across_blocks(skip: int, size: int | None) -> None:
    blocks = [b"abcde", b"", b"f", b"ghijkl"]
    whole = b"abcdefghijkl"
    wanted = whole[skip:] if size is None else whole[skip : skip + size]
    assert b"".join(taken(iter(blocks), skip, size)) == wanted


def test_text_is_unpacked(tmp_path: Path) -> None:
    text = b"Ein Text.\n" * 1000
    (tmp_path / "plain").write_bytes(text)
    (tmp_path / "text.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "text.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("text", text)
    for name in ("plain", "text.gz", "text.zip"):
        assert b"".join(pieces("text", tmp_path / name)) == text
    (tmp_path / "torn.gz").write_bytes(gzip.compress(text)[:-9])
    with pytest.raises(InputError, match=r"torn\.gz"):
        b"".join(pieces("text", tmp_path / "torn.gz"))


def test_pictures_are_rasters(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(1).integers(0, 256, (5, 3, 3), dtype=np.uint8)
    (tmp_path / "b").mkdir()
    image.fromarray(pixels).save(tmp_path / "b" / "one.png")
    image.fromarray(pixels[:, :, 0]).save(tmp_path / "a.png")
    first = np.repeat(pixels[:, :, :1], 3, 2)
    assert b"".join(pieces("image_rgb", tmp_path)) == first.tobytes() + pixels.tobytes()
    grey = np.frombuffer(b"".join(pieces("image_grey", tmp_path)), np.uint8).reshape(2, 5, 3)
    assert np.array_equal(grey[0], pixels[:, :, 0])
    weights = (pixels @ np.array([0.299, 0.587, 0.114])).round()
    assert np.abs(grey[1] - weights).max() <= 1
    (tmp_path / "c.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"c\.png"):
        list(pieces("image_rgb", tmp_path))


def test_cifars_records_are_pictures(tmp_path: Path) -> None:
    pytest.importorskip("PIL.Image")
    planes = np.random.default_rng(2).integers(0, 256, (3, 3, 32, 32), dtype=np.uint8)
    records = b"".join(bytes([7]) + one.tobytes() for one in planes)
    path = archive(tmp_path / "cifar.tar.gz", {"x/readme.html": b"-", "x/data_1.bin": records})
    found = b"".join(pieces("image_rgb", path))
    assert found == planes.transpose(0, 2, 3, 1).tobytes()
    torn = archive(tmp_path / "torn.tar.gz", {"x/data_1.bin": records[:-1]})
    with pytest.raises(InputError, match="CIFAR"):
        list(pieces("image_rgb", torn))


def test_source_code_of_a_folder_and_an_archive(tmp_path: Path) -> None:
    files = {"a/one.py": b"x = 1\n", "a/two.txt": b"no", "b.py": b"y = 2\n"}
    for name, content in files.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_bytes(content)
    path = archive(tmp_path / "code.tgz", files)
    for place in (tmp_path / "tree", path):
        assert b"".join(pieces("code", place)) == b"x = 1\ny = 2\n"
    with pytest.raises(InputError, match="holds no file"):
        list(pieces("code", archive(tmp_path / "none.tgz", {"two.txt": b"no"})))


@pytest.mark.parametrize("modality", [*MAKERS, "unknown"])
def test_what_is_not_there_is_refused(modality: str, tmp_path: Path) -> None:
    found = RUN(app, ["data", "make", modality, str(tmp_path / "no"), "--out", str(tmp_path / "x")])
    assert isinstance(found.exception, InputError)
    assert list(tmp_path.iterdir()) == []


def test_a_modality_of_a_file_is_measured_by_its_alphabet(tmp_path: Path) -> None:
    genome, out = tmp_path / "x.fa", tmp_path / "x.dna"
    genome.write_text(">one\n" + "ACGTacgtNN\n" * 100)
    made = RUN(app, ["data", "make", "dna", str(genome), "--out", str(out), "--bytes", "700"])
    assert made.exit_code == 0, made.output
    assert "700 symbols of dna" in made.stdout and out.stat().st_size == 700
    items = list(kt_corpus(f"dna:{out}", 128, 2))
    assert [one.raw_bits for one in items] == [3 * 128, 3 * 128]
    assert items[0].target[:8] == bytes([0, 1, 3, 2, 4, 5, 7, 6])
    short = RUN(app, ["data", "make", "dna", str(genome), "--out", str(out), "--bytes", "900"])
    assert isinstance(short.exception, InputError) and out.stat().st_size == 700
    with pytest.raises(InputError, match=r"symbols are 0\.\.7"):
        kt_corpus(f"dna:{genome}")


def test_a_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    monkeypatch.setattr(FileCorpus, "_checked", lambda _: "")  # hashing 8 GB of zeros takes long
    assert len(list(FileCorpus(path, 128, 3))) == 3
