"""Hybrids against the solver alone: total bits of the same held-out items, and seconds; a table.

    python benchmarks/seqcoder_hybrid.py small --items 100 --draws 8

One process. Bits: the exact prior's and a flag; items without a program at 8 bits a symbol. The
solver stands there as it is, then ever wider until it has taken as long as the hybrid, and with a
clock that gives each item the mean that a hybrid took.
"""

import argparse
import time
from pathlib import Path

from codelength.dsl.priors import ExactPrior
from codelength.report.tables import Table
from codelength.synthesis.seqcoder.codec import SeqCoder
from codelength.synthesis.seqcoder.decoding import Manner
from codelength.synthesis.seqcoder.evaluation import held_out_items
from codelength.synthesis.seqcoder.writers import OwnModel
from codelength.synthesis.solver import solver

PRIOR = ExactPrior()


def total(targets, found):
    """Bits of all items."""
    bits = 0.0
    for target in targets:
        program = found[target]
        raw = 8.0 * len(target)
        bits += 1 + (raw if program is None else min(raw, PRIOR.bits(program)))
    return bits


def timed(make):
    """What a call gives, and its seconds."""
    began = time.perf_counter()
    found = make()
    return found, time.perf_counter() - began


def solved(targets, seconds=None, wider=0):
    """The solver's programs."""
    searching = solver(PRIOR, seconds=seconds, wider=wider)
    return {one: searching.propose(one) for one in targets}


def proposed(coder, targets):
    """The programs of a model and what was made of them."""
    written = coder.writer.write(targets)
    return {one: coder.chosen(one, some) for one, some in zip(targets, written, strict=True)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="Items that are left out before.")
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--widest", type=int, default=8, help="Of the solver.")
    given = parser.parse_args()
    items = held_out_items(given.first + given.items)[given.first :]
    targets = [one.sequence for one in items]
    manner = Manner(given.draws, 1.0 if given.draws > 1 else 0.0, rows=256)
    solved(targets[:3])  # compiled first
    rows = []

    def add(name, made):
        found, seconds = timed(made)
        bits = total(targets, found)
        raw = 8 * sum(map(len, targets))
        rows.append((name, f"{bits:,.1f}", f"{bits / raw:.4f}", f"{seconds:.1f}"))
        print(*rows[-1], sep=" | ", flush=True)
        return seconds

    took = {}
    for hybrid in ("none", "polish", "solver"):
        coder = SeqCoder(OwnModel(given.checkpoint, manner), PRIOR, hybrid)
        proposed(coder, targets[:1])
        name = f"seqcoder:k={given.draws},hybrid={hybrid}"
        took[hybrid] = add(name, lambda one=coder: proposed(one, targets))
    seconds = add("solver", lambda: solved(targets))
    wider = 1
    while seconds < took["solver"] and wider <= given.widest:
        seconds = add(f"solver:wider={wider}", lambda w=wider: solved(targets, wider=w))
        wider *= 2
    for hybrid in ("polish", "solver"):
        each = took[hybrid] / len(targets)
        name = f"solver:wider={given.widest}, at most {each:.2f} s an item"
        add(name, lambda e=each: solved(targets, e, given.widest))
    gold = sum(1 + min(8.0 * len(one.sequence), one.exact_bits) for one in items)
    rows.append(("gold", f"{gold:,.1f}", f"{gold / (8 * sum(map(len, targets))):.4f}", ""))
    print(Table(("codec", "bits", "rate", "seconds"), rows).markdown())


if __name__ == "__main__":
    main()
