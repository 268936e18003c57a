"""How far a long piece of work is, said from deep inside it to whoever listens.

Example: `with listening(print): codec.prepare(instances)` -> 0.02, 0.04, ...
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[float], None]

EVERY = 0.25
"""Seconds between two shares, at least."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener` with the share, 0..1, of the work done within that is done already."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def part(low: float, high: float) -> Iterator[None]:
    """What is done within is this part of the work."""
    outer = _listener.get()
    if outer is None:
        yield
        return
    with listening(lambda share: outer(low + share * (high - low))):
        yield


def tell(share: float) -> None:
    """Say the share to whoever listens."""
    listener = _listener.get()
    if listener:
        listener(share)


class Pulse:
    """Counts work and tells its share now and then.

    Arguments:
        total: of whatever unit; 0 tells nothing.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done, self._next = total, 0, time.monotonic() + EVERY

    def add(self, amount: int) -> None:
        """So much more is done."""
        self._done += amount
        now = time.monotonic()
        if self._total and now >= self._next:
            self._next = now + EVERY
            tell(min(self._done / self._total, 1.0))
