"""KT's language with one operation more: `output = decode(kind, length, message)`.

A program is an ordinary one, or one call of `decode`, whose message is what `primed` makes of the
sequence with the tables of that kind. A number says which of the two it is, and the kind.

Example: run(program) == target, for the program that `Extended().message(target)` proposes.
"""

import re

from codelength.codecs.combinators import check_read
from codelength.codecs.primed import Primed
from codelength.codecs.protocol import Codec, Message, Proposal
from codelength.codecs.registry import Spec, build_codec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import read_uniform, uniform
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError
from codelength.predictors.primed import shelf

CALL = re.compile(r'output = decode\("(\w+)", ([0-9]{1,18}), "([01]*)"\)')


def run(program: str) -> bytes:
    """What a call of `decode` gives.

    Arguments:
        program: `output = decode("KIND", LENGTH, "BITS")`.

    Raises:
        InputError: it is no such program, or its kind has no tables.
        MessageError: its bits are no message.
    """
    call = CALL.fullmatch(program)
    if call is None:
        raise InputError(f'expected output = decode("KIND", LENGTH, "BITS"), not {program[:60]!r}')
    kind, length, bits = call.groups()
    return Primed(shelf.shipped(kind)).decode(Bits(bits), Condition(int(length)))


class Extended(Codec):
    """The shortest program of the language.

    Arguments:
        programs: of ordinary programs; None: there are none.
    """

    def __init__(self, programs: Codec | None = None) -> None:
        self._programs = programs
        self._kinds = {kind: Primed(shelf.shipped(kind)) for kind in shelf.ALPHABETS}

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        choices = 1 + len(self._kinds)
        own = {kind: codec.message(target, given) for kind, codec in self._kinds.items()}
        kind = min(own, key=lambda one: len(own[one].bits))
        head = uniform(1 + list(own).index(kind), choices)
        bits = head + own[kind].bits
        argument = self._kinds[kind].encode(target, Condition(len(target)))
        program = f'output = decode("{kind}", {len(target)}, "{argument}")'
        proposal = Proposal(program, True, float(len(bits)), f"tables of {kind}")
        found = Message(bits, len(head) + own[kind].ideal_bits, proposal)
        if self._programs is not None:
            ordinary, head = self._programs.message(target, given), uniform(0, choices)
            if len(head) + len(ordinary.bits) <= len(bits):
                ideal = len(head) + ordinary.ideal_bits
                return Message(head + ordinary.bits, ideal, ordinary.proposal)
        return found

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        number = read_uniform(reader, 1 + len(self._kinds))
        if number:
            target = list(self._kinds.values())[number - 1].read(reader, given)
        else:
            target = (self._programs or build_codec("solver")).read(reader, given)
        check_read(target, given)
        return target

    def decoder(self) -> Codec:
        """See `Codec.decoder`."""
        return Extended(self._programs and self._programs.decoder())

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`: all tables."""
        ordinary = self._programs.shared() if self._programs else {}
        return {
            name: n for one in self._kinds.values() for name, n in one.shared().items()
        } | ordinary

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        kinds: dict[str, Json] = {kind: codec.protocol() for kind, codec in self._kinds.items()}
        programs: Json = self._programs.protocol() if self._programs else None
        return {"codec": "extended", "kinds": kinds, "programs": programs}


def build(spec: Spec) -> Codec:
    """`extended`: calls of `decode`; with `programs=solver` also what the solver finds."""
    spec.only("programs")
    some = spec.choice("programs", ("none", "solver"), "none")
    return Extended(build_codec("solver") if some == "solver" else None)
