"""Recordings as KT's three kinds of symbols."""

import wave

import numpy as np
import pytest

from codelength.corpora.speech import eight_bits, features, recordings, sixteen_bits
from codelength.errors import InputError

pytest.importorskip("soundfile", reason="the extra 'data' is not installed")

SAMPLES = np.array([0, 1, -1, 255, 256, -256, -257, 32767, -32768], np.int16)


def write(path, samples, rate=16_000, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())


def test_samples_are_read_and_written_as_kt_has_them(tmp_path):
    write(tmp_path / "b.wav", SAMPLES)
    write(tmp_path / "a.wav", SAMPLES[::-1])
    found = dict(recordings(tmp_path))
    assert list(found) == ["a.wav", "b.wav"]
    assert sixteen_bits(found["b.wav"]) == SAMPLES.astype("<i2").tobytes()
    assert list(np.frombuffer(eight_bits(found["b.wav"]), np.int8)) == [
        0, 0, -1, 0, 1, -1, -2, 127, -128,
    ]  # fmt: skip


def test_features_are_twenty_rows_along_time():
    pytest.importorskip("librosa", reason="the extra 'data' is not installed")
    tone = (8000 * np.sin(np.arange(16_000) / 5)).astype(np.int16)
    found = np.frombuffer(features(tone), np.uint8)
    assert len(found) == 20 * (1 + 16_000 // 512)
    inner = found.reshape(20, -1)[:, 4:-4].astype(int)
    steps = (np.diff(inner, axis=1) + 128) % 256 - 128
    assert np.abs(steps).max() <= 2  # a steady tone stays what it is, along each row


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16_000, 2)])
def test_other_sounds_are_refused(tmp_path, rate, channels):
    write(tmp_path / "a.wav", SAMPLES[:8], rate, channels)
    with pytest.raises(InputError, match=r"a\.wav"):
        list(recordings(tmp_path))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no"):
        list(recordings(tmp_path))


def test_other_samples_are_refused_and_one_file_will_do(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    write(tmp_path / "A.WAV", SAMPLES)
    assert [name for name, _ in recordings(tmp_path)] == ["A.WAV"]
    assert [name for name, _ in recordings(tmp_path / "A.WAV")] == ["A.WAV"]
    for form in ("PCM_24", "FLOAT"):
        soundfile.write(tmp_path / "b.wav", np.full(100, 0.5), 16_000, form)
        with pytest.raises(InputError, match=form):
            list(recordings(tmp_path / "b.wav"))
    write(tmp_path / "b.wav", SAMPLES[:0])
    with pytest.raises(InputError, match="no sound"):
        list(recordings(tmp_path / "b.wav"))
