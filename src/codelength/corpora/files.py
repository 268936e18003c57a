"""Any file of the user's as a corpus of byte items."""

from collections.abc import Iterator
from hashlib import sha256
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


class FileCorpus(Corpus):
    """A file cut into items.

    Arguments:
        path: the file.
        item_length: bytes an item; None for the whole file as one.
        limit: the first so many items (all by default).
    """

    def __init__(
        self, path: Path, item_length: int | None = None, limit: int | None = None
    ) -> None:
        self.name = f"file:{path}"
        self._data = read_file(path)
        self._length, self._limit = item_length, limit

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "modality": self.name,
            "item_length": item_length_name(self._length),
            "limit": self._limit,
            "sha256": sha256(self._data).hexdigest(),
            "bytes": len(self._data),
        }

    def __iter__(self) -> Iterator[Instance]:
        return cut(self.name, self._data, self._length, 256, self._limit)

    def __len__(self) -> int:
        return pieces(len(self._data), self._length, self._limit)
