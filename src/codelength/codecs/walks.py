"""Codecs whose messages are choices along a walk, with a predictor that is asked on the way.

A walk is a generator: it yields an `Ask` wherever it wants to know what is likely, is sent the
answer, and makes its choices with a `Channel`. It is written once and runs at both ends. Many walks
are driven in step, so that a language model reads a batch.
"""

from abc import abstractmethod
from collections.abc import Generator, Mapping, Sequence
from typing import Self, TypeVar

from codelength.codecs.channels import Channel, Reader, Writer
from codelength.codecs.combinators import (
    check_alphabet,
    check_read,
    length_bits,
    read_length,
)
from codelength.codecs.protocol import Codec, Message
from codelength.coding.bits import BitReader, Bits
from codelength.coding.grid import Floats
from codelength.coding.messages import Json
from codelength.coding.pulse import Pulse
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, MessageError
from codelength.predictors.protocol import Ask, Predictor

T = TypeVar("T")
Walk = Generator[Ask, Floats, T]
VERSION = 1
"""Of walks' messages."""
MOST_FREE = 4096
"""Steps in a row that cost nothing or say nothing; more are no message (it may be damaged)."""

Key = tuple[bytes, Condition]
Failure = MessageError | CannotEncode


def drive(
    predictor: Predictor, walks: Sequence[Walk[T] | None], total: int = 0
) -> list[T | Failure | None]:
    """Run walks in step, each to its end or to its error; one by one where step gains nothing.

    Arguments:
        predictor: asked by all; a session of it is taken.
        walks: the number of each is the row of its asks.
        total: asks that are expected, so that progress can be told.
    """
    pulse = Pulse(total)
    if not predictor.batch and len(walks) > 1:  # and each needs room of its own
        return [_drive(predictor.session(), [walk], pulse)[0] for walk in walks]
    return _drive(predictor.session(), walks, pulse)


def _drive(
    session: Predictor, walks: Sequence[Walk[T] | None], pulse: Pulse
) -> list[T | Failure | None]:
    found: list[T | Failure | None] = [None] * len(walks)
    asks: dict[int, Ask] = {}
    answers: dict[int, Floats | None] = {n: None for n, walk in enumerate(walks) if walk}
    while answers:
        asks.clear()
        for n, answer in answers.items():
            walk = walks[n]
            if walk is None:
                continue
            try:
                asks[n] = next(walk) if answer is None else walk.send(answer)
            except StopIteration as end:
                found[n] = end.value
            except (MessageError, CannotEncode) as error:
                found[n] = error
        pulse.add(len(asks))
        answers = dict(zip(asks, session.read(list(asks.values())), strict=True)) if asks else {}
    return found


class WalkCodec(Codec):
    """Implement `walk` and `name`; the length of a target stands before its choices.

    Arguments:
        predictor: says what is likely.
    """

    name: str

    def __init__(self, predictor: Predictor) -> None:
        self.predictor, self.together = predictor, predictor.batch
        self._made: dict[Key, Message | CannotEncode] = {}

    @abstractmethod
    def walk(
        self, row: int, channel: Channel, given: Condition, length: int, target: bytes | None
    ) -> Walk[bytes]:
        """Choose a text of this length: `target` where it is written, None where it is read.

        Raises:
            CannotEncode: there is no way to `target`.
            MessageError: the choices lead to no text of this length.
        """

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`: all are coded in step."""
        keys: list[Key] = list(dict.fromkeys((one.target, one.given) for one in instances))
        channels = [Writer() for _ in keys]
        walks = []
        for n, ((target, given), channel) in enumerate(zip(keys, channels, strict=True)):
            check_alphabet(target, given)
            walks.append(self._writing(n, channel, given, target))
        found = drive(self.predictor, walks, sum(len(target) for target, _ in keys))
        ready = self._with(self.predictor)
        for key, channel, one in zip(keys, channels, found, strict=True):
            if isinstance(one, bytes):
                head = length_bits(len(key[0]), key[1])
                ideal = len(head) + channel.ideal_bits
                ready._made[key] = Message(head + channel.finish(), ideal)
            else:
                ready._made[key] = CannotEncode(str(one))
        return ready

    def _writing(self, row: int, channel: Channel, given: Condition, target: bytes) -> Walk[bytes]:
        if why := self.predictor.refuses(given.text):
            raise CannotEncode(why)
        return (yield from self.walk(row, channel, given, len(target), target))

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        made: Mapping[Key, Message | CannotEncode] = self._made
        if (target, given) not in made:
            made = self.prepare([Instance("", target, given)])._made
        one = made[target, given]
        if isinstance(one, CannotEncode):
            raise one
        return one

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        (text,) = self.read_many([reader], [given])
        return text

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Codec.read_each`: in step."""
        walks = [
            None if reader is None else self._reading(n, reader, one)
            for n, (reader, one) in enumerate(zip(readers, given, strict=True))
        ]
        texts: list[bytes | MessageError] = []
        for one in drive(self.predictor, walks):
            texts.append(MessageError(str(one)) if isinstance(one, CannotEncode) else one or b"")
        return texts

    def _reading(self, row: int, reader: BitReader, given: Condition) -> Walk[bytes]:
        if why := self.predictor.refuses(given.text):
            raise MessageError(why)
        length = read_length(reader, given)
        channel = Reader(reader)
        text = yield from self.walk(row, channel, given, length, None)
        channel.finish()
        check_read(text, given)
        return text

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        parts: dict[str, Json] = {"codec": self.name, "version": VERSION}
        return parts | {"of": self.predictor.protocol()}

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return self.predictor.shared()

    def decoder(self) -> Codec:
        """See `Codec.decoder`: what is made here stays here."""
        return self._with(self.predictor)

    @abstractmethod
    def _with(self, predictor: Predictor) -> Self:
        """The same codec with another predictor and nothing made."""


class Predictive(WalkCodec):
    """L = ceil(-sum log2 P(x_t | x_<t, c)) + 1: a text, symbol by symbol, behind the public one."""

    name = "predictive"

    def walk(
        self, row: int, channel: Channel, given: Condition, length: int, target: bytes | None
    ) -> Walk[bytes]:
        """See `WalkCodec.walk`."""
        own = None if target is None else self.predictor.split(target)
        if own is not None and b"".join(map(self.predictor.spell, own)) != target:
            raise CannotEncode("the predictor's symbols do not spell this text")
        said: list[int] = []
        text, silent = b"", 0
        while len(text) < length:
            answer = yield Ask(row, given.text, said)
            symbol = channel.choose(answer[0], None if own is None else own[len(said)])
            said.append(symbol)
            spelled = self.predictor.spell(symbol)
            silent = 0 if spelled else silent + 1
            if silent > MOST_FREE:
                raise channel.failure(f"{MOST_FREE} symbols that spell nothing")
            text += spelled
        if len(text) > length:
            raise MessageError(f"the message holds more than its {length} symbols")
        return text

    def _with(self, predictor: Predictor) -> "Predictive":
        return Predictive(predictor)
