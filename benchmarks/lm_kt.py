"""`kt`: a language model on KT's six modalities, estimated by length, and verified on a sample."""

import argparse
import sys
from collections.abc import Iterator
from functools import lru_cache

from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import build
from codelength.coding.bits import BitReader
from codelength.corpora.instances import Instance
from codelength.corpora.kt import MODALITIES, SYNTHETIC, SYNTHETIC_BYTES, kt_corpus
from codelength.predictors.lm.catalogue import MODELS
from codelength.report.tables import Table

LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
UNCUT = 128
"""Where synthetic items stand, which are never cut: the symbols of most are fewer."""
MODES = ("decimal", "text")
SEED = 60
"""Of the synthetic items."""
PAPER = {
    "text": "0.611 / 0.463",
    "dna": "0.750 / 0.662",
    "audio_16bit": "0.697 / 0.639",
    "audio_8bit": "0.319 / 0.273",
    "audio_mfcc": "0.739 / 0.698",
    "synthetic": "0.449 / -",
}
"""KT's Table 6 (arXiv 2503.13992): LMIC at 128 / 1,024 symbols, of a model of 1.5B parameters."""


def kt(options: argparse.Namespace) -> None:
    """Rates over items that have so many symbols together, the same for all lengths."""
    names = options.modalities.split(",")
    if wrong := sorted(set(names) - set(MODALITIES)):
        sys.exit(f"error: --modalities: {', '.join(wrong)}: not among {', '.join(MODALITIES)}")
    rows = [
        (name, mode, *estimated(options, name, mode), PAPER[name])
        for name in names
        for mode in MODES
    ]
    print("Estimates, bits over raw bits; synthetic items are uncut:\n")
    header = ("modality", "mode", *map(str, LENGTHS), "paper, 128 / 1,024")
    print(Table(header, rows, left=2).markdown())
    known = MODELS.get(options.model)
    if known:
        more = known.size / SYNTHETIC_BYTES
        print(f"\nThe model's {known.size:,} bytes paid for by 1 MB of items: {more:.1f} more.")
    if options.verified:
        print(f"\n{options.verified} items of 128 symbols, portable, decoded again:\n")
        sample = [row for name in names for row in verified(options, name)]
        print(Table(("modality", "mode", "verified", "estimate"), sample, left=2).markdown())


@lru_cache(1)
def every(name: str, length: int) -> list[Instance]:
    """All items of a modality, cut to so many symbols."""
    return list(kt_corpus(name, length, None, SEED))


def items(name: str, length: int, count: int) -> list[Instance]:
    """So many items from all over a modality: the first ones are not like the others."""
    found = every(name, length)
    step = len(found) // count
    return found[step // 2 :: step][:count]


def estimated(options: argparse.Namespace, name: str, mode: str) -> Iterator[str]:
    """The rate at each length."""
    for length in LENGTHS:
        if name == SYNTHETIC and length != UNCUT:
            yield "-"
            continue
        some = items(name, length, max(1, options.symbols // length))
        yield f"{estimate(options, mode, some):.3f}"
    print(f"{name}, {mode}", file=sys.stderr, flush=True)


def estimate(options: argparse.Namespace, mode: str, some: list[Instance]) -> float:
    """Estimated bits over raw bits."""
    window = options.window
    estimator = build(f"lmic-estimate:model={options.model},mode={mode},window={window}")
    assert isinstance(estimator, Estimator)
    prepared = estimator.prepare(some)
    paid = sum(prepared.estimate(one.target, one.given).bits for one in some)
    return paid / raw(some)


def raw(some: list[Instance]) -> int:
    """Bits of the items as they are: 8 a symbol, 3 of DNA's, as KT counts."""
    return sum(one.given.symbol_bits * len(one.target) for one in some)


def verified(options: argparse.Namespace, name: str) -> Iterator[tuple[str, str, str, str]]:
    """The rate of messages that come back, flag bits included, and the estimate of the same."""
    some = items(name, 128, options.verified)
    for mode in MODES:
        codec = build(f"lmic:model={options.model},mode={mode},window={options.window}")
        assert isinstance(codec, Codec)
        prepared = codec.unchecked().prepare(some)
        messages = [prepared.encode(one.target, one.given) for one in some]
        readers = [BitReader.over(bits) for bits in messages]
        back = codec.decoder().read_many(readers, [one.given for one in some])
        if back != [one.target for one in some]:
            sys.exit(f"error: {name} does not come back in mode {mode}")
        rate = sum(map(len, messages)) / raw(some)
        yield name, mode, f"{rate:.3f}", f"{estimate(options, mode, some):.3f}"
        print(f"{name}, {mode}, verified", file=sys.stderr, flush=True)
