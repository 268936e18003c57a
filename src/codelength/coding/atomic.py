"""Files that are there in full or not at all: written beside their place, then moved into it.

Example: write_atomic(Path("run/config.json"), b"{}") writes run/.config.json.77.part first.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from codelength.errors import InputError

TORN = ".part"
"""Ending of the hidden files that are not in their place yet."""
LONGEST_NAME = 200
"""Bytes of a file's name that a hidden file beside it takes over as it is; systems allow 255."""


def hidden_beside(path: Path, ending: str) -> Path:
    """A hidden file beside another one, by its name; of a long name, by its start and checksum."""
    name = path.name
    raw = os.fsencode(name)
    if len(raw) > LONGEST_NAME:
        start = raw[: LONGEST_NAME // 2].decode(errors="ignore")
        name = f"{start}-{sha256(raw).hexdigest()[:32]}"
    return path.with_name(f".{name}{ending}")


def write_atomic(path: Path, data: bytes, sync: bool = True) -> None:
    """Write a file so that it is there in full or not at all, also after a kill.

    Arguments:
        sync: wait until it is on the disk, so that it also survives a loss of power.

    Raises:
        InputError: the folder is missing or not writable.
    """
    try:
        if not path.name or path.is_dir():
            raise InputError(f"cannot write {path}: it is a folder")
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or a device: there is nothing to replace
            return
        path = path.resolve()
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "a loop of links"
        raise InputError(f"cannot write {path}: {why}; choose another place") from error
    temporary = hidden_beside(path, f".{os.getpid()}{TORN}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from error


def writable(path: Path) -> None:
    """Make the folder of a file that is to be written, and try it.

    Raises:
        InputError: there is no such folder, and none can be made, or it is not writable.
    """
    if path.is_dir() or not path.name:
        raise InputError(f"cannot write {path}: it is a folder")
    part = hidden_beside(path, f".{os.getpid()}{TORN}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.is_file():
            part.touch()
            part.unlink()
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from error


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which is in its place only once all is written.

    Raises:
        InputError: the folder is missing or not writable.
    """
    if path.is_dir() or not path.name:
        raise InputError(f"cannot write {path}: it is a folder")
    part = hidden_beside(path.resolve(), f".{os.getpid()}{TORN}")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:  # a pipe or a device: there is nothing to replace
                yield file
            return
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path.resolve())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from error
    finally:
        with suppress(OSError):
            part.unlink()


def remove_torn(folder: Path) -> None:
    """Remove what killed calls of `write_atomic` have left in a folder."""
    for torn in folder.glob(f".*{TORN}"):
        torn.unlink(missing_ok=True)
