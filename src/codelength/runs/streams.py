"""Where files of any size come from and go to: files, pipes, standard input and output (`-`).

Example: list(cut_stream(BytesIO("día".encode()), 2)) -> [b"d", "í".encode(), b"a"].
"""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from codelength.coding.atomic import TORN, hidden_beside
from codelength.errors import CodelengthError, InputError

STANDARD = Path("-")
"""Standard input or output."""
LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def cut_stream(file: BinaryIO, size: int, begun: bool = False) -> Iterator[bytes]:
    """Pieces of at most `size` bytes that do not cut a character of UTF-8; one piece where 0.

    Arguments:
        begun: pieces came before; without any, an empty file is one empty piece.
    """
    ahead = b""
    while True:
        ahead += file.read(size + 1 - len(ahead)) if size else file.read()
        if not size or len(ahead) <= size:
            if ahead or not begun:
                yield ahead
            return
        end = size
        while end > max(size - LONGEST_CHARACTER, 1) and ahead[end] & 0xC0 == 0x80:
            end -= 1
        yield ahead[:end]
        ahead, begun = ahead[end:], True


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """A file, or standard input, to read.

    Raises:
        InputError: it is missing or cannot be read.
    """
    if path == STANDARD:
        if sys.stdin is None:
            raise InputError("standard input is closed")
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    with file:
        yield file


def source_size(file: BinaryIO) -> int | None:
    """Bytes of a regular file; None for a pipe, whose end is not known."""
    try:
        found = os.fstat(file.fileno())
    except OSError:  # a stand-in without a descriptor
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


class Output:
    """Bytes on their way to `path`: in a hidden file beside it, which `finish` moves into place.

    Standard output, pipes and devices are written as it goes. Use it as a context manager: what is
    not finished is removed, also after an error; after a kill it stays.

    Arguments:
        path: the target.

    Attributes:
        file: to write to. A hidden file holds what a process that was killed has left in it.
        hidden: the hidden file; None where there is none.
        journal: a file that goes with the hidden one (see `runs.resume`).
        keep: leave both where they are if something stops that is no fault of their contents:
            Ctrl-C, a full disk.

    Raises:
        InputError: a folder, a place that cannot be written, or one that another process writes.
    """

    file: BinaryIO

    def __init__(self, path: Path) -> None:
        self._path, self._finished = path, False
        self.hidden: Path | None = None
        self.keep = False

    @property
    def journal(self) -> Path | None:
        """Beside the hidden file."""
        return self.hidden and self.hidden.with_name(self.hidden.name + "-journal")

    def __enter__(self) -> Self:
        if self._path == STANDARD:
            if sys.stdout is None:
                raise InputError("standard output is closed")
            self.file = sys.stdout.buffer
            return self
        try:
            if not self._path.name or self._path.is_dir():
                raise InputError(f"cannot write {self._path}: it is a folder")
            if self._path.exists() and not self._path.is_file():
                self.file = self._path.open("wb")  # a pipe or a device: nothing to replace
                return self
            self._path = self._path.resolve()
            self.hidden = hidden_beside(self._path, TORN)
            self.file = self._locked(self.hidden)
        except (OSError, RuntimeError) as error:
            why = error.strerror if isinstance(error, OSError) else "a loop of links"
            raise InputError(f"cannot write {self._path}: {why}; choose another place") from error
        return self

    def _locked(self, hidden: Path) -> BinaryIO:
        while True:
            number = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            file = os.fdopen(number, "r+b")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.close()
                raise InputError(f"another process is writing {self._path}; wait for it") from error
            except OSError:
                return file  # a file system without locks
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(number), hidden.stat()):
                    return file
            file.close()  # who held the lock has just moved the file into place

    def finish(self) -> None:
        """All is written: put it in place, on the disk."""
        self.file.flush()
        if self.hidden is not None:
            os.fsync(self.file.fileno())
            self._drop(self.journal)  # first: behind the move it may be another process's
            self.hidden.replace(self._path)
        self._finished = True

    def _drop(self, path: Path | None) -> None:
        if path is not None:
            with suppress(OSError):
                path.unlink()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._finished and (not self.keep or isinstance(error, CodelengthError)):
            self._drop(self.hidden)
            self._drop(self.journal)
        if self._path != STANDARD:
            with suppress(OSError):  # of a full disk, said already; finished files are flushed
                self.file.close()
        if isinstance(error, OSError) and error.errno in FULL:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error
