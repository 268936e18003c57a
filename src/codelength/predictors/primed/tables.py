"""All that is fitted of a kind's model: what is kept of a fit, and how it is unpacked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant
from codelength.coding.messages import Json
from codelength.predictors.primed import contexts, predictors
from codelength.predictors.primed.contexts import Context, buckets, fill
from codelength.predictors.primed.kinds import KINDS, steps_of
from codelength.predictors.primed.logistic import TOTAL_BITS
from codelength.predictors.primed.network import MAP_BITS, Parts
from codelength.predictors.primed.packing import Arrays, packed
from codelength.predictors.primed.predictors import Predictors
from codelength.predictors.primed.slots import BUCKET, Array

OWN_BUCKETS = 1 << 12
"""Of a context of the item alone."""
STORED = {"maps": "<u2", "weights": "<i2", "final": "<i2", "corrections": "<u2"}
SHIFTS = {"maps": MAP_BITS - 16, "weights": 8, "final": 8, "corrections": TOTAL_BITS - 16}
"""By so many bits numbers are kept shorter than they are used."""


@dataclass(frozen=True)
class Tables:
    """All that is fitted of a kind's model.

    Arguments:
        kind: its name.
        contexts: the slots of each fitted one.
        maps, weights, final, corrections: as in `Parts`, shortened by `SHIFTS`.
        predictors: of sound.
        about: what it was fitted on and how, for people and for the file's header.
    """

    kind: str
    contexts: tuple[Context, ...]
    maps: Array
    weights: Array
    final: Array
    corrections: Array
    predictors: Predictors
    about: Mapping[str, Json]

    def parts(self) -> Parts:
        """The model's parts; the slots of contexts that belong to an item are empty."""
        kind = KINDS[self.kind]
        steps = [steps_of(kind.number, k) for k in range(kind.fitted)]
        sizes = [
            buckets(one, end - first)
            for one, (first, end) in zip(self.contexts, steps, strict=True)
        ]
        sizes += [OWN_BUCKETS] * (kind.contexts - kind.fitted)
        ends = np.cumsum(np.array(sizes, np.int64) * BUCKET)
        firsts = np.concatenate([[0], ends[:-1]])
        slots = np.zeros(int(ends[-1]), np.uint32)
        number = constant(kind.number)
        for k, (one, (first, end)) in enumerate(zip(self.contexts, steps, strict=True)):
            bits = constant(first), constant(end)
            fields = one.hashes, one.sizes, one.units, one.counts
            fill(number, *bits, *fields, constant(firsts[k]), constant(sizes[k] - 1), slots)
        numbers = {name: getattr(self, name) << shift for name, shift in SHIFTS.items()}
        masks = np.array(sizes, np.int64) - 1
        return Parts(slots, firsts, masks, **numbers, bank=self.predictors.bank())

    @cached_property
    def file(self) -> bytes:
        """The file, see `packing`."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for k, one in enumerate(self.contexts):
            arrays |= one.arrays(str(k))
        arrays |= {name: getattr(self, name).astype(dtype) for name, dtype in STORED.items()}
        arrays |= self.predictors.arrays()
        return packed(self.kind, self.about, arrays)


def from_arrays(kind: str, about: Mapping[str, Json], arrays: Arrays) -> Tables:
    """The tables of a file that was unpacked."""
    fitted = tuple(contexts.from_arrays(str(k), arrays) for k in range(KINDS[kind].fitted))
    numbers = {name: arrays[name].astype(np.int64) for name in STORED}
    return Tables(kind, fitted, **numbers, predictors=predictors.from_arrays(arrays), about=about)
