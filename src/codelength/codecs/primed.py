"""`primed`: data of a known kind, by a model whose tables were fitted to other data of that kind.

Example: Primed(shelf.shipped("dna")).encode(item, Condition(128, 8)) -> 1.9 bits a base.
"""

from functools import cached_property
from pathlib import Path

from codelength.codecs.combinators import (
    Raw,
    check_alphabet,
    check_read,
    length_bits,
    read_length,
)
from codelength.codecs.protocol import Codec, Message
from codelength.codecs.registry import Spec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError, MessageError
from codelength.predictors.primed import shelf
from codelength.predictors.primed.model import Model
from codelength.predictors.primed.packing import VERSION
from codelength.predictors.primed.shelf import ALPHABETS, Fitted

MOST = 1 << 20
"""Symbols that a bit of a message may stand for."""


class Primed(Codec):
    """The length where it is not public, then the symbols by the model.

    Where more symbols may come than the kind has, a bit says whether they did; then all stand
    plainly.

    Arguments:
        fitted: the tables.
    """

    def __init__(self, fitted: Fitted) -> None:
        self._fitted = fitted

    def __reduce__(self) -> tuple[type["Primed"], tuple[Fitted]]:
        """Sent to another process without the model, which is loaded there."""
        return Primed, (self._fitted,)

    @cached_property
    def _model(self) -> Model:
        return shelf.model(self._fitted)

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        check_alphabet(target, given)
        alphabet = ALPHABETS[self._fitted.kind]
        head = length_bits(len(target), given)
        if given.alphabet > alphabet:
            strange = bool(target) and max(target) >= alphabet
            head += Bits("1" if strange else "0")
            if strange:
                bits = head + Raw().encode(target, Condition(len(target), given.alphabet))
                return Message(bits, float(len(bits)))
        bits, ideal = self._model.encode(target) if target else (Bits(), 0.0)
        return Message(head + bits, len(head) + ideal)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        length = read_length(reader, given)
        if given.alphabet > ALPHABETS[self._fitted.kind] and reader.read_int(1):
            return Raw().read(reader, Condition(length, given.alphabet))
        if length > MOST * max(1, reader.left):
            raise MessageError(f"{length} symbols cannot stand in {reader.left} bits (damaged)")
        target = self._model.decode(reader, length) if length else b""
        check_read(target, given)
        return target

    def decoder(self) -> Codec:
        """See `Codec.decoder`: a model of its own, with the same tables."""
        return Primed(self._fitted)

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return {f"tables of {self._fitted.kind}": self._fitted.size}

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        found = self._fitted
        parts: dict[str, Json] = {"codec": "primed", "model": VERSION, "ending": "cells"}
        return parts | {"kind": found.kind, "tables": found.sha256}


def build(spec: Spec) -> Codec:
    """`primed:kind=text` (dna, audio_16bit, audio_8bit, audio_mfcc), or `primed:tables=FILE`."""
    spec.only("kind", "tables")
    options = dict(spec.options)
    if ("kind" in options) == ("tables" in options):
        raise InputError(
            f"--codec {spec.text}: name the kind of data, kind={'|'.join(ALPHABETS)}, or tables"
            " that you have fitted, tables=FILE: one of the two"
        )
    if "tables" in options:
        return Primed(shelf.read(Path(options["tables"])))
    return Primed(shelf.shipped(spec.choice("kind", tuple(ALPHABETS), "text")))
