"""The six modalities of the KoLMogorov Test, from the authors' own 1 MB files or the sampler.

Example: kt_corpus("dna", item_length=128, data=Path("data")) -> 20,834 items at 3 bits a symbol.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from codelength.coding.messages import Json, TargetDigest
from codelength.corpora.files import FileCorpus, read_file
from codelength.corpora.instances import (
    Condition,
    Corpus,
    Instance,
    cut,
    item_length_name,
    pieces,
)
from codelength.corpora.making import MAKERS
from codelength.dsl import batch
from codelength.dsl.pairs import Pair, unique_pairs
from codelength.errors import InputError

SOURCE = "github.com/facebookresearch/KoLMogorov, folder src/data/data_to_compress_1mb"
VARIABLE = "CODELENGTH_DATA"
FOLDER = "kolmogorov_test"


@dataclass(frozen=True)
class Modality:
    """One of the authors' files.

    Arguments:
        alphabet: symbols are 0..alphabet-1, one a byte of the file.
    """

    name: str
    size: int
    sha256: str
    alphabet: int = 256

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}.bin"


SYNTHETIC = "synthetic"
SYNTHETIC_BYTES = 1_000_105
"""Sampled synthetic corpora stop at this many symbols, the size of the authors' file."""

_HASHES = {
    "text": "03aa32293eb16a793bd3bbf389ada1ce108e9e284886e3518d1a90feb4f95bab",
    "dna": "c8eb99fabb052094a55fd2272e42d49c8d60ee8fac58eb2f23d099114c8174f9",
    "audio_16bit": "fe55d5633cda3b795383b8e2dc96dc1f89149cfbe04e724fb42c7f162e1dbb1e",
    "audio_8bit": "858da335a2f6824a9cb94572a9b487cce70dd49b7b2d0cfaa6bcc4f1ffbe4b65",
    "audio_mfcc": "e784d5d3c357082866a4c8f670cb30114771f5f039ae55c4f32352586f649601",
    SYNTHETIC: "1e46297002a1892fb2e72deb1b4fba63c874174ef97299da62918323919e5cb0",
}
_SIZES = (1_004_232, 2_666_667, 1_015_360, 1_003_280, 1_000_960, SYNTHETIC_BYTES)

MODALITIES = {
    name: Modality(name, size, _HASHES[name], alphabet=8 if name == "dna" else 256)
    for name, size in zip(_HASHES, _SIZES, strict=True)
}


def data_folder(data: Path | None = None) -> Path | None:
    """The folder with KT's files: `data`, else `$CODELENGTH_DATA`; its `kolmogorov_test` or itself.

    None where neither is given; the folder need not exist.
    """
    if data is None:
        named = os.environ.get(VARIABLE)
        if not named:
            return None
        data = Path(named)
    inner = data / FOLDER
    return inner if inner.is_dir() else data


def load(modality: Modality, data: Path | None = None) -> bytes:
    """One of the authors' files, checked against its SHA-256.

    Raises:
        InputError: it is missing or altered; says which file and where it comes from.
    """
    folder = data_folder(data)
    if folder is None or not (folder / modality.file).is_file():
        where = f"in {folder}" if folder else f"because neither --data nor {VARIABLE} is set"
        raise InputError(
            f"KT's file {modality.file} is missing {where}; get {modality.file} from {SOURCE} and"
            f" name its folder with --data or {VARIABLE}. Without it these work: --modality"
            f" {SYNTHETIC} at an item length (sampled), and --modality file:PATH"
        )
    content = read_file(folder / modality.file)
    found = sha256(content).hexdigest()
    if found != modality.sha256:
        raise InputError(
            f"{folder / modality.file} is not KT's file: {len(content)} bytes, sha256"
            f" {found[:12]}..., expected {modality.size} bytes, {modality.sha256[:12]}...;"
            f" get it again from {SOURCE}"
        )
    return content


