"""Recordings as KT has them: samples of 16 bits, of 8 bits, and features along time (MFCC).

Example: eight_bits(samples) == samples >> 8, a byte each.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength.errors import InputError

Samples = npt.NDArray[np.int16]

MISSING = "sound needs soundfile and librosa: pip install 'codelength[data]'"
RATE = 16_000
FEATURES = 20


def recordings(folder: Path) -> Iterator[tuple[str, Samples]]:
    """Name and samples of each FLAC or WAV file below a folder, by path; or of one such file.

    Raises:
        InputError: there are none, or one is not of 16 bits, 16 kHz and one channel.
    """
    try:
        import soundfile
    except ImportError as error:
        raise InputError(MISSING) from error
    every = folder.rglob("*") if folder.is_dir() else [folder]
    paths = sorted(path for path in every if path.suffix.lower() in (".flac", ".wav"))
    if not paths:
        raise InputError(f"{folder} holds no .flac or .wav file; unpack its archives (tar xzf)")
    for path in paths:
        try:
            with soundfile.SoundFile(path) as file:
                found = (file.samplerate, file.channels, file.subtype)
                if found != (RATE, 1, "PCM_16"):
                    raise InputError(
                        f"{path} has {found[0]:,} samples a second, {found[1]} channels,"
                        f" {found[2]}; wanted are {RATE:,}, one, of 16 bits (PCM_16)"
                    )
                samples = file.read(dtype="int16")
                if not len(samples):
                    raise InputError(f"{path} holds no sound")
        except (OSError, soundfile.SoundFileError) as error:
            raise InputError(f"cannot read {path}: {error}") from error
        name = path.relative_to(folder) if path != folder else Path(path.name)
        yield name.as_posix(), samples


def sixteen_bits(samples: Samples) -> bytes:
    """Two symbols a sample, little-endian."""
    return samples.astype("<i2").tobytes()


def eight_bits(samples: Samples) -> bytes:
    """A symbol a sample: its upper 8 bits, signed."""
    return (samples >> 8).astype(np.int8).tobytes()


def features(samples: Samples) -> bytes:
    """Mel-frequency cepstral coefficients, rounded, modulo 256: the first along time, and so on.

    By librosa's defaults: 20 of windows of 2,048 samples, a step of 512.
    """
    try:
        import librosa
    except ImportError as error:
        raise InputError(MISSING) from error
    found = librosa.feature.mfcc(y=samples.astype(np.float32) / 32768, sr=RATE, n_mfcc=FEATURES)
    return np.mod(np.round(found), 256).astype(np.uint8).tobytes()
