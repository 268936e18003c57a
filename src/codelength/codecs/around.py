"""What a codec that wraps one other shares with it; combinators say what they change."""

from collections.abc import Sequence
from typing import Self

from codelength.codecs.protocol import Codec, Message
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import MessageError


class Around(Codec):
    """A codec that passes everything on to `inner`.

    Arguments:
        inner: does the work.
    """

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        self.together, self.placed, self.piece = inner.together, inner.placed, inner.piece
        self.checks, self.observer = inner.checks, inner.observer

    def _with(self, inner: Codec) -> Self:
        """The same round another codec."""
        return type(self)(inner)

    def _given(self, given: Condition) -> Condition:
        """The condition that the inner codec is given."""
        return given

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        return self.inner.message(target, self._given(given))

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        return self.inner.read(reader, self._given(given))

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Codec.read_each`."""
        return self.inner.read_each(readers, [self._given(one) for one in given])

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.plain`."""
        return self.inner.plain(target, self._given(given))

    def open(self) -> None:
        """See `Codec.open`."""
        self.inner.open()

    def needs(self) -> str:
        """See `Codec.needs`."""
        return self.inner.needs()

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return self.inner.shared()

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return self.inner.protocol()

    def decoder(self) -> Codec:
        """See `Codec.decoder`."""
        return self._with(self.inner.decoder())

    def unchecked(self) -> Codec:
        """See `Codec.unchecked`."""
        return self._with(self.inner.unchecked())

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`."""
        moved = [
            Instance(one.id, one.target, self._given(one.given), one.gold, one.units)
            for one in instances
        ]
        return self._with(self.inner.prepare(moved))
