"""The sampler's distribution beside the one measured on the authors' generator, as Markdown.

python benchmarks/distribution.py [COUNT] [SEED]
"""

import sys
from collections import Counter

import numpy as np

from codelength.dsl import pairs
from codelength.dsl.operations import INITIATORS, OPERATIONS
from codelength.report.tables import Table

AUTHORS = {
    "sequence length: mean": 76.8,
    "sequence length: median": 62,
    "sequence length: 90 %": 139,
    "sequence length: 99 %": 344,
    "sequences over 128 symbols, %": 12.1,
    "lines a program: mean": 8.8,
    "lines a program: median": 8,
    "programs of initiators and mergers alone, %": 56.1,
    "programs without interleave, %": 51.5,
    "gold rate": 0.330,
    "gold rate, sequences up to 128": 0.387,
    "share of lines, %: concatenate": 34.3,
    "share of lines, %: interleave": 8.6,
    "share of lines, %: substitute": 2.1,
    "share of lines, %: repeat_list": 1.8,
    "share of lines, %: modulo_item_list": 1.6,
    "share of lines, %: reverse_list": 1.0,
    "share of lines, %: get_subsequence_with_jumps": 0.83,
    "share of lines, %: get_subsequence_between_indices": 0.82,
    "share of lines, %: subtract_item_list": 0.77,
    "share of lines, %: add_item_list": 0.76,
    "share of lines, %: filter": 0.55,
    "share of lines, %: modulo_two_lists": 0.28,
    "share of lines, %: max_n": 0.18,
    "share of lines, %: min_n": 0.17,
    "share of lines, %: scan_add": 0.15,
}


def figures(count: int, seed: int) -> dict[str, float]:
    """The same figures of `count` unique pairs."""
    sampled = pairs.sample(seed, count)
    lengths = np.array([len(pair.sequence) for pair in sampled])
    programs = [pair.program.operations for pair in sampled]
    lines = np.array([len(program) + 1 for program in programs])
    bits = np.array([1 + pair.paper_bits for pair in sampled])
    short = lengths <= 128
    plain = {operation.name for operation in OPERATIONS[:INITIATORS]}
    plain |= {"concatenate", "interleave"}
    shares = Counter(one for program in programs for one in program)
    found = {
        "sequence length: mean": lengths.mean(),
        "sequence length: median": np.median(lengths),
        "sequence length: 90 %": np.quantile(lengths, 0.9),
        "sequence length: 99 %": np.quantile(lengths, 0.99),
        "sequences over 128 symbols, %": 100 * (lengths > 128).mean(),
        "lines a program: mean": lines.mean(),
        "lines a program: median": np.median(lines),
        "programs of initiators and mergers alone, %": 100
        * np.mean([set(program) <= plain for program in programs]),
        "programs without interleave, %": 100
        * np.mean(["interleave" not in program for program in programs]),
        "gold rate": bits.sum() / (8 * lengths.sum()),
        "gold rate, sequences up to 128": bits[short].sum() / (8 * lengths[short].sum()),
    }
    for name, times in shares.items():
        found[f"share of lines, %: {name}"] = 100 * times / lines.sum()
    return {name: float(value) for name, value in found.items()}


if __name__ == "__main__":
    number, of_seed = (int(text) for text in (*sys.argv[1:], "20000", "20")[:2])
    ours = figures(number, of_seed)
    rows = [(name, f"{value:g}", f"{ours[name]:.4g}") for name, value in AUTHORS.items()]
    header = ("figure", "authors' generator", f"ours, {number:,} unique of seed {of_seed}")
    print(Table(header, rows).markdown())
