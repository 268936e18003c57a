"""Seed coding: which try of a replayable system is the first that an observer accepts.

    L = |latent| + ceil(log2 N)

(agentic codelength, section 4.2). The encoder runs seed after seed and looks at the outcome with
the observer; the message is the latent description and the seed's rank; the decoder runs that one
seed. Where none of N seeds will do there is no message: put it into a `Fallback`.

Example: Seeded(Dice(), observer, seeds=8) -> 3 bits for whatever one of eight throws gives.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from codelength.codecs.observers import Observer
from codelength.codecs.protocol import Codec, Message
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.coding.tally import count
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, MessageError


class Replayable(ABC):
    """A system whose outcome follows from latent, seed and condition. Implement `run`.

    Everything that the outcome depends on stands in `protocol`: weights, sampler, versions.
    """

    @abstractmethod
    def run(self, latent: bytes, seed: int, given: Condition) -> bytes:
        """What it makes of them, the same each time and in each process."""

    def latents(self, target: bytes, given: Condition) -> Sequence[bytes]:
        """Descriptions that the encoder tries, in order; by default one that says nothing."""
        return (b"",)

    @abstractmethod
    def protocol(self) -> dict[str, Json]:
        """Name, seed rule, parameters, hashes of weights, versions of libraries."""

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return {}


class Nothing(Codec):
    """Has a message for the empty target alone: no bits."""

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        if target:
            raise CannotEncode("there is a latent, and no codec for it")
        return Bits()

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        return b""

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "nothing"}


class Seeded(Codec):
    """A latent, and the rank of the first accepted seed; of all latents the shortest message.

    Arguments:
        system: is run again where the message is read.
        seeds: how many are tried, from 0: the budget N.
        latent: sends latents; by default there are none.
    """

    observer: Observer

    def __init__(
        self, system: Replayable, observer: Observer, seeds: int, latent: Codec | None = None
    ) -> None:
        if seeds < 1:
            raise ValueError(f"at least one seed is tried, not {seeds}")
        self.system, self.observer, self.seeds = system, observer, seeds
        self.latent = latent or Nothing()
        self.rank_bits = (seeds - 1).bit_length()

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`.

        Raises:
            CannotEncode: the observer accepts no outcome within the budget.
        """
        found: list[Message] = []
        for latent in self.system.latents(target, given):
            try:
                head = self.latent.message(latent, self._of_latent(given))
            except CannotEncode:
                continue
            rank = self._first(latent, target, given)
            if rank is not None:
                bits = head.bits + Bits.from_int(rank, self.rank_bits)
                found.append(Message(bits, head.ideal_bits + math.log2(self.seeds)))
        if not found:
            raise CannotEncode(f"no outcome of {self.seeds} seeds is accepted")
        return min(found, key=lambda one: len(one.bits))

    def _first(self, latent: bytes, target: bytes, given: Condition) -> int | None:
        instance = Instance("", target, given)
        for seed in range(self.seeds):
            count("rollouts")
            if self.observer.accepts(instance, self.system.run(latent, seed, given)):
                return seed
        return None

    @staticmethod
    def _of_latent(given: Condition) -> Condition:
        return Condition(text=given.text)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        latent = self.latent.read(reader, self._of_latent(given))
        rank = reader.read_int(self.rank_bits)
        if rank >= self.seeds:
            raise MessageError(f"the message asks for seed {rank} of {self.seeds}")
        count("rollouts")
        return self.system.run(latent, rank, given)

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """There is none; see `Codec.plain`."""
        raise CannotEncode("seed coding has no plain message")

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return self.system.shared() | self.latent.shared()

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`: the observer is part of it, since it chose the rank."""
        return {
            "codec": "seeded",
            "rule": "the first of seeds 0, 1, ... that is accepted",
            "seeds": self.seeds,
            "system": self.system.protocol(),
            "observer": self.observer.protocol(),
            "latent": self.latent.protocol(),
        }

    def decoder(self) -> Codec:
        """See `Codec.decoder`: the system keeps nothing from run to run."""
        return Seeded(self.system, self.observer, self.seeds, self.latent.decoder())
