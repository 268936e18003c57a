"""`mixing`: any bytes by the adaptive context-mixing model, which learns from the target itself.

Example: ContextMixing().encode(b"ab" * 50) -> 40 bits; gzip takes 200.
"""

from codelength.codecs.combinators import check_read, length_bits, read_length
from codelength.codecs.protocol import Codec, Message
from codelength.codecs.registry import Spec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.predictors.mixing import VERSION, Mixing


class ContextMixing(Codec):
    """Length, then bytes (`predictors.mixing`); what is public of the text is learned first."""

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        head = length_bits(len(target), given)
        bits, ideal = Mixing(given.text).encode(target)
        return Message(head + bits, len(head) + ideal)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        target = Mixing(given.text).decode_length(reader, length)
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "mixing", "model": VERSION}


def build(spec: Spec) -> Codec:
    """`mixing`: no options."""
    spec.only()
    return ContextMixing()
