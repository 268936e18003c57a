"""What each part of `primed` is worth: fits without it, measured on KT's files; Markdown.

    python benchmarks/natural_steps.py text dna audio_8bit --symbols 128000

Text and DNA are kept whole; nets of sound are those that come with the package. Fitted on what
`codelength prior fit` fits on, maps and weights anew for each row; ideal bits of items of 128.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from codelength.codecs import priming
from codelength.corpora.kt import MODALITIES, load
from codelength.predictors.primed import dna, fitting, shelf, sound, text
from codelength.predictors.primed.kinds import KINDS
from codelength.predictors.primed.model import Model
from codelength.predictors.primed.net import no_net
from codelength.report.tables import Table

LENGTH = 128
LONG_ORDERS = [k for k, order in enumerate(dna.ORDERS) if order > 14]
PARTS = {
    "text": {
        "words": range(text.WORD, text.THREE + 1),
        "bytes with gaps": range(text.THREE + 1, text.IN_LINE),
        "the beginning of the line": [text.IN_LINE],
        "the last 9, 12 and 16 bytes": range(text.ORDERS + text.FAMILIES, text.FITTED),
        "contexts of the item alone": range(text.FITTED, text.CONTEXTS),
    },
    "dna": {
        "the last 16 .. 24 bases": LONG_ORDERS,
        "bases of which one differs": range(dna.BASES, dna.FITTED),
        "contexts of the item alone": range(dna.FITTED, dna.FIRST_CASE),
    },
    **{name: {"contexts of the item alone": range(sound.OWN)} for name in priming.SOUNDS},
}
"""Contexts by what they are."""


def series_of(kind):
    """Texts or recordings that a kind is fitted on."""
    if kind in priming.SOUNDS:
        return priming.sounds(kind, None)
    return [priming.text(None) if kind == "text" else priming.dna(None)]


def fitted(kind, left_out=()):
    """Tables without some contexts, as `fitting.fit` makes them."""
    units = [kind.layout.units(one) for one in series_of(kind.name)]
    data = np.concatenate(units)
    held = len(data) * (fitting.HELD - 1) // fitting.HELD
    net = shelf.shipped(kind.name).tables.net if kind.sound else no_net()
    kept = data[:0] if kind.sound else data
    slots = fitting.counted(kind, data, 0)
    length = LENGTH // kind.layout.width
    learned = fitting.weighed(
        kind, slots, net, data[held:], length, 0, kept[:held], lambda _: None, tuple(left_out)
    )
    return replace(learned, kept=kept)


def bits_of(model, items):
    """Ideal bits of all items."""
    return sum(model.encode(one)[1] for one in items)


def frozen(tables):
    """The model, its weights as they were fitted: nothing of them is learned in an item."""
    model = Model(tables)
    model._kind = replace(model._kind, rate=0)
    return model


def rows(name, symbols):
    """What is left out, and the rate without it."""
    kind = KINDS[name]
    modality = MODALITIES[name]
    data = load(modality, None)[:symbols]
    items = [data[k : k + LENGTH] for k in range(0, len(data), LENGTH)]
    raw = len(data) * (modality.alphabet - 1).bit_length()
    whole = fitted(kind)
    plain = fitting.short(fitting.blank(kind, whole.net))
    maps, weights, final, corrections = plain
    base = bits_of(Model(whole), items)
    yield "nothing", base / raw, 0.0
    for what, some in PARTS[name].items():
        bits = bits_of(Model(fitted(kind, some)), items)
        yield what, bits / raw, bits / base - 1
    others = {
        "weights that learn in an item": frozen(whole),
        "corrections": Model(replace(whole, corrections=corrections)),
        "what was learned of weights and maps": Model(
            replace(whole, maps=maps, weights=weights, final=final, corrections=corrections)
        ),
    }
    for what, model in others.items():
        bits = bits_of(model, items)
        yield what, bits / raw, bits / base - 1


def main():
    """Print a table for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--symbols", type=int, default=128_000, help="of each of KT's files")
    given = parser.parse_args()
    if not Path(os.environ.get("CODELENGTH_DATA", "")).is_dir():
        parser.error("set CODELENGTH_DATA to the folder of the data")
    for name in given.kinds or PARTS:
        cells = []
        for what, share, more in rows(name, given.symbols):
            cells.append((name, what, f"{share:.4f}", f"{100 * more:+.2f} %"))
            print(*cells[-1], sep="  ", flush=True)
        print(Table(("kind", "left out", "rate", "more bits"), cells, left=2).markdown())


if __name__ == "__main__":
    main()
