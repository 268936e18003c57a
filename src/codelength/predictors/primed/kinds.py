"""The kinds of data that there is a model of, by number, for kernels.

A new kind is a file like `text` and `dna`, an entry of `KINDS`, and a line in each function here.
"""

from dataclasses import dataclass

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed import dna, sound, text
from codelength.predictors.primed.densities import Mill
from codelength.predictors.primed.index import (
    Index,
    Rows,
    lengthen,
    measure,
    narrow_rows,
    restart_rows,
)
from codelength.predictors.primed.layouts import Layout, Units
from codelength.predictors.primed.slots import Array

TEXT, DNA, SIXTEEN, EIGHT, FEATURES = 0, 1, 2, 3, 4
ROWS = 1 << 12
"""Of corrections: by the bits so far, and by those and the last symbol, hashed."""
OWN_ROWS = 256


@dataclass(frozen=True)
class Kind:
    """How a kind's model is laid out.

    Arguments:
        number: for kernels.
        alphabet: symbols are 0..alphabet-1.
        layout: of symbols; a unit's bits are told from the highest.
        contexts: how many; the first `fitted` of them have slots that were filled beforehand.
        parents: of each fitted context the one that knows less, or -1.
        sets: rows of weights that each of the three selections chooses from.
        rate: of learning in an item; `limit` of its counts.
        mirrored: the data are as likely to be read backwards, each symbol as its complement.
        ranges: of an index of kept data that tell each fitted context; none: it is told by slots.
        depth: of the index; `levels`: bits of a symbol that are kept in it.
        families: contexts, from the first to the end, that are looked up in it by their hashes.
    """

    number: int
    name: str
    alphabet: int
    layout: Layout
    contexts: int
    fitted: int
    parents: Array
    sets: tuple[int, int, int]
    rate: int
    limit: int
    mirrored: bool = False
    ranges: tuple[tuple[int, int], ...] = ()
    depth: int = 0
    levels: int = 0
    families: tuple[int, int] = (0, 0)

    @property
    def sound(self) -> bool:
        """Whether a net foresees it."""
        return self.number >= SIXTEEN


def _sound(number: int, name: str, layout: Layout) -> Kind:
    """A kind of sound."""
    places = (sound.CONTEXTS, sound.FITTED, sound.PARENTS, sound.SETS)
    return Kind(number, name, 256, layout, *places, rate=4, limit=60)


KINDS = {
    one.name: one
    for one in (
        Kind(
            TEXT,
            "text",
            256,
            Layout(text.STEPS),
            text.CONTEXTS,
            text.FITTED,
            text.PARENTS,
            text.SETS,
            rate=6,
            limit=12,
            ranges=tuple(text.RANGES),
            depth=text.DEPTH,
            levels=8,
            families=(text.ORDERS, text.ORDERS + text.FAMILIES),
        ),
        Kind(
            DNA,
            "dna",
            8,
            Layout(dna.STEPS),
            dna.CONTEXTS,
            dna.FITTED,
            dna.PARENTS,
            dna.SETS,
            rate=10,
            limit=127,
            mirrored=True,
            ranges=tuple(dna.RANGES),
            depth=dna.DEPTH,
            levels=2,
        ),
        _sound(SIXTEEN, "audio_16bit", Layout(16, signed=True)),
        _sound(EIGHT, "audio_8bit", Layout(8, signed=True)),
        _sound(FEATURES, "audio_mfcc", Layout(8, signed=True, differences=True)),
    )
}


@inlined
def contexts(
    kind: int, bits: int, data: Units, start: int, at: int, mill: Mill, hashes: Array
) -> None:
    """The contexts of the unit at `at`, seeing back to `start`, into `hashes`."""
    if kind == TEXT:
        text.contexts(data, start, at, hashes)
    elif kind == DNA:
        dna.contexts(data, start, at, hashes)
    else:
        sound.contexts(data, start, at, bits, 6 if kind == SIXTEEN else 0, mill, hashes)


@inlined
def own_of(kind: int) -> int:
    """Contexts from here on learn in an item."""
    if kind == TEXT:
        return text.FITTED
    if kind == DNA:
        return dna.FITTED
    return sound.FITTED


@inlined
def begin_rows(kind: int, first: bool, index: Index, rows: Rows, hashes: Array) -> None:
    """Ranges of a unit's contexts; the `first` of an item knows of none before it."""
    if first:
        restart_rows(index, rows)
    if kind == TEXT:
        text.begin_rows(index, rows, hashes)
    else:
        dna.begin_rows(rows)


@inlined
def measure_rows(kind: int, index: Index, rows: Rows, step: int, node: int) -> None:
    """How many symbols behind each context go on with a 1."""
    if kind == TEXT:
        text.measure_rows(index, rows, step, node)
    elif step:
        measure(index, rows, step - 1, 0, dna.ROWS)


@inlined
def tell_rows(kind: int, index: Index, rows: Rows, step: int, bit: int) -> None:
    """A bit is told."""
    if kind == TEXT:
        text.tell_rows(index, rows, step, bit)
    elif step:
        narrow_rows(index, rows, step - 1, 0, dna.ROWS, bit)


@inlined
def end_rows(kind: int, index: Index, rows: Rows, unit: int) -> None:
    """A unit is told."""
    if kind == TEXT:
        lengthen(index, rows, text.DEPTH)
    else:
        dna.end_rows(index, rows, unit & 3)


@inlined
def first_of(kind: int, step: int) -> int:
    """The first of the contexts that tell a bit."""
    return dna.FIRST_CASE if kind == DNA and step == 0 else 0


@inlined
def end_of(kind: int, step: int) -> int:
    """Where they end."""
    if kind == TEXT:
        return text.CONTEXTS
    if kind == DNA:
        return dna.FIRST_CASE if step else dna.CONTEXTS
    return sound.CONTEXTS


def rows_of(kind: int) -> int:
    """Ranges of the index that are looked at."""
    if kind == TEXT:
        return text.ROWS
    return dna.ROWS if kind == DNA else 0


def steps_of(kind: int) -> tuple[int, int]:
    """The bits that fitted contexts tell: the first, and where they end."""
    return (1, dna.STEPS) if kind == DNA else (0, 8)


@inlined
def key_of(kind: int, step: int, node: int) -> int:
    """What contexts know of a unit's bits so far, `node` being 1 and then those bits."""
    if kind == DNA:
        return 2 + (node & 1) if step == 2 else 1
    return node


@inlined
def choose(
    kind: int,
    bits: int,
    data: Units,
    start: int,
    at: int,
    step: int,
    node: int,
    chance: int,
    places: Array,
    sets: Array,
) -> None:
    """Which weights and corrections are used, into `sets`; `chance` is the net's."""
    before = np.int64(data[at - 1]) if at > start else 0
    if kind == TEXT:
        text.choose(start, at, step, node, places, sets)
        sets[1] += text.SETS[0]
        sets[2] += text.SETS[0] + text.SETS[1]
    elif kind == DNA:
        dna.choose(data, start, at, step, node, places, sets)
        sets[1] += dna.SETS[0]
        sets[2] += dna.SETS[0] + dna.SETS[1]
    else:
        sound.choose(start, at, step, chance, places, sets)
        sets[1] += sound.SETS[0]
        sets[2] += sound.SETS[0] + sound.SETS[1]
        sets[3], sets[4] = min(node, OWN_ROWS - 1), OWN_ROWS + sets[0]
        return
    sets[3] = node
    sets[4] = OWN_ROWS + (((before * 256 + node) * 40503) & 0xFFFFFFFF) % (ROWS - OWN_ROWS)
