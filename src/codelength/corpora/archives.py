"""Files of tar archives, one at a time; an archive that does not come to its end is refused.

Example: for name, content in contents(Path("Python-3.13.1.tgz"), (".py",)): ...
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from codelength.errors import InputError


class _Checked(tarfile.TarInfo):
    """A member's header. tarfile takes a damaged or a missing one behind the first for the end."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # zeros: the end
                raise
            raise tarfile.ReadError(f"it is damaged or cut off ({error})") from error


def contents(path: Path, suffixes: tuple[str, ...], size: int = -1) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file with such a name in an archive, as they come; no links.

    Arguments:
        size: bytes that are read at once, in several parts then; -1: a file is read whole.

    Raises:
        InputError: it is no tar archive, or it is damaged or cut off.
    """
    try:
        with tarfile.open(path, "r|*", tarinfo=_Checked) as packed:
            for member in packed:
                wanted = member.isfile() and member.name.endswith(suffixes)
                file = packed.extractfile(member) if wanted else None
                while file and (content := file.read(size)):
                    yield member.name, content
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f"cannot read {path} as a tar archive: {error}") from error
