"""`program`: a model's Python program as a message: its text, coded; the decoder runs it.

Example: program:model=scripted/right,prior=xz
"""

import platform
from collections.abc import Mapping, Sequence
from typing import Self

from codelength.codecs.combinators import Fallback, Raw, check_read
from codelength.codecs.protocol import Codec, Message, Proposal
from codelength.codecs.registry import Spec, build_codec
from codelength.codecs.registry import build as build_by_name
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.sandbox import Limits, Outcome, Status, sandbox
from codelength.synthesis.prompted.asking import Answer, Asker, Manner
from codelength.synthesis.prompted.generation import Settings
from codelength.synthesis.prompted.models import model
from codelength.synthesis.prompted.prompts import STYLES
from codelength.synthesis.prompted.shots import MOST, worked_examples

LONGEST_PROGRAM = 1 << 20
"""Bytes of a program that a decoder reads."""


OPTIONS = ("model", "prior", "prompt", "shots", "repair", "draws", "tokens", "temperature", "seed",
           "seconds", "sandbox")  # fmt: skip


def written(outcome: Outcome) -> bytes | None:
    """The output as bytes, or None where it is something else."""
    right = outcome.status is Status.OK and all(0 <= value < 256 for value in outcome.output)
    return bytes(outcome.output) if right else None


class PythonCodec(Codec):
    """Sends the text of a right Python program; partial.

    Arguments:
        text: codes a program's text, in UTF-8.
        asker: the encoder's; the decoder does without.
        limits: of a run, at both ends.
        cage: the sandbox by name.
        answers: what was asked already, by target.
    """

    def __init__(
        self,
        text: Codec,
        asker: Asker | None,
        limits: Limits,
        cage: str = "best",
        answers: Mapping[bytes, Answer] | None = None,
    ) -> None:
        self.text, self.asker, self.limits, self.cage = text, asker, limits, cage
        self._answers = answers or {}
        self.together = asker.model.together if asker else 0

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Codec.prepare`: the model is asked for all of them at once."""
        if self.asker is None:
            return self
        targets = list(dict.fromkeys(one.target for one in instances))
        asked = self.asker.ask(targets, self.price)
        return self.answering(dict(zip(targets, asked, strict=True)))

    def answering(self, answers: Mapping[bytes, Answer]) -> Self:
        """The codec with what a model answered, and without the model."""
        return type(self)(self.text, None, self.limits, self.cage, answers)

    def price(self, program: str) -> int:
        """Bits of a program's text."""
        return len(self.text.encode(program.encode()))

    def open(self) -> None:
        """See `Codec.open`."""
        if self.asker is not None:
            self.asker.model.open()

    def decoder(self) -> Codec:
        """See `Codec.decoder`."""
        return type(self)(self.text.decoder(), None, self.limits, self.cage)

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        answer = self._answers.get(target)
        if answer is None:
            if self.asker is None:
                raise CannotEncode("no model was asked for this target")
            (answer,) = self.asker.ask([target], self.price)
        if answer.program is None or not answer.right:
            proposal = Proposal(answer.program or "", False, 0.0, answer.note)
            raise CannotEncode("the model has no right program for this target", proposal)
        message = self.text.message(answer.program.encode())
        proposal = Proposal(answer.program, True, float(len(message.bits)), answer.note)
        return Message(message.bits, message.ideal_bits, proposal)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        text = self.text.read(reader)
        try:
            program = text.decode()
        except UnicodeDecodeError as error:
            raise MessageError(f"the message's program is no text: {error}") from error
        if len(text) > LONGEST_PROGRAM:
            raise MessageError(f"the message's program has {len(text)} bytes")
        outcome = sandbox(self.cage).run(program, self.limits)
        target = written(outcome)
        if target is None:
            raise MessageError(f"the message's program ends with {outcome.status}")
        check_read(target, given)
        return target

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {
            "codec": "python-program",
            "python": platform.python_version().rpartition(".")[0],
            "sandbox": self.cage,
            "seconds": self.limits.seconds,
            "memory": self.limits.memory,
            "text": self.text.protocol(),
        }


def build(spec: Spec) -> Codec:
    """`program:model=...`; see `OPTIONS`; `prior` is any codec of texts.

    Items without a right program are sent plainly, behind a flag bit.
    """
    spec.only(*OPTIONS)
    options = dict(spec.options)
    heat = options.get("temperature", "0")
    manner = Manner(
        style=spec.choice("prompt", STYLES, "zero-shot"),
        shots=worked_examples(spec.integer("shots", range(MOST + 1), 0)),
        repairs=spec.integer("repair", range(101), 0),
        draws=spec.integer("draws", range(1, 1001), 1),
        settings=Settings(
            tokens=spec.integer("tokens", range(1, 1 << 20), Settings.tokens),
            temperature=0.0 if heat in ("0", "0.0") else spec.number("temperature", None) or 0.0,
            seed=spec.integer("seed", range(1 << 31), 0) if "seed" in options else None,
        ),
        limits=Limits(seconds=spec.number("seconds", None) or Limits.seconds),
        sandbox=spec.choice("sandbox", ("best", "jail", "wasm", "none"), "best"),
    )
    prior = options.get("prior", "python")
    if prior.partition(":")[0] in ("gold", "solver", "program"):
        raise InputError(f"--codec {spec.text}: {prior} codes no texts; take gzip, xz, python...")
    text = build_codec(prior)
    asker = Asker(model(options.get("model", "")), manner)
    return Fallback(PythonCodec(text, asker, manner.limits, manner.sandbox), Raw())


def python_codec(name: str) -> PythonCodec | None:
    """The `PythonCodec` inside a codec by its name, or None where there is none."""
    codec = build_by_name(name)
    primary = codec.primary if isinstance(codec, Fallback) else None
    return primary if isinstance(primary, PythonCodec) else None
