"""All that is fitted of a kind's model: what is kept of a fit, and how it is unpacked."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant
from codelength.coding.messages import Json
from codelength.predictors.primed import contexts, net
from codelength.predictors.primed.contexts import Context, buckets, fill
from codelength.predictors.primed.counting import hash_units, other_strand
from codelength.predictors.primed.index import Index, index, no_index, sorted_places
from codelength.predictors.primed.kinds import KINDS, ROWS, steps_of
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.logistic import TOTAL_BITS
from codelength.predictors.primed.net import Net
from codelength.predictors.primed.network import (
    LEVEL_COUNT,
    MAP_BITS,
    PLACES,
    WIDE,
    Parts,
    new_work,
)
from codelength.predictors.primed.packing import Arrays, packed
from codelength.predictors.primed.slots import BUCKET, Array

OWN_BUCKETS = 1 << 12
"""Of a context of the item alone."""
ROOMY_BUCKETS = 1 << 18
"""The same for long items."""
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
        net: of sound.
        about: what it was fitted on and how, for people and for the file's header.
        kept: the data, or none; contexts that are looked up in them have no slots.
        left_out: contexts that say nothing, to see what they are worth; files do not have it.
    """

    kind: str
    contexts: tuple[Context, ...]
    maps: Array
    weights: Array
    final: Array
    corrections: Array
    net: Net
    about: Mapping[str, Json]
    kept: Units
    left_out: tuple[int, ...] = ()

    def parts(self) -> Parts:
        """The model's parts; the slots of contexts that belong to an item are empty.

        What an item or a fit changes is the caller's own, all else is shared.
        """
        parts = self._parts
        return parts._replace(
            slots=parts.slots.copy(),
            maps=parts.maps.copy(),
            weights=parts.weights.copy(),
            final=parts.final.copy(),
            corrections=parts.corrections.copy(),
        )

    @cached_property
    def _parts(self) -> Parts:
        kind = KINDS[self.kind]
        first_bit, end_bit = steps_of(kind.number)
        ranges = np.zeros((kind.contexts, 2), np.int64)
        if len(self.kept):
            ranges[: kind.fitted] = kind.ranges
        ranges[list(self.left_out)] = -1
        sizes = [
            1 if len(self.kept) else buckets(one, end_bit - first_bit) for one in self.contexts
        ]
        sizes += [OWN_BUCKETS] * (kind.contexts - kind.fitted)
        ends = np.cumsum(np.array(sizes, np.int64) * BUCKET)
        firsts = np.concatenate([[0], ends[:-1]])
        slots = np.zeros(int(ends[-1]), np.uint32)
        steps = constant(kind.number), constant(first_bit), constant(end_bit)
        for k, one in enumerate(self.contexts):
            fields = one.hashes, one.sizes, one.units, one.counts
            fill(*steps, *fields, constant(firsts[k]), constant(sizes[k] - 1), slots)
        numbers = {name: getattr(self, name) << shift for name, shift in SHIFTS.items()}
        masks = np.array(sizes, np.int64) - 1
        parts = Parts(
            slots,
            firsts,
            masks,
            **numbers,
            net=self.net,
            index=no_index(),
            ranges=ranges,
        )
        return parts._replace(index=self._index(parts)) if len(self.kept) else parts

    def _index(self, parts: Parts) -> Index:
        kind = KINDS[self.kind]
        low = self.kept & ((1 << kind.levels) - 1)
        texts = [low, other_strand(low)] if kind.mirrored else [low]
        units = np.concatenate(texts).astype(np.uint8)
        first, end = kind.families
        with ThreadPoolExecutor(1) as pool:
            places = pool.submit(sorted_places, units, kind.levels, kind.depth)
            if end == first:
                return index(units, kind.levels, places.result())
            families = np.zeros((end - first, len(units)), np.uint32)
            work = new_work(kind.contexts, parts.net)
            numbers = constant(kind.number), constant(kind.layout.bits)
            hash_units(*numbers, self.kept, constant(first), constant(end), parts, work, families)
            return index(units, kind.levels, places.result(), families)

    @cached_property
    def file(self) -> bytes:
        """The file, see `packing`."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for k, one in enumerate(self.contexts):
            arrays |= one.arrays(str(k))
        arrays |= {name: getattr(self, name).astype(dtype) for name, dtype in STORED.items()}
        arrays |= net.arrays(self.net)
        if len(self.kept):
            arrays["kept"] = pack(self.kept, KINDS[self.kind].levels)
            arrays["kept.size"] = np.array([len(self.kept)], np.int64)
        return packed(self.kind, self.about, arrays)


def from_arrays(kind: str, about: Mapping[str, Json], arrays: Arrays) -> Tables:
    """The tables of a file that was unpacked."""
    there = KINDS[kind]
    fitted = tuple(contexts.from_arrays(str(k), arrays) for k in range(there.fitted))
    shapes = {
        "maps": (there.contexts, LEVEL_COUNT, PLACES),
        "weights": (sum(there.sets), there.contexts + 1),
        "final": (sum(there.sets), 3),
        "corrections": (ROWS, WIDE),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape or arrays[name].dtype != STORED[name]:
            raise ValueError(f"{name} {arrays[name].dtype} {arrays[name].shape}, not {shape}")
    numbers = {name: arrays[name].astype(np.int64) for name in STORED}
    kept = np.zeros(0, np.int32)
    if "kept" in arrays:
        count = int(arrays["kept.size"][0])
        bits = there.levels * count
        there_are = arrays["kept"]
        if not 0 < count <= 1 << 30 or there_are.shape != ((bits + 7) // 8,) or not bits:
            raise ValueError(f"kept data of {there_are.shape} bytes are not {count} units")
        if there_are.dtype != np.uint8:
            raise ValueError(f"kept data are {there_are.dtype}, not bytes")
        kept = unpack(there_are, there.levels, count)
    own = net.from_arrays(arrays, there.sound, there.layout.differences)
    return Tables(kind, fitted, **numbers, net=own, about=about, kept=kept)


def pack(units: Units, levels: int) -> npt.NDArray[np.uint8]:
    """Units of so many bits, 2 or 8, in bytes."""
    if levels == 8:
        return units.astype(np.uint8)
    bits = (units[:, None] >> np.arange(levels - 1, -1, -1)) & 1
    return np.packbits(bits.astype(np.uint8).ravel())


def unpack(packed: npt.NDArray[np.uint8], levels: int, count: int) -> Units:
    """The mirror of `pack`."""
    if levels == 8:
        return packed.astype(np.int32)
    bits = np.unpackbits(packed, count=count * levels).reshape(count, levels)
    return bits @ (1 << np.arange(levels - 1, -1, -1)).astype(np.int32)


def roomy(parts: Parts, fitted: int) -> Parts:
    """The same with empty tables of more room for contexts of an item, those from `fitted` on."""
    own = len(parts.firsts) - fitted
    first = int(parts.firsts[fitted])
    firsts, masks = parts.firsts.copy(), parts.masks.copy()
    firsts[fitted:] = first + np.arange(own) * (ROOMY_BUCKETS * BUCKET)
    masks[fitted:] = ROOMY_BUCKETS - 1
    slots = np.zeros(first + own * ROOMY_BUCKETS * BUCKET, np.uint32)
    slots[:first] = parts.slots[:first]
    return parts._replace(slots=slots, firsts=firsts, masks=masks)
