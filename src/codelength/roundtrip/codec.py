"""`roundtrip`: the families as codecs whose messages can be read: JSON, with its length before it.

Example: --codec roundtrip:family=rle. The bytes of a target are the code points U+0000..U+00FF.

Messages bring their own tables (side information "none"): a decoder has nothing else.
"""

from codelength.codecs.combinators import check_read
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import Spec, with_fallback
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import elias_delta, read_elias_delta
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import CannotEncode, MessageError
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.values import dumps, loads

LONGEST = 1 << 14
"""Symbols of a target: exact fractions and sorted suffixes take time and memory by the square."""
MOST = 1 << 24
"""Bytes of a message that a decoder reads."""


class Readable(Codec):
    """A family's messages as UTF-8 JSON, their length in bytes before them.

    Arguments:
        family: by name.
    """

    def __init__(self, family: str) -> None:
        self.family = FAMILIES[family]
        self.code = self.family.codes["none"]

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`.

        Raises:
            CannotEncode: the target has more than `LONGEST` symbols.
        """
        if len(target) > LONGEST:
            raise CannotEncode(f"{len(target):,} symbols; at most {LONGEST:,} are encoded so")
        data = dumps(self.code.encode(target.decode("latin-1"))).encode()
        return elias_delta(len(data) + 1) + Bits.from_bytes(data)

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        size = read_elias_delta(reader) - 1
        if size > MOST:
            raise MessageError(f"a message of {size:,} bytes (damaged or foreign)")
        data = reader.read_bytes(size)
        try:
            message = loads(data.decode())
            spelled = self.family.spelled(message) if self.family.spelled else 0
            if spelled > LONGEST:
                raise ValueError(f"it spells {spelled} characters")
            target = self.code.decode(message, {}).encode("latin-1")
            again = self.encode(target, given)
        except Exception as error:
            raise MessageError(f"no message of {self.family.name}: {error!r}") from error
        if again != elias_delta(size + 1) + Bits.from_bytes(data):
            raise MessageError(f"no message that {self.family.name} writes")
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "roundtrip", "family": self.family.name, "version": 1}


def build(spec: Spec) -> Codec:
    """`roundtrip`: options `family` and `fallback`."""
    spec.only("family", "fallback")
    return with_fallback(spec, Readable(spec.choice("family", tuple(FAMILIES), "rle")))
