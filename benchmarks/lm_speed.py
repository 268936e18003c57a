"""`speed`: each way of using a model beside the bare model doing the same, in turn, in one process.

Bare: `model(input_ids=...)` of transformers over the same windows, or step by step with the cache
that transformers makes by itself, with no coding. Ratios are of runs one behind the other, or of
the fastest of each where they take turns (`--repeat`).
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
from lm_text import enwik8

from codelength.codecs.lmic.texts import TextCoder
from codelength.coding.bits import BitReader
from codelength.corpora.instances import NOTHING
from codelength.predictors.lm.double import double
from codelength.predictors.lm.surprisal import Surprisal
from codelength.report.tables import Table


def speed(options: argparse.Namespace) -> None:
    """Tokens a second, and their share of the bare model's."""
    import torch

    rows, window = options.rows, options.window
    coders = {
        exact: TextCoder(options.model, window, rows, exact) for exact in ("portable", "lockstep")
    }
    words = coders["portable"].vocabulary
    tokens = words.split(enwik8(options.start, 8 * rows * window))
    pieces = [words.join(tokens[k * window : (k + 1) * window]) for k in range(rows)]
    split = [words.split(piece)[:window] for piece in pieces]
    pieces = [words.join(one) for one in split]
    given = np.full((rows, window), words.escape)
    for row, one in zip(given, split, strict=True):
        row[1 : len(one)] = np.minimum(one[:-1], words.symbols - 1)
    asked = torch.from_numpy(given)
    count = sum(map(len, split))
    weights = coders["portable"].weights
    surprisal = Surprisal(weights, window, rows)
    messages = {}

    def forward() -> None:
        with torch.inference_mode():
            for first in range(0, rows, 8):  # all logits at once would be 1.6 GB
                weights.model(input_ids=asked[first : first + 8])

    def stepping(model: Any, inside: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            past = None
            with torch.inference_mode(), inside():
                for k in range(window):
                    said = model(
                        input_ids=asked[:, k : k + 1], past_key_values=past, use_cache=True
                    )
                    past = said.past_key_values

        return run

    def encode(exact: str) -> Callable[[], None]:
        def run() -> None:
            messages[exact] = coders[exact].encode(pieces, [NOTHING] * rows)

        return run

    def decode(exact: str) -> Callable[[], None]:
        def run() -> None:
            readers = [BitReader.over(one.bits) for one in messages[exact]]
            if coders[exact].decode(readers, [NOTHING] * rows) != pieces:
                sys.exit(f"error: {exact} does not come back")

        return run

    single, exactly = stepping(weights.model, nullcontext), stepping(weights.double, double)
    works = [
        ("estimate", lambda: list(surprisal.prices(pieces)), "float32 forward", forward),
        ("lockstep encode", encode("lockstep"), "float32 steps", single),
        ("lockstep decode", decode("lockstep"), "float32 steps", single),
        ("portable encode", encode("portable"), "float64 steps", exactly),
        ("portable decode", decode("portable"), "float64 steps", exactly),
    ]
    small = [words.join(one[:8]) for one in split[:2]]
    for coder in coders.values():  # compiled, and made in float64
        coded = coder.encode(small, [NOTHING] * 2)
        coder.decode([BitReader.over(one.bits) for one in coded], [NOTHING] * 2)
    list(surprisal.prices(small))
    table = []
    for name, work, bare_name, bare in works:
        if options.only not in name:
            continue
        both = [(timed(work), timed(bare)) for _ in range(options.repeat)]
        ours, others = (min(times) for times in zip(*both, strict=True))
        table.append(
            (
                name,
                f"{count / ours:.0f}",
                bare_name,
                f"{count / others:.0f}",
                f"{others / ours:.2f}",
            )
        )
        print(table[-1], file=sys.stderr, flush=True)
    print(f"{count:,} tokens, {rows} rows, {torch.get_num_threads()} threads\n")
    print(Table(("work", "tokens/s", "bare", "tokens/s", "ratio"), table).markdown())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\nPeak memory of the process: {peak:.2f} GiB")


def timed(work: Callable[[], object]) -> float:
    """The seconds of a run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
