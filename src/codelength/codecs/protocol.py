"""The one idea: everything is a codec.

Example, a whole codec for single bits:

    class Parity(Codec):
        def encode(self, target, given=NOTHING): return Bits(str(target[0] & 1))
        def read(self, reader, given=NOTHING): return bytes([reader.read_int(1)])

Guarantees and requirements: `encode` is prefix-free given the condition, so that `read` knows where
its message ends; `decode(encode(x, given), given) == x`; a codec that has no message for some
targets raises `CannotEncode` and belongs into a `Fallback`.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from codelength.codecs.observers import Observer
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, MessageError


@dataclass(frozen=True)
class Proposal:
    """A program that a synthesizer put forward, whether or not the message uses it.

    Arguments:
        program: its text.
        correct: running it gives the target.
        bits: what the prior charges for it.
        note: how it came about or failed, in a few words.
    """

    program: str
    correct: bool
    bits: float
    note: str = ""


@dataclass(frozen=True)
class Message:
    """What an encoder made.

    Arguments:
        bits: the message.
        ideal_bits: its length before rounding, as the model's probabilities have it.
        proposal: the program behind it, if there is one.
    """

    bits: Bits
    ideal_bits: float
    proposal: Proposal | None = None


class Codec(ABC):
    """Turns targets into prefix-free messages and back. Implement `encode` and `read`.

    Attributes:
        together: instances that `prepare` is given at once, in the measuring process; 0 leaves it
            to the workers. For encoders with something to have only once, such as a model.
        piece: bytes of a file that make a message of their own, so that many can be read in step;
            0: a file is one message.
        checks: whether `prepare` has already decoded the messages that it gives out.
        placed: whether `read_each` has to be given as many readers as `prepare` was given
            instances, each in its place; None for a message that is somebody else's.
        observer: what accepts its reconstructions; None: every symbol comes back.
    """

    together: int = 0
    piece: int = 0
    checks: bool = False
    placed: bool = False
    observer: Observer | None = None

    @abstractmethod
    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """The message for `target`.

        Raises:
            CannotEncode: a partial codec has none.
        """

    @abstractmethod
    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """Read one message, move `reader` behind it, and return its target.

        Raises:
            MessageError: damaged, truncated or foreign.
        """

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """Read a message from each reader, as `read` does; codecs that can, read them in step.

        Where a message is damaged, its error takes the place of its target. Where there is None
        instead of a reader, nothing is read, and an empty target comes back.
        """
        found: list[bytes | MessageError] = []
        for reader, one in zip(readers, given, strict=True):
            try:
                found.append(b"" if reader is None else self.read(reader, one))
            except MessageError as error:
                found.append(error)
        return found

    def read_many(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes]:
        """The same; all must be sound.

        Raises:
            MessageError: the first that is not.
        """
        targets = []
        for one in self.read_each(readers, given):
            if isinstance(one, MessageError):
                raise one
            targets.append(one)
        return targets

    def decode(self, bits: Bits, given: Condition = NOTHING) -> bytes:
        """The target of exactly these bits.

        Raises:
            MessageError: damaged, truncated or foreign, or bits are left over.
        """
        reader = BitReader.over(bits)
        target = self.read(reader, given)
        if reader.left:
            raise MessageError(f"{reader.left} bits are left over after the message")
        return target

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """The message with what is known about it; codecs with a model or a program override it."""
        bits = self.encode(target, given)
        return Message(bits, float(len(bits)))

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """A message that leans on no model, for where that of `encode` does not come back.

        Raises:
            CannotEncode: there is none.
        """
        raise CannotEncode(f"{type(self).__name__} has no plainer message")

    def protocol(self) -> dict[str, Json]:
        """Everything that the decoder depends on: name, parameters, hashes, format versions."""
        return {"codec": type(self).__name__}

    def needs(self) -> str:
        """What a reader must have beyond the protocol, in a few words; empty: nothing.

        Example: "cuda, NVIDIA H100, torch 2.8".
        """
        return ""

    def shared(self) -> dict[str, int]:
        """What both ends have and no message pays for: bytes of weights, tables, tools, by name."""
        return {}

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """The encoder's end for these instances: it may look at what the decoder never sees."""
        return self

    def unchecked(self) -> "Codec":
        """The same codec, where the caller decodes every message before it counts.

        What `prepare` gives out need not have been decoded then.
        """
        return self

    def encoder(self) -> str:
        """What the encoder alone depends on, such as its model's fingerprint; a run bears it."""
        return ""

    def open(self) -> None:  # noqa: B027  most have nothing to open
        """Make sure, before a run is begun, that what the encoder needs is there.

        Raises:
            InputError: a model is unknown, or lacks a key; says which.
        """

    def decoder(self) -> "Codec":
        """A codec that shares no state with this one, taken before this one sees a target.

        A deep copy; override it where copying is dear and the state is known to be constant.
        """
        return copy.deepcopy(self)


@dataclass(frozen=True)
class Estimation:
    """A number of bits that no message stands behind.

    Arguments:
        bits: as the formula has it.
        proposal: the program behind it, if there is one.
    """

    bits: float
    proposal: Proposal | None = None


class Estimator(ABC):
    """Prices targets without a message: published formulas, costs that no decoder could read.

    Attributes:
        together: see `Codec`.
    """

    together: int = 0

    @abstractmethod
    def estimate(self, target: bytes, given: Condition = NOTHING) -> Estimation:
        """The price of `target`."""

    def protocol(self) -> dict[str, Json]:
        """What the number depends on."""
        return {"estimator": type(self).__name__}

    def encoder(self) -> str:
        """See `Codec.encoder`."""
        return ""

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """The estimator for these instances; see `Codec.prepare`."""
        return self
