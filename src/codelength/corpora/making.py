"""Modalities of any size from raw data, a block at a time: KT's five, pictures and source code.

Example: pieces("dna", Path("hg38.fa.gz")) -> blocks of symbols, a byte each; `taken` cuts them.
"""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from codelength.corpora.code import sources
from codelength.corpora.fasta import bases, opened
from codelength.corpora.images import grey, pictures, rgb
from codelength.corpora.speech import eight_bits, features, recordings, sixteen_bits
from codelength.errors import InputError

BLOCK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError)
"""What archives raise; of encryption and unknown methods they raise a RuntimeError."""


def text(path: Path) -> Iterator[bytes]:
    """The bytes of a file; of the only file in a zip archive; unpacked where it is gzip."""
    try:
        if path.is_file() and zipfile.is_zipfile(path):  # a pipe is read once
            with zipfile.ZipFile(path) as packed:
                names = [one.filename for one in packed.infolist() if not one.is_dir()]
                if len(names) != 1:
                    raise InputError(f"{path} holds {len(names)} files; one is wanted")
                with packed.open(names[0]) as file:
                    while block := file.read(BLOCK):
                        yield block
            return
        with opened(path) as file:
            while block := file.read(BLOCK):
                yield block
    except (OSError, EOFError, RuntimeError, *DAMAGED) as error:
        raise InputError(f"cannot read {path}: {error}") from error


def dna(path: Path) -> Iterator[bytes]:
    """All bases of a FASTA file."""
    with opened(path) as file:
        try:
            yield from bases(file)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error


MAKERS: dict[str, Callable[[Path], Iterator[bytes]]] = {
    "text": text,
    "dna": dna,
    "audio_16bit": lambda path: (sixteen_bits(one) for _, one in recordings(path)),
    "audio_8bit": lambda path: (eight_bits(one) for _, one in recordings(path)),
    "audio_mfcc": lambda path: (features(one) for _, one in recordings(path)),
    "image_grey": lambda path: map(grey, pictures(path)),
    "image_rgb": lambda path: map(rgb, pictures(path)),
    "code": sources,
}
"""By modality: blocks of its symbols from a path."""


def pieces(modality: str, path: Path) -> Iterator[bytes]:
    """Blocks of a modality's symbols, in constant memory.

    A recording, a picture or a file of source code is read at a time.

    Raises:
        InputError: no such modality; what is at `path` cannot be read or is of another kind.
    """
    if modality not in MAKERS:
        raise InputError(f"no modality {modality!r}; there are {', '.join(MAKERS)}")
    return MAKERS[modality](path)


def taken(blocks: Iterator[bytes], skip: int, size: int | None) -> Iterator[bytes]:
    """The symbols behind the first `skip`, at most `size` of them (all by default)."""
    left = size
    for block in blocks:
        if skip >= len(block):
            skip -= len(block)
            continue
        part = block[skip:] if left is None else block[skip : skip + left]
        skip = 0
        yield part
        if left is not None:
            left -= len(part)
            if not left:
                return
