"""How far a file is on its way through a codec, told while the codec works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from codelength.coding.pulse import listening


@dataclass(frozen=True)
class Step:
    """How far a file is.

    Arguments:
        read: bytes of what is read, those that are worked on in part.
        total: of them in all; None for a pipe.
        symbols, coded_bits: on both sides of the codec so far.
    """

    read: int
    total: int | None
    symbols: int
    coded_bits: int


Progress = Callable[[Step], None]


class Meter:
    """Tells `progress` each step.

    Arguments:
        progress: is told; None: nobody.
        total: see `Step`.
        read: bytes that were done before.
        tasks: works that every byte goes through; each counts as an equal part of it.
    """

    def __init__(
        self, progress: Progress | None, total: int | None, read: int, tasks: int = 1
    ) -> None:
        self._progress, self._total, self._tasks = progress, total, tasks
        self._read = float(read)
        self._symbols = self._coded_bits = 0

    def tell(self, symbols: int, coded_bits: int) -> None:
        """So many symbols are settled, with so many bits."""
        self._symbols, self._coded_bits = symbols, coded_bits
        self._at(self._read)

    @contextmanager
    def working(self, size: int) -> Iterator[None]:
        """One of the tasks on so many bytes; what it says by `coding.pulse` is told."""
        own = size / self._tasks
        with listening(lambda share: self._at(self._read + share * own)):
            yield
        self._read += own
        self._at(self._read)

    def _at(self, read: float) -> None:
        if self._progress:
            self._progress(Step(round(read), self._total, self._symbols, self._coded_bits))
