"""`seqcoder` as a codec: the model's cheapest right program of several, as a message of a prior.

Example: codelength kt run --modality synthetic --codec seqcoder:checkpoint=runs/small,k=8
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import Spec
from codelength.corpora.instances import Instance
from codelength.dsl.priors import DecodablePrior, Prior, prior
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate, Synthesizer
from codelength.synthesis.seqcoder.hybrid import improved
from codelength.synthesis.solver.solver import Solver

OPTIONS = ("checkpoint", "k", "prior", "temperature", "beams", "hybrid", "rows", "seed")
TOGETHER = 256
"""Items that a model is given at once."""


class SeqCoder(Synthesizer):
    """Takes the cheapest of the right programs that a model writes.

    Arguments:
        folder: of the checkpoint.
        draws: programs a target; `temperature`: of sampling, `beams`: instead of it.
        hybrid: none; polish: proposals, and near misses mended, are made cheaper by the solver's
            small changes; solver: its own programs compete, too.
        programs: what was found already; then no model is needed.
    """

    name = "seqcoder"
    together = TOGETHER

    def __init__(
        self,
        folder: Path,
        prices: Prior,
        draws: int = 1,
        temperature: float = 1.0,
        beams: bool = False,
        hybrid: str = "none",
        rows: int = 64,
        seed: int = 0,
        programs: dict[bytes, Program | None] | None = None,
    ) -> None:
        self.folder, self.prices, self.draws = folder, prices, draws
        self.temperature, self.beams, self.hybrid = temperature, beams, hybrid
        self.rows, self.seed = rows, seed
        self._programs = programs

    def open(self) -> None:
        """See `Codec.open`: the checkpoint is read once."""
        from codelength.synthesis.seqcoder.model import load

        load(self.folder)

    def propose(self, target: bytes) -> Program | None:
        """See `Synthesizer.propose`."""
        if self._programs is None or target not in self._programs:
            return self.found([target])[target]
        return self._programs[target]

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Synthesizer.prepare`: the model writes for all of them at once."""
        targets = list(dict.fromkeys(one.target for one in instances))
        return type(self)(
            self.folder,
            self.prices,
            self.draws,
            self.temperature,
            self.beams,
            self.hybrid,
            self.rows,
            self.seed,
            self.found(targets),
        )

    def found(self, targets: Sequence[bytes]) -> dict[bytes, Program | None]:
        """The cheapest right program for each target, or None."""
        from codelength.synthesis.seqcoder.decoding import Manner, decode
        from codelength.synthesis.seqcoder.judging import judged
        from codelength.synthesis.seqcoder.model import LONGEST, load

        checkpoint = load(self.folder)
        heat = self.temperature if self.draws > 1 and not self.beams else 0.0
        manner = Manner(self.draws, heat, self.beams, rows=self.rows, seed=self.seed)
        short = [one for one in targets if 0 < len(one) <= LONGEST - manner.longest - 2]
        best: dict[bytes, Program | None] = dict.fromkeys(targets)
        for target, written in zip(short, decode(checkpoint, short, manner), strict=True):
            made = {one.words.tobytes(): one.words for one in written if one.words is not None}
            programs = list(made.values())
            verdicts = judged(programs, [target] * len(programs))
            right = [one for one, good in zip(programs, verdicts.right, strict=True) if good]
            best[target] = self.cheapest(right)
            if self.hybrid != "none":
                best[target] = self.mixed(target, programs, verdicts.prefix, right)
        if self.hybrid == "solver":
            for target in set(targets) - set(short):
                best[target] = Solver(self.prices).propose(target)
        return best

    def cheapest(self, right: Sequence[npt.NDArray[np.int64]]) -> Program | None:
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
        programs: Sequence[npt.NDArray[np.int64]],
        prefix: npt.NDArray[np.int64],
        right: Sequence[npt.NDArray[np.int64]],
    ) -> Program | None:
        """The best of what the solver makes of the model's programs, and of its own."""
        found = improved(self.prices, target, programs, prefix, right)
        if self.hybrid == "solver":
            found.append(Solver(self.prices).propose(target))
        return self.cheapest([one.words for one in found])


def build(spec: Spec) -> Codec | Estimator:
    """`seqcoder:checkpoint=PATH,k=8`; see `OPTIONS`. `prior=paper` gives KT's formula.

    Without a checkpoint it is the one that comes with the package.
    """
    spec.only(*OPTIONS)
    folder = dict(spec.options).get("checkpoint", "small")
    chosen = prior(spec.choice("prior", ("exact", "fitted", "paper"), "exact"))
    coder = SeqCoder(
        Path(folder),
        chosen,
        spec.integer("k", range(1, 4097), 1),
        spec.number("temperature", None) or 1.0,
        spec.choice("beams", ("yes", "no"), "no") == "yes",
        spec.choice("hybrid", ("none", "polish", "solver"), "none"),
        spec.integer("rows", range(1, 1 << 16), 64),
        spec.integer("seed", range(1 << 31), 0),
    )
    if isinstance(chosen, DecodablePrior):
        return Fallback(ProgramCodec(coder, chosen), Raw())
    return ProgramEstimate(coder, chosen)
