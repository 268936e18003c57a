"""Combinators: codecs made of codecs.

Example: Fallback(Deflate(), Raw()) -> one selector bit, then the shorter of the two messages.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from codelength.codecs.around import Around
from codelength.codecs.protocol import Codec, Message, Proposal
from codelength.coding.arithmetic import Decoder, Encoder
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import elias_delta, read_elias_delta
from codelength.coding.messages import Json
from codelength.coding.tally import count
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError

LONGEST = 1 << 40
"""Targets longer than this are refused as damaged when read."""


def length_bits(length: int, given: Condition) -> Bits:
    """The length of a target as Elias' delta code of length + 1; nothing where it is public."""
    if given.length is None:
        return elias_delta(length + 1)
    if given.length != length:
        raise InputError(f"the target has {length} symbols, the condition says {given.length}")
    return Bits()


def read_length(reader: BitReader, given: Condition) -> int:
    """The mirror of `length_bits`."""
    length = read_elias_delta(reader) - 1 if given.length is None else given.length
    if length > LONGEST:
        raise MessageError(f"a target of {length} symbols (damaged or foreign message)")
    return length


def check_alphabet(target: bytes, given: Condition) -> None:
    """Refuse a target with symbols outside the alphabet."""
    if given.alphabet < 256 and target and max(target) >= given.alphabet:
        raise InputError(
            f"the target has the symbol {max(target)}, outside 0..{given.alphabet - 1}"
        )


def check_read(target: bytes, given: Condition) -> None:
    """Refuse a decoded target that the condition excludes.

    Raises:
        MessageError: another length, or a symbol outside the alphabet.
    """
    if given.length is not None and len(target) != given.length:
        raise MessageError(f"the message holds {len(target)} symbols, not {given.length}")
    if given.alphabet < 256 and target and max(target) >= given.alphabet:
        raise MessageError(f"the message holds a symbol outside 0..{given.alphabet - 1}")


