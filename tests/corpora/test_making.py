import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
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


def test_archives_that_are_cut_off_or_damaged_are_refused(tmp_path: Path) -> None:
    drawn = np.random.default_rng(3)
    files = {f"{k}.py": drawn.integers(0, 256, 3000, dtype=np.uint8).tobytes() for k in range(9)}
    files["last.txt"] = b"left out" * 1000
    packed = archive(tmp_path / "whole.tgz", files).read_bytes()
    plain = gzip.decompress(packed)
    damaged = bytearray(plain)
    damaged[3 * (512 + 3072) + 100] ^= 255  # in the fourth header
    cuts = [packed[: len(packed) * part // 10] for part in range(1, 10)]
    cuts += [plain[: (512 + 3072) * 3], plain[: plain.rindex(b"left out")], bytes(damaged)]
    for number, content in enumerate(cuts):
        path = tmp_path / f"cut{number}"
        path.write_bytes(content)
        with pytest.raises(InputError, match=f"cut{number}"):
            list(pieces("code", path))


def test_pictures_of_sixteen_bits_and_with_transparency(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    deep = np.arange(0, 65536, 4096, dtype=np.uint16).reshape(4, 4)
    image.fromarray(deep).save(tmp_path / "a.png")
    palette = image.fromarray(np.zeros((2, 2, 3), np.uint8)).quantize(2)
    palette.save(tmp_path / "b.png", transparency=b"\x00\xff")
    found = b"".join(pieces("image_grey", tmp_path))
    assert found == (deep >> 8).astype(np.uint8).tobytes() + bytes(4)


@pytest.mark.parametrize("kind", ["text", "dna"])
def test_a_pipe_is_read_once_and_whole(kind: str, tmp_path: Path) -> None:
    content = b">x\n" + b"ACGT" * 50_000
    out = tmp_path / "out"
    for sent in (content, gzip.compress(content)):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=(sent,), daemon=True)
        writer.start()
        made = RUN(app, ["data", "make", kind, str(pipe), "--out", str(out)])
        writer.join(60)
        assert made.exit_code == 0, made.output
        wanted = content if kind == "text" else bytes([0, 1, 3, 2] * 50_000)
        assert out.read_bytes() == wanted
        pipe.unlink()


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "own"
    path.write_bytes(b"mine" * 100)
    for command in (
        ["data", "make", "text", str(path), "--out", str(path)],
        ["prior", "fit", "text", "--from", str(path), "--out", str(path)],
    ):
        found = RUN(app, command)
        assert isinstance(found.exception, InputError) and "is read" in str(found.exception)
    assert path.read_bytes() == b"mine" * 100


def test_a_modality_goes_into_a_pipe(tmp_path: Path) -> None:
    source, pipe = tmp_path / "text", tmp_path / "pipe"
    source.write_bytes(b"some text")
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    made = RUN(app, ["data", "make", "text", str(source), "--out", str(pipe)])
    reader.join(60)
    assert made.exit_code == 0 and read == [b"some text"] and pipe.is_fifo()


def test_a_place_that_cannot_be_written_is_said_before_a_fit(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"mine" * 100)
    where = str(tmp_path / "own" / "x")
    found = RUN(app, ["prior", "fit", "text", "--from", str(tmp_path / "own"), "--out", where])
    assert isinstance(found.exception, InputError) and "cannot write" in str(found.exception)


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        kt_corpus("text:\udcff")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_what_is_half_written_is_removed_where_it_is_stopped(sent: int, tmp_path: Path) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "out"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "codelength", "data", "make", "text", pipe, "--out", out]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    held = os.open(pipe, os.O_RDWR)  # so that the pipe opens and never ends
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".*.part")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    os.close(held)
    assert (process.returncode, said) == (130, b"stopped\n")
    assert list(tmp_path.iterdir()) == [pipe]
