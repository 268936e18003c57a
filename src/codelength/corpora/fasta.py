r"""Genomes in FASTA as KT has them: a symbol a base, 0..7 for A C T G and these in small letters.

Example: b"".join(bases(io.BytesIO(b">chr1\nNACg\n"))) -> bytes([0, 1, 7]).
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from codelength.errors import InputError

LETTERS = b"ACTGactg"
"""By symbol; small letters are repeats (a soft mask)."""
UNKNOWN = b"NRYKMSWBDHVnrykmswbdhv-"
"""Letters for bases that are not known, or for one of several (NC-IUB 1984), and for gaps."""
NO_BASE, STRANGE = 254, 255
BLOCK = 1 << 20
_SYMBOLS = np.full(256, STRANGE, np.uint8)
_SYMBOLS[np.frombuffer(UNKNOWN + b" \t\r\n", np.uint8)] = NO_BASE
_SYMBOLS[np.frombuffer(LETTERS, np.uint8)] = np.arange(len(LETTERS))


def bases(file: IO[bytes], record: str = "") -> Iterator[bytes]:
    """Symbols of a file, in blocks, in constant memory; bases that are not known are left out.

    Arguments:
        record: the name of the one record that is wanted; by default all.

    Raises:
        InputError: it is no FASTA, or one of other letters: of proteins, or of RNA.
    """
    wanted, titled, begins = False, False, True  # `begins`: at the beginning of a line
    taken: list[bytes] = []
    size = 0
    title = False
    while part := file.readline(BLOCK):
        if begins:
            title = part.startswith(b">")
        if begins and title:
            titled = True
            words = part[1:].split(None, 1)
            wanted = not record or (bool(words) and words[0].decode(errors="replace") == record)
        elif not titled and part.strip():
            raise InputError("it is no FASTA file: it does not begin with '>'")
        elif wanted and not title:
            taken.append(part)
            size += len(part)
        begins = part.endswith(b"\n")
        if size >= BLOCK:
            yield _symbols(taken)
            taken, size = [], 0
    if size:
        yield _symbols(taken)


def _symbols(lines: list[bytes]) -> bytes:
    letters = np.frombuffer(b"".join(lines), np.uint8)
    symbols: npt.NDArray[np.uint8] = _SYMBOLS[letters]
    strange = letters[symbols == STRANGE]
    if len(strange):
        raise InputError(f"it holds {chr(strange[0])!r}, no letter of DNA; write RNA with T for U")
    return bytes(symbols[symbols != NO_BASE])


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file, unpacked where it is gzip.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as plain:  # once: it may be a pipe
            if plain.peek(2)[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=plain) as file:
                    yield cast(IO[bytes], file)
            else:
                yield plain
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {error}") from error
