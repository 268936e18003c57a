"""Source code as a sequence: the files of a folder or an archive, one behind the other.

Example: b"".join(sources(Path("Python-3.13.1.tgz"))) -> the text of all its .py files.
"""

from collections.abc import Iterator
from pathlib import Path

from codelength.corpora.archives import contents
from codelength.errors import InputError

SUFFIXES = (".py",)


def sources(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[bytes]:
    """The files with a suffix, of a folder by path, of an archive as they come, one at a time.

    Raises:
        InputError: there are none, or they cannot be read.
    """
    if path.is_dir():
        found = _folder(path, suffixes)
    elif path.is_file():
        found = (content for _, content in contents(path, suffixes))
    else:
        raise InputError(f"there is no {path}; name a folder of source code or a tar archive")
    count = 0
    for one in found:
        count += 1
        yield one
    if not count:
        raise InputError(f"{path} holds no file that ends in {', '.join(suffixes)}")


def _folder(folder: Path, suffixes: tuple[str, ...]) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(suffixes) and path.is_file():
            try:
                yield path.read_bytes()
            except OSError as error:
                raise InputError(f"cannot read {path}: {error.strerror}") from error
