"""`seqcoder` as a codec: the model's cheapest right program of several, as a message of a prior.

Example: codelength kt run --modality synthetic --codec seqcoder:checkpoint=runs/small,k=8
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import Spec
from codelength.corpora.instances import Instance
from codelength.dsl.priors import DecodablePrior, Prior, prior
from codelength.dsl.program import Program
from codelength.errors import InputError, ProgramError
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate, Synthesizer
from codelength.synthesis.seqcoder.decoding import Manner
from codelength.synthesis.seqcoder.hybrid import improved
from codelength.synthesis.seqcoder.judging import judged
from codelength.synthesis.seqcoder.writers import OwnModel, TextModel, Writer
from codelength.synthesis.solver.solver import Solver

OPTIONS = (
    "checkpoint",
    "text",
    "k",
    "prior",
    "temperature",
    "beams",
    "hybrid",
    "rows",
    "seed",
    "told",
)
Words = npt.NDArray[np.int64]
TOGETHER = 256
"""Items that a model is given at once."""


class SeqCoder(Synthesizer):
    """Takes the cheapest of the right programs that a model writes.

    Arguments:
        writer: the model, and how programs are drawn.
        hybrid: none; polish: proposals, and near misses mended, are made cheaper by the solver's
            small changes; solver: its own programs compete, too.
        written: what the model wrote already, words of programs; then no model is needed.
    """

    name = "seqcoder"
    together = TOGETHER

    def __init__(
        self,
        writer: Writer,
        prices: Prior,
        hybrid: str = "none",
        written: Mapping[bytes, Sequence[Words]] = MappingProxyType({}),
    ) -> None:
        self.writer, self.prices, self.hybrid = writer, prices, hybrid
        self._written = dict(written)

    def open(self) -> None:
        """See `Codec.open`: whether the model is there is said before a run begins."""
        self.writer.open()

    def encoder(self) -> str:
        """See `Codec.encoder`."""
        return self.writer.fingerprint()

    def propose(self, target: bytes) -> Program | None:
        """See `Synthesizer.propose`."""
        written = self._written.get(target)
        return self.chosen(target, self.writer.write([target])[0] if written is None else written)

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Synthesizer.prepare`: the model writes for all of them at once."""
        targets = list(dict.fromkeys(one.target for one in instances))
        written = dict(zip(targets, self.writer.write(targets), strict=True))
        return type(self)(self.writer, self.prices, self.hybrid, written)

    def chosen(self, target: bytes, written: Sequence[Words]) -> Program | None:
        """The cheapest right program that is had from those that were written, or None."""
        programs = list({words.tobytes(): words for words in written}.values())
        verdicts = judged(programs, [target] * len(programs))
        right = [one for one, good in zip(programs, verdicts.right, strict=True) if good]
        if self.hybrid == "none":
            return self.cheapest(right)
        return self.mixed(target, programs, verdicts.prefix, right)

    def cheapest(self, right: Sequence[Words]) -> Program | None:
        """The one with the fewest bits; None where none has a price."""
        priced = []
        for place, words in enumerate(right):
            try:
                priced.append((self.prices.bits(Program(words)), place))
            except ProgramError:  # outside the domain
                continue
        return Program(right[min(priced)[1]]) if priced else None

    def mixed(
        self,
        target: bytes,
        programs: Sequence[Words],
        prefix: Words,
        right: Sequence[Words],
    ) -> Program | None:
        """The best of what the solver makes of the model's programs, and of its own."""
        found = improved(self.prices, target, programs, prefix, right)
        if self.hybrid == "solver":
            found.append(Solver(self.prices).propose(target))
        return self.cheapest([one.words for one in found])


def build(spec: Spec) -> Codec | Estimator:
    """`seqcoder:checkpoint=PATH,k=8`; see `OPTIONS`. `prior=paper` gives KT's formula.

    `told=no` has a model that was trained with execution feedback write lines' results itself.

    Without a checkpoint it is the one that comes with the package. `text=SOURCE` or
    `text=SOURCE:ADAPTER` takes a language model of transformers that was fine-tuned.
    """
    spec.only(*OPTIONS)
    options = dict(spec.options)
    if {"checkpoint", "text"} <= set(options):
        raise InputError("seqcoder: checkpoint= or text=, not both")
    chosen = prior(spec.choice("prior", ("exact", "fitted", "paper"), "exact"))
    beams = spec.choice("beams", ("yes", "no"), "no") == "yes"
    draws = spec.integer("k", range(1, 4097), 1)
    heat = spec.number("temperature", None)
    if heat is not None and (draws == 1 or beams):
        raise InputError("seqcoder: temperature= is of samples: k=2 or more, and no beams")
    manner = Manner(
        draws=draws,
        temperature=(heat or 1.0) if draws > 1 and not beams else 0.0,
        beams=beams,
        rows=spec.integer("rows", range(1, 1 << 16), 64),
        seed=spec.integer("seed", range(1 << 31), 0),
        told=spec.choice("told", ("yes", "no"), "yes") == "yes",
    )
    hybrid = spec.choice("hybrid", ("none", "polish", "solver"), "none")
    if beams and draws == 1:
        raise InputError("seqcoder: beams=yes needs k=, their number")
    writer: Writer = OwnModel(Path(options.get("checkpoint", "small")), manner)
    if "text" in options:
        if manner.beams:
            raise InputError("seqcoder: a model of the text form has no beams")
        writer = TextModel(options["text"], manner)
    coder = SeqCoder(writer, chosen, hybrid)
    if isinstance(chosen, DecodablePrior):
        return Fallback(ProgramCodec(coder, chosen), Raw())
    return ProgramEstimate(coder, chosen)
