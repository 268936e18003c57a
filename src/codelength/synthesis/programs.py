"""A synthesizer and a prior make a codec: the message is a program, decoded by running it.

Example: Fallback(ProgramCodec(Gold(), ExactPrior()), Raw()) is KT's UPPER BOUND, as real messages.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

from codelength.codecs.combinators import check_read
from codelength.codecs.protocol import Codec, Estimation, Estimator, Message, Proposal
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import DecodablePrior, Prior
from codelength.dsl.program import Program
from codelength.errors import CannotEncode, MessageError, ProgramError

LANGUAGE_VERSION = 1
"""Of operations and domains; part of every program codec's protocol."""


class Synthesizer(ABC):
    """Proposes a program for a target.

    Attributes:
        together: see `Codec`.
    """

    name: str
    together: int = 0

    @abstractmethod
    def propose(self, target: bytes) -> Program | None:
        """A program that is hoped to output `target`, or None."""

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`."""
        return self

    def open(self) -> None:  # noqa: B027  most have nothing to open
        """See `Codec.open`."""

    def encoder(self) -> str:
        """See `Codec.encoder`."""
        return ""


class Silent(Synthesizer):
    """Proposes nothing: all that a decoder needs."""

    name = "none"

    def propose(self, target: bytes) -> Program | None:
        """See `Synthesizer.propose`."""
        return None


def runs_to(program: Program, target: bytes, limits: Limits | None = None) -> bool:
    """Whether the program runs within the limits, and its output is the target."""
    try:
        return program.run(limits).as_bytes() == target
    except ProgramError:
        return False


class ProgramCodec(Codec):
    """Sends the synthesizer's program as the prior codes it.

    A partial codec: without a right program that has a price it raises `CannotEncode`.

    Arguments:
        synthesizer: the encoder's; the decoder does without.
        prior: of both ends.
        limits: what a program may use.
    """

    def __init__(
        self, synthesizer: Synthesizer, prior: DecodablePrior, limits: Limits | None = None
    ) -> None:
        self.synthesizer, self.prior = synthesizer, prior
        self.limits = limits or Limits()
        self.together = synthesizer.together

    def open(self) -> None:
        """See `Codec.open`."""
        self.synthesizer.open()

    def encoder(self) -> str:
        """See `Codec.encoder`."""
        return self.synthesizer.encoder()

    def decoder(self) -> Codec:
        """See `Codec.decoder`."""
        return type(self)(Silent(), self.prior, self.limits)

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        program = self.synthesizer.propose(target)
        if program is None or not runs_to(program, target, self.limits):
            raise CannotEncode(f"{self.synthesizer.name} has no program for this target")
        try:
            bits = self.prior.encode(program, self.limits)
            ideal = self.prior.bits(program, self.limits)
        except ProgramError as error:
            raise CannotEncode(f"the program has no price: {error}") from error
        return Message(bits, ideal, Proposal(str(program), True, float(len(bits))))

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        program = self.prior.read(reader, self.limits)
        try:
            target = program.run(self.limits).as_bytes()
        except ProgramError as error:
            raise MessageError(f"the message's program does not run: {error}") from error
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {
            "codec": "program",
            "language": LANGUAGE_VERSION,
            "prior": self.prior.name,
            "prior_version": self.prior.version,
            "length_limit": self.limits.length,
            "step_limit": self.limits.steps,
        }

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`."""
        return type(self)(self.synthesizer.prepare(instances), self.prior, self.limits)


class ProgramEstimate(Estimator):
    """KT's formula for a prior that no decoder can read: 1 + bits of the program, or of the target.

    Arguments:
        synthesizer: proposes.
        prior: prices.
    """

    def __init__(self, synthesizer: Synthesizer, prior: Prior) -> None:
        self.synthesizer, self.prior = synthesizer, prior
        self.together = synthesizer.together

    def estimate(self, target: bytes, given: Condition = NOTHING) -> Estimation:
        """1 + |y|: y is the program where it is right (also if it is longer), else the target."""
        raw = 1.0 + len(target) * given.symbol_bits
        program = self.synthesizer.propose(target)
        if program is None:
            return Estimation(raw, Proposal("", False, 0.0))
        try:
            bits, correct = self.prior.bits(program), runs_to(program, target)
        except ProgramError:
            return Estimation(raw, Proposal(str(program), False, 0.0))
        proposal = Proposal(str(program), correct, bits)
        return Estimation(1.0 + bits if correct else raw, proposal)

    def encoder(self) -> str:
        """See `Estimator.encoder`."""
        return self.synthesizer.encoder()

    def protocol(self) -> dict[str, Json]:
        """See `Estimator.protocol`."""
        return {"estimator": "program", "prior": self.prior.name}

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Estimator.prepare`."""
        return type(self)(self.synthesizer.prepare(instances), self.prior)
