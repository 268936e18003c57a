"""Any file of the user's as a corpus of items: bytes, or symbols of a modality, a byte each."""

from collections.abc import Iterator
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path

from codelength.coding.messages import Json
from codelength.corpora.instances import Corpus, Instance, cut, item_length_name, pieces
from codelength.errors import InputError


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InputError: it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a name with a zero byte
        raise InputError(f"cannot read {path}: {error}") from error


BLOCK = 1 << 24


def mapped(path: Path) -> bytes | mmap:
    """The bytes of a file, left on the disk until they are asked for.

    Raises:
        InputError: it is missing or cannot be read.
    """
    try:
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                return mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError):  # what has no map may still be read
        pass
    return read_file(path)


class FileCorpus(Corpus):
    """A file cut into items, in constant memory.

    Arguments:
        path: the file.
        item_length: symbols an item; None for the whole file as one.
        limit: the first so many items (all by default).
        modality: what it holds: "file" for bytes of any kind.
        alphabet: symbols are 0..alphabet-1, a byte each.

    Raises:
        InputError: it cannot be read, or holds a byte that is no symbol.
    """

    def __init__(
        self,
        path: Path,
        item_length: int | None = None,
        limit: int | None = None,
        modality: str = "file",
        alphabet: int = 256,
    ) -> None:
        self.name = f"{modality}:{path}"
        self._data = mapped(path)
        self._length, self._limit, self._alphabet = item_length, limit, alphabet
        self._digest = self._checked()

    def _checked(self) -> str:
        """The file's SHA-256; its bytes are seen to be symbols on the way."""
        digest = sha256()
        for start in range(0, len(self._data), BLOCK):
            block = self._data[start : start + BLOCK]
            digest.update(block)
            if self._alphabet < 256 and (found := max(block)) >= self._alphabet:
                raise InputError(
                    f"{self.name}: a byte is {found}, symbols are 0..{self._alphabet - 1};"
                    " `codelength data make` writes such files"
                )
        return digest.hexdigest()

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "modality": self.name,
            "item_length": item_length_name(self._length),
            "limit": self._limit,
            "sha256": self._digest,
            "bytes": len(self._data),
        }

    def __iter__(self) -> Iterator[Instance]:
        return cut(self.name, self._data, self._length, self._alphabet, self._limit)

    def __len__(self) -> int:
        return pieces(len(self._data), self._length, self._limit)
