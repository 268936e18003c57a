"""What the tables of each kind are fitted on, and the fit; no part of it is in KT's files.

Example: tables("dna", Path("data"), "small") -> the file of tables, the same each time.
"""

from collections.abc import Callable
from hashlib import sha256
from itertools import islice
from pathlib import Path

from codelength.coding.messages import Json
from codelength.corpora.enwik8 import SOURCE as ENWIK8
from codelength.corpora.enwik8 import enwik8
from codelength.corpora.fasta import bases, opened
from codelength.corpora.files import read_file
from codelength.corpora.folders import data_folder
from codelength.corpora.sources import SOURCES
from codelength.corpora.speech import eight_bits, features, recordings, sixteen_bits
from codelength.errors import InputError
from codelength.predictors.primed import fitting
from codelength.predictors.primed.shelf import ALPHABETS

Said = Callable[[str], None]

SOUNDS = {"audio_16bit": sixteen_bits, "audio_8bit": eight_bits, "audio_mfcc": features}
SIZES: dict[str, dict[str, int | None]] = {
    "small": {"text": 350_000, "dna": 240_000, **dict.fromkeys(SOUNDS, 0)},
    "large": {"text": None, "dna": None, **dict.fromkeys(SOUNDS, 0)},
}
"""Bytes of what is kept of contexts, about; None: the data are kept whole."""
LEAST = 100_000
"""Symbols of a file that is fitted on."""
TEXT = range(1_004_232, 3_000_000)
"""Bytes of enwik8; those before are KT's text."""
CHROMOSOME, BASES = "chr2", 2_323_275
"""Of GRCh38, from its beginning; KT's DNA is chromosome 1 of another genome."""
UTTERANCES = {
    "1688-142285": (3, 4, 5, 6),
    "1998-15444": (1, 2, 3, 4),
    "2033-164914": (0, 1, 2, 3),
    "2412-153948": (0, 1),
    "2414-128291": (1, 4, 5, 6),
    "2609-156975": (0, 1, 2, 3),
    "3005-163389": (0, 1, 2, 3),
    "3080-5032": (0, 1, 2, 3),
}
"""Of LibriSpeech, by speaker and chapter."""


def text(data: Path | None) -> bytes:
    """The text that is fitted on.

    Raises:
        InputError: enwik8 is not here.
    """
    return enwik8(data, TEXT.stop)[TEXT.start :]


def dna(data: Path | None) -> bytes:
    """The DNA, a symbol a base.

    Raises:
        InputError: GRCh38 is not here, or has no chromosome 2.
    """
    folder = data_folder(data, SOURCES["grch38"].folder, SOURCES["grch38"].url)
    found, size = [], 0
    for path in sorted(folder.glob("*.fa*")):
        with opened(path) as file:
            for block in bases(file, CHROMOSOME):
                found.append(block)
                size += len(block)
                if size >= BASES:
                    return b"".join(found)[:BASES]
    raise InputError(f"{folder} has {size:,} bases of {CHROMOSOME} in its .fa files, not {BASES:,}")


def sounds(name: str, data: Path | None) -> list[bytes]:
    """Recordings as symbols of a kind of sound.

    Raises:
        InputError: LibriSpeech is not here, or lacks some of the utterances.
    """
    folder = data_folder(data, "librispeech", SOURCES["librispeech-test-other"].url)
    wanted = {f"{chapter}-{k:04d}" for chapter, some in UTTERANCES.items() for k in some}
    found = {
        Path(path).stem: SOUNDS[name](samples)
        for path, samples in recordings(folder)
        if Path(path).stem in wanted
    }
    if missing := sorted(wanted - found.keys()):
        raise InputError(
            f"{folder} lacks {len(missing)} utterances: {', '.join(islice(missing, 3))}"
        )
    return [found[key] for key in sorted(found)]


def own_data(kind: str, path: Path) -> bytes:
    """The symbols of a file of the user's, a byte each, as `codelength data make` writes them.

    Raises:
        InputError: it cannot be read, is too short to learn from, or holds what is no symbol.
    """
    found = read_file(path)
    if len(found) < LEAST:
        raise InputError(f"{path} has {len(found):,} symbols; a fit wants {LEAST:,} at least")
    if max(found) >= ALPHABETS[kind]:
        raise InputError(
            f"{path}: a byte is {max(found)}, symbols of {kind} are 0..{ALPHABETS[kind] - 1}"
        )
    return found


def tables(
    kind: str, data: Path | None, size: str | int, say: Said, own: Path | None = None
) -> bytes:
    """The file of a kind's tables.

    Arguments:
        data: the data folder; `$CODELENGTH_DATA` by default.
        size: a name of `SIZES`, or bytes.
        say: is told how it goes.
        own: a file of symbols that is fitted on instead.

    Raises:
        InputError: the kind is unknown, or its data are not here.
    """
    if kind not in ALPHABETS:
        raise InputError(f"no kind {kind!r}; there are {', '.join(ALPHABETS)}")
    if own is not None:
        series = [own_data(kind, own)]
    elif kind in SOUNDS:
        series = sounds(kind, data)
    else:
        series = [text(data) if kind == "text" else dna(data)]
    joined = b"".join(series)
    about: dict[str, Json] = {
        "source": _SOURCES[kind] if own is None else "symbols of a file",
        "sha256": sha256(joined).hexdigest(),
        "symbols": len(joined),
    }
    room = SIZES[size][kind] if isinstance(size, str) else size
    return fitting.fit(kind, series, room, about, say=say).file


_SOURCES = {
    "text": f"{ENWIK8}, bytes {TEXT.start}..{TEXT.stop - 1}",
    "dna": f"GRCh38, {CHROMOSOME}, first {BASES} bases",
    **dict.fromkeys(SOUNDS, f"LibriSpeech, {sum(map(len, UTTERANCES.values()))} utterances"),
}
