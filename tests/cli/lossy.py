"""A codec that loses everything, for the tests of what is said then."""

from codelength import Bits, Codec


class Lossy(Codec):
    def encode(self, target, given=None):
        return Bits("1")

    def read(self, reader, given=None):
        return bytes([reader.read_int(1)])


def build(spec):
    return Lossy()