class Raw(Codec):
    """The target as it is (KT's REPEAT): its length if that is not public, then plain symbols."""

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        check_alphabet(target, given)
        size = given.symbol_bits
        head = length_bits(len(target), given)
        if size == 8 and given.alphabet == 256:
            return head + Bits.from_bytes(target)
        if given.alphabet == 1 << size:
            text = "".join(format(symbol, f"0{size}b") for symbol in target)
            return head + Bits(text)
        encoder = Encoder()
        for symbol in target:
            encoder.encode_uniform(symbol, given.alphabet)
        return head + encoder.finish()

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        size = given.symbol_bits
        if given.alphabet == 1 << size:
            if length * size > reader.left:
                raise MessageError(f"the message ends before its {length} symbols (truncated)")
            if size == 8:
                return reader.read_bytes(length)
            text = str(reader.read(length * size))
            return bytes(int(text[i : i + size], 2) for i in range(0, len(text), size))
        decoder = Decoder(reader)
        target = bytes(decoder.decode_uniform(given.alphabet) for _ in range(length))
        decoder.finish()
        return target

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.plain`."""
        return self.encode(target, given)

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "raw"}


class Fallback(Codec):
    """L = 1 + min(L_primary, L_backstop): a selector bit, then the shorter message.

    Arguments:
        primary: may raise `CannotEncode`; wins a tie.
        backstop: has a message for every target.
    """

    def __init__(self, primary: Codec, backstop: Codec) -> None:
        self.primary, self.backstop = primary, backstop
        self.together = max(primary.together, backstop.together)
        self.piece, self.checks = primary.piece, primary.checks
        self.placed = primary.placed or backstop.placed
        self.observer = primary.observer or backstop.observer

    def encoder(self) -> str:
        """See `Codec.encoder`."""
        return self.primary.encoder() or self.backstop.encoder()

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`; the proposal is the primary's also where the backstop is shorter."""
        spare = self.backstop.message(target, given)
        try:
            first = self.primary.message(target, given)
        except CannotEncode as error:
            failed = error.proposal
            proposal = failed if isinstance(failed, Proposal) else Proposal("", False, 0.0)
            return Message(Bits("1") + spare.bits, 1 + spare.ideal_bits, proposal)
        if len(first.bits) <= len(spare.bits):
            return Message(Bits("0") + first.bits, 1 + first.ideal_bits, first.proposal)
        return Message(Bits("1") + spare.bits, 1 + spare.ideal_bits, first.proposal)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        (target,) = self.read_many([reader], [given])
        return target

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Codec.read_each`."""
        targets: list[bytes | MessageError] = [b""] * len(readers)
        flags: list[int | None] = [None] * len(readers)
        for k, reader in enumerate(readers):
            try:
                flags[k] = None if reader is None else reader.read_int(1)
            except MessageError as error:
                targets[k] = error
        for flag, codec in enumerate((self.primary, self.backstop)):
            places = [k for k in range(len(readers)) if codec.placed or flags[k] == flag]
            own = [readers[k] if flags[k] == flag else None for k in places]
            read = codec.read_each(own, [given[k] for k in places])
            for k, target in zip(places, read, strict=True):
                if flags[k] == flag:
                    targets[k] = target
        return targets

    def open(self) -> None:
        """See `Codec.open`."""
        self.primary.open()
        self.backstop.open()

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.plain`: the backstop's, plain where it has such a one."""
        try:
            return Bits("1") + self.backstop.plain(target, given)
        except CannotEncode:
            return Bits("1") + self.backstop.encode(target, given)

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        parts: dict[str, Json] = {"codec": "fallback"}
        return parts | {"of": [self.primary.protocol(), self.backstop.protocol()]}

    def needs(self) -> str:
        """See `Codec.needs`: of both parts."""
        parts = (self.primary.needs(), self.backstop.needs())
        return "; ".join(dict.fromkeys(filter(None, parts)))

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`: of both parts."""
        return self.primary.shared() | self.backstop.shared()

    def decoder(self) -> Codec:
        """See `Codec.decoder`."""
        return type(self)(self.primary.decoder(), self.backstop.decoder())

    def unchecked(self) -> Codec:
        """See `Codec.unchecked`."""
        return type(self)(self.primary.unchecked(), self.backstop.unchecked())

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`."""
        return type(self)(self.primary.prepare(instances), self.backstop.prepare(instances))


class Transform(ABC):
    """A deterministic tool that both ends share: `inverse(forward(x)) == x`."""

    name: str

    @abstractmethod
    def forward(self, target: bytes) -> bytes:
        """What the inner codec is given."""

    @abstractmethod
    def inverse(self, transformed: bytes) -> bytes:
        """The target again.

        Raises:
            ValueError: `forward` makes this of nothing; a damaged message may hold it.
        """

    def condition(self, given: Condition) -> Condition:
        """What is public about the transformed target; by default nothing but bytes."""
        return Condition()

    def protocol(self) -> dict[str, Json]:
        """What it does: its name and, where it has any, its parameters and versions."""
        return {"transform": self.name}


class Reverse(Transform):
    """The target backwards."""

    name = "reverse"

    def forward(self, target: bytes) -> bytes:
        """See `Transform.forward`."""
        return target[::-1]

    def inverse(self, transformed: bytes) -> bytes:
        """See `Transform.inverse`."""
        return transformed[::-1]

    def condition(self, given: Condition) -> Condition:
        """Length and alphabet stay."""
        return given


class Transformed(Around):
    """L = L_inner(forward(target)): a shared tool costs nothing.

    Arguments:
        inner: codes the transformed target.
        transform: the tool.
    """

    def __init__(self, inner: Codec, transform: Transform) -> None:
        super().__init__(inner)
        self.transform, self.observer = transform, None  # the inner one sees other targets
        self.piece = 0
        self._moved: dict[bytes, bytes] = {}

    def _with(self, inner: Codec) -> Self:
        return type(self)(inner, copy.deepcopy(self.transform))

    def _given(self, given: Condition) -> Condition:
        return self.transform.condition(given)

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`.

        Raises:
            CannotEncode: the tool does not give this target back.
        """
        return self.inner.message(self._forward(target), self._given(given))

    def _forward(self, target: bytes) -> bytes:
        if target in self._moved:
            return self._moved[target]
        count("tool_calls", 2)
        try:
            transformed = self.transform.forward(target)
            if self.transform.inverse(transformed) == target:
                return transformed
        except ValueError:
            pass
        raise CannotEncode(f"the transform {self.transform.name} does not invert on this target")

    def _inverse(self, transformed: bytes) -> bytes:
        count("tool_calls")
        try:
            return self.transform.inverse(transformed)
        except ValueError as error:
            what = f"the transform {self.transform.name} makes this of nothing: {error}"
            raise MessageError(what) from error

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        return self._inverse(super().read(reader, given))

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Codec.read_each`."""
        found: list[bytes | MessageError] = []
        for reader, one in zip(readers, super().read_each(readers, given), strict=True):
            if reader is None or isinstance(one, MessageError):
                found.append(one)
                continue
            try:
                found.append(self._inverse(one))
            except MessageError as error:
                found.append(error)
        return found

    def plain(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.plain`."""
        return super().plain(self._forward(target), given)

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        parts: dict[str, Json] = {"codec": "transformed", "by": self.transform.protocol()}
        return parts | {"of": self.inner.protocol()}

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`: the inner codec gets the transformed instances."""
        moved, found = [], {}
        for one in instances:
            with suppress(CannotEncode):  # `message` says so, where a backstop hears it
                found[one.target] = self._forward(one.target)
                moved.append(Instance(one.id, found[one.target], self._given(one.given)))
        ready = type(self)(self.inner.prepare(moved), self.transform)
        ready._moved = found
        return ready
