"""`lmic`: a language model and an arithmetic coder, with messages that decode.

Source: Deletang et al. 2023, arXiv 2309.10668. Example: lmic:model=smollm2-135m,window=1024.
"""

from collections.abc import Mapping, Sequence
from typing import Self

from codelength.codecs.combinators import Fallback, Raw, check_read
from codelength.codecs.lmic.texts import Coded, TextCoder
from codelength.codecs.protocol import Codec, Message
from codelength.codecs.registry import Spec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.predictors.lm.tables import GRID

VERSION = 1
"""Of the messages; a change of tokens, tables or windows is a new one."""

BYTES = 3
"""Of a file for each token of a window, so that a piece is about a window."""

Key = tuple[bytes, Condition]


class LmicCodec(Codec):
    """Sends texts as a model's tokens; partial: what does not decode has no message.

    Arguments:
        coder: does the work.
        coded: messages that were made already and came back.
    """

    together = 64
    checks = True

    def __init__(self, coder: TextCoder, coded: Mapping[Key, Coded] | None = None) -> None:
        self.coder = coder
        self.piece = BYTES * coder.window
        self._coded = coded

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`: all are coded in step, and decoded again."""
        keys: list[Key] = list(dict.fromkeys((one.target, one.given) for one in instances))
        given = [condition for _, condition in keys]
        coded = self.coder.encode([target for target, _ in keys], given)
        back = self.coder.decode([BitReader.over(one.bits) for one in coded], given)
        right = {
            key: one for key, one, text in zip(keys, coded, back, strict=True) if text == key[0]
        }
        return type(self)(self.coder, right)

    def decoder(self) -> Codec:
        """See `Codec.decoder`: weights are constant, so nothing is copied."""
        return type(self)(self.coder)

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`.

        Raises:
            CannotEncode: the model's message does not come back.
        """
        key = (target, given)
        known = self._coded
        if known is None:
            known = self.prepare([Instance("", target, given)])._coded or {}
        if key not in known:
            raise CannotEncode("the model's message does not decode")
        return Message(known[key].bits, known[key].ideal_bits)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        (text,) = self.read_many([reader], [given])
        return text

    def read_many(self, readers: Sequence[BitReader], given: Sequence[Condition]) -> list[bytes]:
        """See `Codec.read_many`: in step."""
        texts = []
        for text, condition in zip(self.coder.decode(readers, given), given, strict=True):
            if isinstance(text, MessageError):
                raise text
            check_read(text, condition)
            texts.append(text)
        return texts

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {
            "codec": "lmic",
            "version": VERSION,
            "weights": self.coder.weights.sha256,
            "grid": GRID,
            "window": self.coder.span,
        }


def build(spec: Spec) -> Codec:
    """`lmic:model=NAME`; options `window` (tokens) and `batch` (windows in step).

    What has no shorter message, or none that decodes, is sent plainly, behind a flag bit.
    """
    spec.only("model", "window", "batch")
    source = dict(spec.options).get("model")
    if not source:
        raise InputError("a model is needed, such as lmic:model=smollm2-135m")
    coder = TextCoder(
        source,
        window=spec.integer("window", range(1, 1 << 20), TextCoder.window),
        batch=spec.integer("batch", range(1, 1025), TextCoder.batch),
    )
    return Fallback(LmicCodec(coder), Raw())
