"""Files of fitted numbers: named arrays behind a header, checked.

A file is `CLTABLES`, the length of the header (4 bytes), the header as JSON, the arrays, each
packed by zstd, and the SHA-256 of all before it.
"""

import json
import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from codelength.coding.messages import Json, canonical_json
from codelength.errors import InputError

MAGIC = b"CLTABLES"
VERSION = 3
"""Of all models; a change of a context or a constant is a new one."""
LEVEL = 19
LARGEST = 1 << 30
"""Bytes of a file's arrays together."""

Arrays = Mapping[str, npt.NDArray[Any]]


def packed(kind: str, about: Mapping[str, Json], arrays: Arrays) -> bytes:
    """A file of these arrays, little-endian."""
    press = zstandard.ZstdCompressor(level=LEVEL)
    plain = {name: np.ascontiguousarray(one) for name, one in arrays.items()}
    pressed = [press.compress(one.tobytes()) for one in plain.values()]
    there = zip(plain.items(), pressed, strict=True)
    header: dict[str, Json] = {
        "version": VERSION,
        "kind": kind,
        "about": about,
        "arrays": [
            [name, one.dtype.str, list(one.shape), len(text)] for (name, one), text in there
        ],
    }
    text = canonical_json(header).encode()
    body = b"".join([MAGIC, len(text).to_bytes(4, "big"), text, *pressed])
    return body + sha256(body).digest()


def unpacked(data: bytes, name: str) -> tuple[str, Mapping[str, Json], Arrays]:
    """The kind, what is said of it, and the arrays.

    Arguments:
        name: of the file, for errors.

    Raises:
        InputError: it is none, of another version, or damaged.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise InputError(f"{name} holds no fitted tables; 'codelength prior fit' makes some")
    if sha256(data[:-32]).digest() != data[-32:]:
        raise InputError(f"{name} is damaged: its SHA-256 does not agree; fit it or get it again")
    try:
        return _unpacked(data, name)
    except (KeyError, ValueError, TypeError, RecursionError, zstandard.ZstdError) as error:
        raise InputError(f"{name} has a header that cannot be read: {error}") from error


def _unpacked(data: bytes, name: str) -> tuple[str, Mapping[str, Json], Arrays]:
    at = len(MAGIC) + 4 + int.from_bytes(data[len(MAGIC) : len(MAGIC) + 4], "big")
    header = json.loads(data[len(MAGIC) + 4 : at])
    if header["version"] != VERSION:
        raise InputError(
            f"{name} holds tables of version {header['version']}, this is {VERSION}; fit them again"
        )
    press, arrays, total = zstandard.ZstdDecompressor(), {}, 0
    for title, dtype, shape, size in header["arrays"]:
        part, form = data[at : at + size], np.dtype(dtype)
        room = form.itemsize * math.prod(shape)
        total += room
        if total > LARGEST or zstandard.frame_content_size(part) != room:
            raise ValueError(f"{title} is not {room:,} bytes, or all are more than {LARGEST:,}")
        arrays[title] = np.frombuffer(press.decompress(part), form).reshape(shape)
        at += size
    kind, about = header["kind"], header["about"]
    if not isinstance(kind, str) or not isinstance(about, dict):
        raise ValueError("its kind is no text, or what is said of it no object")
    return kind, about, arrays
