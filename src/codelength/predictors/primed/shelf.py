"""Fitted tables by kind: those that come with the package, and files of one's own.

Example: model(shipped("dna")) -> a model that codes items of DNA.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from codelength.coding.messages import Json
from codelength.errors import InputError
from codelength.predictors.primed.kinds import KINDS
from codelength.predictors.primed.model import Model
from codelength.predictors.primed.packing import Arrays, unpacked
from codelength.predictors.primed.tables import Tables, from_arrays

ALPHABETS = {name: kind.alphabet for name, kind in KINDS.items()}
"""The kinds, and how many symbols each knows."""
SHIPPED = files(__package__) / "shipped"


@dataclass(frozen=True)
class Fitted:
    """Tables that were read.

    Arguments:
        kind: of the data.
        size: bytes of the file; `sha256`: of it.
        about: what they were fitted on and how.
        where: the path, or "shipped".
    """

    kind: str
    size: int
    sha256: str
    about: Mapping[str, Json]
    arrays: Arrays
    where: str

    def __reduce__(self) -> tuple[Callable[..., "Fitted"], tuple[object, ...]]:
        """Sent to another process without what was made of the arrays; see `_sent`."""
        return _sent, tuple(getattr(self, one.name) for one in fields(self))

    def __deepcopy__(self, memo: object) -> "Fitted":
        """Nothing in it changes."""
        return self

    @cached_property
    def tables(self) -> Tables:
        """What they hold.

        Raises:
            InputError: it does not fit together.
        """
        try:
            return from_arrays(self.kind, self.about, self.arrays)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise InputError(f"{self.where} holds tables that do not fit: {error}") from error


_here: dict[tuple[str, str, str], Fitted] = {}
_lock = Lock()


def _sent(*parts: Any) -> Fitted:
    """The tables that came, or the same ones that came before and may have been loaded since.

    A worker gets a codec, with all of its arrays, with each batch; loading them takes much longer.
    The last few tables are remembered.
    """
    fitted = Fitted(*parts)
    key = fitted.kind, fitted.sha256, fitted.where
    with _lock:
        found = _here.pop(key, fitted)
        _here[key] = found
        while len(_here) > len(ALPHABETS):
            del _here[next(iter(_here))]
    return found


def opened(data: bytes, where: str) -> Fitted:
    """Tables from a file's bytes.

    Raises:
        InputError: they are none.
    """
    kind, about, arrays = unpacked(data, where)
    if kind not in ALPHABETS:
        raise InputError(f"{where} holds tables of {kind}; known are {', '.join(ALPHABETS)}")
    return Fitted(kind, len(data), sha256(data).hexdigest(), about, arrays, where)


def read(path: Path) -> Fitted:
    """Tables of a file.

    Raises:
        InputError: it cannot be read, or holds none.
    """
    try:
        if path.exists() and not path.is_file():  # a message may name anything
            raise InputError(f"{path} is no file of tables; 'codelength prior fit' makes some")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the tables {path}: {error.strerror}") from error
    found = opened(data, str(path))
    _ = found.tables  # whether they fit together is said now
    return found


@lru_cache(maxsize=len(ALPHABETS))
def shipped(kind: str) -> Fitted:
    """The tables that come with the package.

    Raises:
        InputError: there are none of this kind.
    """
    file = SHIPPED / f"{kind}.tables"
    if kind not in ALPHABETS or not file.is_file():
        raise InputError(
            f"no tables of {kind!r} come with codelength; fit some: codelength prior fit"
        )
    return opened(file.read_bytes(), "shipped")


def model(fitted: Fitted) -> Model:
    """A model with these tables; what cannot change is loaded once for all of them."""
    return Model(fitted.tables)
