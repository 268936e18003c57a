"""Codecs for the tests of message files: `plugged:kind=...`, also where another process asks."""

import time

from codelength import Bits, Codec
from codelength.codecs.combinators import Fallback, Raw
from codelength.coding.pulse import tell
from codelength.corpora.instances import NOTHING
from codelength.errors import MessageError

KEPT = []
"""What liars keep in their own process."""


class Plain(Codec):
    """Sends pieces as they are, a few together; `needs` and the mask stand for a device's."""

    piece, together, mask = 16, 4, 0x55

    def encode(self, target, given=NOTHING):
        return Raw().encode(bytes(one ^ self.mask for one in target))

    def read(self, reader, given=NOTHING):
        return bytes(one ^ self.mask for one in Raw().read(reader))

    def protocol(self):
        return {"codec": "plugged", "mask": self.mask}


class Wide(Plain):
    piece, together = 4096, 8


class Whole(Plain):
    piece, together = 0, 0


class Slow(Plain):
    def prepare(self, instances):
        time.sleep(0.02)
        return self


class Telling(Plain):
    """Says when it has done half."""

    def prepare(self, instances):
        tell(0.5)
        return self

    def read_each(self, readers, given):
        tell(0.5)
        return super().read_each(readers, given)


class Here(Plain):
    def needs(self):
        return "here 1"


class There(Plain):
    mask = 0

    def needs(self):
        return "there 2"


class Liar(Plain):
    """For pieces with an x it sends where its own process has kept them."""

    def encode(self, target, given=NOTHING):
        if b"x" not in target:
            return Bits("0") + super().encode(target)
        KEPT.append(target)
        return Bits("1") + Bits.from_int(len(KEPT) - 1, 16)

    def read(self, reader, given=NOTHING):
        if not reader.read_int(1):
            return super().read(reader)
        at = reader.read_int(16)
        if at < len(KEPT):
            return KEPT[at]
        if at % 2:
            raise MessageError("nothing is kept here")
        return b"something else"


class Alone(Plain):
    """Is not read together with others in another process; says so of all at once."""

    def prepare(self, instances):
        KEPT.append(b"")
        return self

    def read_each(self, readers, given):
        if len(readers) > 1 and not KEPT:
            raise MessageError("too many at once")
        return super().read_each(readers, given)


class Dead(Plain):
    """Ends the process that reads it."""

    def read(self, reader, given=NOTHING):
        raise SystemExit(7)


KINDS = {
    "plain": Plain, "wide": Wide, "whole": Whole, "slow": Slow, "here": Here, "there": There,
    "hopeless": Liar, "dead": Dead,
    "telling": Telling,
    "liar": lambda: Fallback(Liar(), Raw()),
    "alone": lambda: Fallback(Alone(), Raw()),
}  # fmt: skip


def build(spec):
    spec.only("kind")
    return KINDS[dict(spec.options)["kind"]]()
