r"""The beginning of enwik8 with the letters of each line reversed, in blocks of whole lines.

Example: reversed_lines(b"Hello World\nof\n") -> b"dlroW olleH\nfo\n", and the same again gives the
text back (agentic codelength, appendix A.1).
"""

import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from codelength.coding.messages import Json
from codelength.corpora.folders import data_folder
from codelength.corpora.instances import Corpus, Instance
from codelength.errors import InputError

SOURCE = "https://mattmahoney.net/dc/enwik8.zip"
SIZE = 1 << 20
"""Bytes of the experiment's text."""
BLOCK = 4096
ERRORS = "surrogateescape"
"""Bytes that are no UTF-8 count as letters."""


def reversed_lines(text: bytes) -> bytes:
    """Each line backwards, letter by letter, line ends where they were.

    Where a line is no UTF-8 its bytes may form other letters backwards; then it does not invert.
    """
    lines = text.decode(errors=ERRORS).split("\n")
    return "\n".join(line[::-1] for line in lines).encode(errors=ERRORS)


def enwik8(data: Path | None, size: int = SIZE) -> bytes:
    """The first bytes of enwik8.

    Arguments:
        data: the data folder; in its `enwik8` is the file or `enwik8.zip`.

    Raises:
        InputError: it is not here, or shorter.
    """
    folder = data_folder(data, "enwik8", SOURCE)
    files = [path for path in sorted(folder.iterdir()) if path.stat().st_size >= size]
    if not files:
        raise InputError(f"{folder} holds no file of {size:,} bytes; enwik8 is at {SOURCE}")
    if not zipfile.is_zipfile(files[0]):
        with files[0].open("rb") as file:
            return file.read(size)
    with zipfile.ZipFile(files[0]) as packed, packed.open("enwik8") as file:
        return file.read(size)


def blocks(text: bytes, size: int) -> Iterator[bytes]:
    """Whole lines, as many as fit into `size` bytes; at least one."""
    start, end = 0, 0
    while end < len(text):
        line = text.find(b"\n", end) + 1 or len(text)
        if line - start > size and end > start:
            yield text[start:end]
            start = end
        end = line
    if end > start:
        yield text[start:end]


class ReversedText(Corpus):
    """Blocks of reversed lines.

    Arguments:
        data: the data folder; `$CODELENGTH_DATA` by default.
        block: bytes at most, unless a line is longer; None: the whole text as one.
        limit: the first so many.
    """

    unit = "byte"
    name = "reversed-text"

    def __init__(
        self, data: Path | None = None, block: int | None = BLOCK, limit: int | None = None
    ) -> None:
        text = enwik8(data)
        self._sha256 = sha256(text).hexdigest()
        self._block, self._limit = block, limit
        found = [text] if block is None else list(blocks(text, block))
        self._targets = [reversed_lines(one) for one in found[:limit]]

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "source": "enwik8, lines reversed",
            "sha256": self._sha256,
            "bytes": SIZE,
            "block": self._block,
            "limit": self._limit,
        }

    def __iter__(self) -> Iterator[Instance]:
        for k, target in enumerate(self._targets):
            yield Instance(f"{self.name}/{k}", target)

    def __len__(self) -> int:
        return len(self._targets)
