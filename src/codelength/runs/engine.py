"""Where work is done: in this process, or in worker processes that die with it."""

import multiprocessing
import os
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self, TypeVar

from codelength.errors import CodelengthError

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 2
"""Tasks in flight for each worker."""
LARGE = 220 << 10
"""Workers that have grown over so many KiB are replaced before the next map: compressors leak
(pyppmd's encoder some 20 KiB a message)."""


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _call(function: Callable[[Task], Result], task: Task) -> tuple[Result, int]:
    """The result, and the KiB that this worker has grown to."""
    return function(task), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Engine:
    """Maps a function over tasks, in order. Use it as a context manager.

    Arguments:
        workers: processes; 1 works in this one. More are spawned, so a script that uses them needs
            `if __name__ == "__main__":`.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = max(1, workers)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None and kind is KeyboardInterrupt:
            for worker in list(self._pool._processes.values()):
                worker.terminate()  # what it works on would be thrown away
        self._stop()

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Results in the order of the tasks, which are taken up only a little ahead."""
        if self.workers == 1:
            yield from map(function, tasks)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.workers, multiprocessing.get_context("spawn"), initializer=_start_worker
            )
        try:
            yield from self._stream(self._pool, function, tasks)
        except BrokenProcessPool as error:
            self._pool = None
            raise CodelengthError(
                "a worker process died (killed, or out of memory); run the same command again to"
                " go on from here"
            ) from error

    def _stream(
        self, pool: ProcessPoolExecutor, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[Result]:
        flying: deque[Future[tuple[Result, int]]] = deque()
        largest, upcoming = 0, iter(tasks)
        failure: CodelengthError | None = None
        while True:
            try:
                task = next(upcoming)
            except StopIteration:
                break
            except CodelengthError as error:  # what was sent before still comes back
                failure = error
                break
            flying.append(pool.submit(_call, function, task))
            while flying and (len(flying) >= AHEAD * self.workers or flying[0].done()):
                result, size = flying.popleft().result()
                largest = max(largest, size)
                yield result
        while flying:
            result, size = flying.popleft().result()
            largest = max(largest, size)
            yield result
        if largest > LARGE:
            self._stop()
        if failure:
            raise failure
