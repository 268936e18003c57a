"""What a measurement gives: rows, and totals that are a `Codelength` or only an `Estimate`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Codelength:
    """Bits of messages that were decoded and accepted.

    Arguments:
        coded_bits: of the messages.
        ideal_bits: before rounding, as the model's probabilities have it.
        container_bits: what the message file spends beyond them.
    """

    coded_bits: int
    ideal_bits: float
    container_bits: int


@dataclass(frozen=True)
class Estimate:
    """Bits that no decoded message stands behind."""

    bits: float


@dataclass(frozen=True)
class Row:
    """One instance of a run.

    Arguments:
        index: place in the corpus, from 0.
        given_length: the public length, or None.
        raw_bits: bits of the target sent plainly.
        coded_bits: bits of the message; None for an estimate.
        ideal_bits: before rounding; for an estimate the estimate.
        verified: the message was decoded and the observer accepted.
        correct: the program that was proposed is right; without a program, as `verified` (for an
            estimator that always has an answer: True).
        program_bits: what the prior charges for a right program; without one, the message's bits.
        program: the text of the program proposed, or None.
        note: how the proposal came about or failed, in a few words, or None.
        sha256: of what the message decodes to (under exact equality, the target), hexadecimal.
        units: how many of the corpus' units the target has.
        given_text: the public text, or None.
        reconstruction: what the message decodes to, where that is not the target itself.
    """

    index: int
    id: str
    given_length: int | None
    alphabet: int
    symbols: int
    raw_bits: int
    coded_bits: int | None
    ideal_bits: float
    verified: bool
    correct: bool
    program_bits: float
    program: str | None
    note: str | None
    sha256: str
    units: int
    given_text: bytes | None
    reconstruction: bytes | None


COSTS = ("model_calls", "model_tokens", "tool_calls", "rollouts")
"""What is counted beside seconds; see `coding.tally`."""


@dataclass(frozen=True)
class Cost:
    """What one end of an instance took.

    Arguments:
        seconds: of wall-clock time.
        counts: by the names in `COSTS`.
    """

    seconds: float = 0.0
    counts: tuple[float, ...] = (0.0,) * len(COSTS)

    def __add__(self, other: "Cost") -> "Cost":
        counts = tuple(a + b for a, b in zip(self.counts, other.counts, strict=True))
        return Cost(self.seconds + other.seconds, counts)

    def shared(self, among: int) -> "Cost":
        """The part of each of so many."""
        return Cost(self.seconds / among, tuple(one / among for one in self.counts))


FREE = Cost()
"""Nothing."""
