"""What came of running a program, and what it may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MIB = 1 << 20


class Status(StrEnum):
    """How a program ended."""

    OK = "ok"
    """It ended, and `output` is a list of integers."""
    OUTPUT = "output"
    """It ended, but `output` is missing or is no list of integers."""
    EXCEPTION = "exception"
    """It raised, or could not be compiled."""
    TIMEOUT = "timeout"
    MEMORY = "memory"
    FLOOD = "flood"
    """`output` has more symbols than the limit."""
    EXIT = "exit"
    """Its process ended by itself before there was an output."""
    CRASH = "crash"
    """A signal ended its process, or what it sent could not be read."""


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Arguments:
        seconds: of wall-clock time, from the moment the program starts.
        memory: bytes of address space.
        symbols: of output, where there is no target to compare with.
    """

    seconds: float = 5.0
    memory: int = 512 * MIB
    symbols: int = MIB


@dataclass(frozen=True)
class Outcome:
    """What one run gave.

    Arguments:
        status: how it ended.
        output: the values; with a target, no further than the first wrong one. An integer of more
            than 63 bits stands as -2**63.
        seconds: of wall-clock time.
        layers: what confined it, as the child said before the program started.
        detail: the exception or what is wrong, as the program's own process said it: untrusted.
        steps: of the reference machine, where the sandbox counts them.
    """

    status: Status
    output: tuple[int, ...]
    seconds: float
    layers: tuple[str, ...]
    detail: str = ""
    steps: int | None = None

    @property
    def executable(self) -> bool:
        """Whether it ran to its end without an error, whatever its output (KT, Tab. 5 and 8)."""
        return self.status in (Status.OK, Status.OUTPUT, Status.FLOOD)


@dataclass(frozen=True)
class Verdict:
    """A program against a target.

    Arguments:
        right: it output the target, twice.
        prefix: symbols of the target that its output starts with.
        first: its first run.
        stable: its second run gave the same; True where there was none.
    """

    right: bool
    prefix: int
    first: Outcome
    stable: bool = True


def right_prefix(output: Sequence[int], target: Sequence[int]) -> int:
    """How many leading values agree. Example: [1, 2, 9] and [1, 2, 3] -> 2."""
    for place, (value, wanted) in enumerate(zip(output, target, strict=False)):
        if value != wanted:
            return place
    return min(len(output), len(target))