class KTCorpus(Corpus):
    """One of the authors' files, cut into items.

    Arguments:
        modality: which.
        item_length: symbols an item; None for the whole file as one.
        limit: the first so many items (all by default).
        data: the data folder; see `data_folder`.
    """

    def __init__(
        self,
        modality: Modality,
        item_length: int | None = 128,
        limit: int | None = None,
        data: Path | None = None,
    ) -> None:
        self.name = modality.name
        self._modality, self._length, self._limit = modality, item_length, limit
        self._data = load(modality, data)

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "modality": self.name,
            "item_length": item_length_name(self._length),
            "limit": self._limit,
            "sha256": self._modality.sha256,
        }

    def __iter__(self) -> Iterator[Instance]:
        alphabet = self._modality.alphabet
        return cut(self.name, self._data, self._length, alphabet, self._limit)

    def __len__(self) -> int:
        return pieces(len(self._data), self._length, self._limit)


@lru_cache(maxsize=1)
def _sampled(seed: int, limit: int | None) -> list[Pair]:
    """The pairs of a synthetic corpus, kept for the next corpus of the same seed and limit."""

    def enough(count: int, symbols: int) -> bool:
        return count >= limit if limit is not None else symbols >= SYNTHETIC_BYTES

    return unique_pairs(seed, enough)


class SyntheticCorpus(Corpus):
    """Sequences sampled from KT's programs, uncut and unique, with their gold programs.

    Without a limit it stops at `SYNTHETIC_BYTES` symbols. Lengths are not public.

    Arguments:
        seed: of the sampler.
        limit: how many items.
        item_length: kept for the record alone; synthetic items are never cut.
    """

    name = SYNTHETIC

    def __init__(self, seed: int, limit: int | None = None, item_length: int | None = 128) -> None:
        self._seed, self._limit, self._length = seed, limit, item_length

    @property
    def pairs(self) -> list[Pair]:
        """The sampled pairs."""
        return _sampled(self._seed, self._limit)

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "modality": self.name,
            "item_length": item_length_name(self._length),
            "limit": self._limit,
            "seed": self._seed,
            "sha256": self._digest,
        }

    @cached_property
    def _digest(self) -> str:
        digest = TargetDigest()
        for pair in self.pairs:
            digest.add(pair.sequence)
        return digest.digest().hex()

    def __iter__(self) -> Iterator[Instance]:
        for first in range(0, len(self.pairs), 1024):
            some = self.pairs[first : first + 1024]
            words, ends = batch.join([pair.words for pair in some])
            for pair, text in zip(some, batch.texts(words, ends), strict=True):
                yield Instance(
                    f"{self.name}/{self._seed}/{pair.index}", pair.sequence, Condition(), text
                )

    def __len__(self) -> int:
        return len(self.pairs)


def kt_corpus(
    modality: str,
    item_length: int | None = 128,
    limit: int | None = None,
    seed: int = 0,
    data: Path | None = None,
) -> Corpus:
    """The corpus of a modality's name, of `file:PATH`, or of a file that holds a modality.

    `dna:PATH` and the like are files that `codelength data make` wrote.

    `synthetic` at an item length is sampled from `seed`; whole, it is the authors' synthetic.bin.

    Raises:
        InputError: unknown modality; missing or altered file; a size that is not positive.
    """
    if item_length is not None and item_length < 1:
        raise InputError(f"--item-length must be 'whole' or at least 1, not {item_length}")
    if limit is not None and limit < 1:
        raise InputError(f"--limit must be at least 1, not {limit}")
    kind, colon, path = modality.partition(":")
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"the file's name {path!r} is no UTF-8; link it by another name"
        ) from error
    if colon and kind == "file":
        return FileCorpus(Path(path), item_length, limit)
    if colon and kind in MAKERS:
        alphabet = MODALITIES[kind].alphabet if kind in MODALITIES else 256
        return FileCorpus(Path(path), item_length, limit, kind, alphabet)
    if modality not in MODALITIES:
        raise InputError(
            f"unknown modality {modality!r}; there are {', '.join(MODALITIES)}, file:PATH, and"
            f" files that hold one ({', '.join(MAKERS)}), such as dna:PATH"
        )
    if modality == SYNTHETIC and item_length is not None:
        return SyntheticCorpus(seed, limit, item_length)
    return KTCorpus(MODALITIES[modality], item_length, limit, data)
