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

from codelength.errors import InputError

LETTERS = b"ACTGactg"
"""By symbol; small letters are repeats (a soft mask)."""
NO_BASE = 255
BLOCK = 1 << 20
_SYMBOLS = np.full(256, NO_BASE, np.uint8)
_SYMBOLS[np.frombuffer(LETTERS, np.uint8)] = np.arange(len(LETTERS))


def bases(file: IO[bytes], record: str = "") -> Iterator[bytes]:
    """Symbols of a file, in blocks, in constant memory; what is no base (N) is left out.

    Arguments:
        record: the name of the one record that is wanted; by default all.

    Raises:
        InputError: it is no FASTA.
    """
    wanted, first = not record, True
    while lines := file.readlines(BLOCK):
        if first and not lines[0].startswith(b">"):
            raise InputError("it is no FASTA file: it does not begin with '>'")
        first = False
        taken = []
        for line in lines:
            if line.startswith(b">"):
                wanted = not record or line[1:].split(None, 1)[0].decode(errors="replace") == record
            elif wanted:
                taken.append(line)
        symbols = _SYMBOLS[np.frombuffer(b"".join(taken), np.uint8)]
        if len(symbols):
            yield symbols[symbols != NO_BASE].tobytes()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file, unpacked where it is gzip.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        if packed:
            with gzip.open(path) as file:
                yield cast(IO[bytes], file)
        else:
            with path.open("rb") as plain:
                yield plain
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {error}") from error
