"""`lmic`: a language model and an arithmetic coder, with messages that decode.

Source: Deletang et al. 2023, arXiv 2309.10668. Example: lmic:model=smollm2-135m,window=1024.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Self

from codelength.codecs.combinators import Fallback, Raw, check_alphabet, check_read
from codelength.codecs.lmic.coder import Coded, Coder
from codelength.codecs.lmic.decimal import DecimalCoder
from codelength.codecs.lmic.ensemble import EnsembleCoder
from codelength.codecs.lmic.texts import TextCoder
from codelength.codecs.protocol import Codec, Message
from codelength.codecs.registry import Spec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.grid import GRID
from codelength.coding.messages import Json
from codelength.coding.pulse import part
from codelength.corpora.files import read_file
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.predictors.lm.candidates import VERSION as MIXTURE
from codelength.predictors.lm.exact import LOCKSTEP, MODES, PORTABLE, surroundings
from codelength.predictors.lm.weights import shared_bytes

VERSION = 1
"""Of the messages; a change of tokens, tables or windows is a new one."""

BYTES = 3
"""Of a file for each token of a window, so that a piece is about a window."""

TOGETHER = 64
"""Instances that are prepared at once; a batch in lockstep lies within."""
MODES_OF_TOKENS: dict[str, type[Coder]] = {
    "text": TextCoder,
    "decimal": DecimalCoder,
    "ensemble": EnsembleCoder,
}
PIECE = 1 << 20
"""Bytes of a file that an ensemble learns from."""

Key = tuple[bytes, Condition]
Read = bytes | MessageError


class LmicCodec(Codec):
    """Sends targets as a model's tokens; partial: what does not decode has no message.

    Arguments:
        coder: does the work; one for decimal numbers is made anew for each alphabet.
        coded: messages that were made already and came back.
        checks: whether `prepare` decodes what it has made.
    """

    def __init__(
        self, coder: Coder, coded: Mapping[Key, Coded] | None = None, checks: bool = True
    ) -> None:
        self.coder, self.checks = coder, checks
        mixed = isinstance(coder, EnsembleCoder)  # whose batch is the parts of one text
        self.placed = coder.exact == LOCKSTEP and not mixed
        self.together, self.piece = (1, PIECE) if mixed else (TOGETHER, BYTES * coder.window)
        self._coded = coded
        self._coders = {coder.alphabet: coder} if isinstance(coder, DecimalCoder) else {}

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`: all are coded in step, and decoded again if this codec checks."""
        keys: list[Key] = [(one.target, one.given) for one in instances]
        if not self.placed:
            keys = list(dict.fromkeys(keys))
        targets, given = [key[0] for key in keys], [key[1] for key in keys]
        found: dict[int, Coded] = {}
        coders, most = self._by_coder(given), 0.5 if self.checks else 1.0
        for target, condition in keys:
            check_alphabet(target, condition)
        for n, (coder, some) in enumerate(coders):
            with part(n * most / len(coders), (n + 1) * most / len(coders)):
                made = coder.encode([targets[k] for k in some], [given[k] for k in some])
            found.update(zip(some, made, strict=True))
        coded = [found[k] for k in range(len(targets))]
        back: Sequence[Read] = targets
        if self.checks:
            with part(most, 1.0):
                back = self._decode([BitReader.over(one.bits) for one in coded], given)
        right: dict[Key, Coded] = {}
        wrong: set[Key] = set()
        for key, one, text in zip(keys, coded, back, strict=True):
            if text != key[0] or right.setdefault(key, one).bits != one.bits:
                wrong.add(key)  # the latter: in another place, which the key does not tell
        right = {key: one for key, one in right.items() if key not in wrong}
        made_by = type(self)(self.coder, right, self.checks)
        made_by._coders = self._coders
        return made_by

    def _by_coder(self, given: Sequence[Condition]) -> list[tuple[Coder, list[int]]]:
        """The coders that these conditions need, each with the places of its own."""
        if not isinstance(self.coder, DecimalCoder):
            return [(self.coder, list(range(len(given))))]
        found: list[tuple[Coder, list[int]]] = []
        for alphabet in sorted({one.alphabet for one in given}):
            if alphabet not in self._coders:
                self._coders[alphabet] = replace(self.coder, alphabet=alphabet)
            places = [k for k, one in enumerate(given) if one.alphabet == alphabet]
            found.append((self._coders[alphabet], places))
        return found

    def _decode(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[Read]:
        found: dict[int, Read] = {}
        coders = self._by_coder(given)
        for n, (coder, some) in enumerate(coders):
            with part(n / len(coders), (n + 1) / len(coders)):
                read = coder.decode([readers[k] for k in some], [given[k] for k in some])
            found.update(zip(some, read, strict=True))
        return [found[k] for k in range(len(given))]

    def decoder(self) -> Codec:
        """See `Codec.decoder`: weights are constant, so nothing is copied."""
        return type(self)(self.coder)

    def unchecked(self) -> Codec:
        """See `Codec.unchecked`: half of the work is left out."""
        return type(self)(self.coder, self._coded, checks=False)

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

    def read_each(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[Read]:
        """See `Codec.read_each`: in step, the same message but once where places do not matter."""
        texts = self._decode(readers, given) if self.placed else self._decode_once(readers, given)
        for k, (reader, text) in enumerate(zip(readers, texts, strict=True)):
            if reader is not None and not isinstance(text, MessageError):
                try:
                    check_read(text, given[k])
                except MessageError as error:
                    texts[k] = error
        return texts

    def _decode_once(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[Read]:
        places: dict[tuple[object, ...], int] = {}
        firsts = []
        for k, (reader, condition) in enumerate(zip(readers, given, strict=True)):
            key: tuple[object, ...] = (k,)
            if reader is not None:
                key = (reader.data, reader.position, reader.length, condition)
            firsts.append(places.setdefault(key, k))
        own = list(places.values())
        read = self._decode([readers[k] for k in own], [given[k] for k in own])
        texts = dict(zip(own, read, strict=True))
        for reader, first in zip(readers, firsts, strict=True):
            known = readers[first]
            if reader is not None and known is not None:
                reader.position = known.position
        return [texts[first] for first in firsts]

    def needs(self) -> str:
        """See `Codec.needs`: in lockstep, the machine."""
        return surroundings(self.coder.weights) if self.coder.exact == LOCKSTEP else ""

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return shared_bytes(self.coder.source)

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        coder = self.coder
        parts: dict[str, Json] = {
            "codec": "lmic",
            "version": VERSION,
            "weights": coder.weights.sha256,
            "grid": GRID,
            "window": coder.span,
        }
        names = {kind: mode for mode, kind in MODES_OF_TOKENS.items()}
        parts |= {"mode": names[type(coder)], "exact": coder.exact}
        if isinstance(coder, TextCoder):
            parts |= {"overlap": coder.overlap}
        if isinstance(coder, EnsembleCoder):
            parts |= {"mixture": MIXTURE, "batch": coder.batch}
        if coder.prompt:
            parts |= {"prompt": sha256(coder.prompt).hexdigest()}
        if coder.exact == LOCKSTEP:
            parts |= {"batch": coder.batch, "machine": self.needs()}
        return parts


def build(spec: Spec) -> Codec:
    """`lmic:model=NAME`, with these options.

    - `mode`: text (default), decimal (numbers and commas, as KT's paper gives lists to models), or
      ensemble (a text by the model mixed with contexts that learn from it);
    - `exact`: portable (default) or lockstep;
    - `window` (tokens), `overlap` (of them given again), `prompt` (a file that both ends have);
    - `batch` (rows in step).

    What has no shorter message, or none that decodes, is sent plainly, behind a flag bit.
    """
    spec.only("model", "mode", "exact", "window", "overlap", "prompt", "batch")
    options = dict(spec.options)
    source = options.get("model")
    if not source:
        raise InputError("a model is needed, such as lmic:model=smollm2-135m")
    mode = spec.choice("mode", tuple(MODES_OF_TOKENS), "text")
    exact = spec.choice("exact", MODES, PORTABLE)
    window = spec.integer("window", range(1, 1 << 20), Coder.window)
    placed = exact == LOCKSTEP and mode != "ensemble"
    most = TOGETHER if placed else 1024
    batch = spec.integer("batch", range(1, most + 1), TOGETHER if placed else Coder.batch)
    if placed and TOGETHER % batch:
        raise InputError(f"--codec {spec.text}: in lockstep batch divides {TOGETHER}, not {batch}")
    prompt = read_file(Path(options["prompt"])) if "prompt" in options else b""
    overlap = spec.integer("overlap", range(1 << 20), 0)
    if mode == "text":
        coder: Coder = TextCoder(source, window, batch, exact, prompt, overlap)
    elif overlap:
        raise InputError(f"--codec {spec.text}: windows have an overlap in mode=text alone")
    else:
        coder = MODES_OF_TOKENS[mode](source, window, batch, exact, prompt)
    return Fallback(LmicCodec(coder), Raw())
