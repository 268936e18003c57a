"""What every sandbox does: run a program, and judge it against a target that it never sees."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Self

from codelength.sandbox.child.harvest import BEYOND
from codelength.sandbox.outcome import Limits, Outcome, Status, Verdict, right_prefix

USUAL = Limits()


class Sandbox(ABC):
    """Runs strangers' programs. Safe to use from many threads.

    Attributes:
        name: as the command line knows it.
        official: whether results may stand in a table without a mark.
    """

    name: str
    official = True

    @property
    @abstractmethod
    def layers(self) -> tuple[str, ...]:
        """What confines a program."""

    @abstractmethod
    def run(
        self, program: str, limits: Limits = USUAL, target: Sequence[int] | None = None
    ) -> Outcome:
        """Run a program and read its variable `output`.

        Arguments:
            program: Python.
            limits: what it may use.
            target: stays in this process; reading stops at the first value that differs from it.

        Raises:
            SandboxError: the sandbox itself does not work; nothing is known of the program.
        """

    def check(self, program: str, target: Sequence[int], limits: Limits = USUAL) -> Verdict:
        """Judge a program; a right one is run twice."""
        first = self.run(program, limits, target)
        prefix = right_prefix(first.output, target)
        right = first.status is Status.OK and first.output == tuple(target)
        if not right or BEYOND in first.output:  # which stands for many integers
            return Verdict(False, prefix, first)
        second = self.run(program, limits, target)
        stable = second.status is Status.OK and second.output == first.output
        return Verdict(stable, prefix, first, stable)

    def check_all(
        self,
        pairs: Iterable[tuple[str, Sequence[int]]],
        limits: Limits = USUAL,
        workers: int = 2,
    ) -> Iterator[Verdict]:
        """Judge many (program, target) pairs, so many at once, in their order.

        Raises:
            SandboxError: the sandbox failed under one of them; no verdict is made up for it.
        """
        pool = ThreadPoolExecutor(workers)
        try:
            rest = iter(pairs)
            waiting = [pool.submit(self.check, *pair, limits) for pair in islice(rest, 4 * workers)]
            while waiting:
                yield waiting.pop(0).result()
                waiting += [pool.submit(self.check, *pair, limits) for pair in islice(rest, 1)]
        finally:
            pool.shutdown(cancel_futures=True)

    def close(self) -> None:  # noqa: B027  most have nothing to release
        """Release what it holds; what runs ends undisturbed, and it may be used again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
