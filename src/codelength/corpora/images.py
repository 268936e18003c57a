"""Pictures as sequences: a raster of rows from the top, a byte a pixel (grey) or three (RGB).

Example: rgb(picture) -> the red, green and blue of the first pixel, then of the second, ...

Pictures are PNG files of a folder, or CIFAR-10's in its binary archive.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from codelength.corpora.archives import contents
from codelength.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

MISSING = "pictures need Pillow: pip install 'codelength[data]'"
SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE
"""Bytes of a picture in CIFAR-10's binary files: a label, then planes of red, green and blue."""
TOGETHER = 1000


def pictures(path: Path) -> Iterator["Image"]:
    """The pictures of a folder, by path, or of CIFAR-10's archive, one at a time.

    Raises:
        InputError: there are none, or one cannot be read.
    """
    if path.is_dir():
        yield from _files(path)
    elif path.is_file():
        yield from _archive(path)
    else:
        raise InputError(f"there is no {path}; name a folder of PNG files or CIFAR-10's archive")


def _files(folder: Path) -> Iterator["Image"]:
    try:
        from PIL import Image
    except ImportError as error:
        raise InputError(MISSING) from error
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".png")
    if not paths:
        raise InputError(f"{folder} holds no .png file")
    for path in paths:
        try:
            with Image.open(path) as found:
                yield eight_bits(found)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise InputError(f"cannot read {path}: {error}") from error


def _archive(path: Path) -> Iterator["Image"]:
    try:
        from PIL import Image
    except ImportError as error:
        raise InputError(MISSING) from error
    count = 0
    for name, content in contents(path, (".bin",), RECORD * TOGETHER):
        if len(content) % RECORD:
            raise InputError(f"{path}: {name} holds no pictures of CIFAR-10")
        planes = np.frombuffer(content, np.uint8).reshape(-1, RECORD)[:, 1:]
        for one in planes.reshape(-1, 3, SIDE, SIDE):
            count += 1
            yield Image.fromarray(np.ascontiguousarray(one.transpose(1, 2, 0)))
    if not count:
        raise InputError(f"{path} holds none of CIFAR-10's .bin files")


def eight_bits(picture: "Image") -> "Image":
    """Red, green and blue of 8 bits; of 16 bits the upper ones; transparency is left out."""
    from PIL import Image

    if picture.mode.startswith("I"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if "transparency" in picture.info:  # of a palette: Pillow warns otherwise
        picture = picture.convert("RGBA")
    return picture.convert("RGB")


def rgb(picture: "Image") -> bytes:
    """Three bytes a pixel."""
    return picture.tobytes()


def grey(picture: "Image") -> bytes:
    """A byte a pixel: (299 red + 587 green + 114 blue) / 1000, as ITU-R BT.601 weighs them."""
    return picture.convert("L").tobytes()
