"""Gold programs under every prior, beside KT's figures, as Markdown.

python benchmarks/priors.py [COUNT] [SEED]
"""

import sys
import time
from collections.abc import Callable

from codelength.dsl import pairs
from codelength.dsl.priors import PRIORS, DecodablePrior, prior
from codelength.dsl.priors.gzip import joint_bits
from codelength.dsl.program import Program
from codelength.report.tables import Table

PUBLISHED = {
    "text": "5.26 (its model's programs)",
    "gzip, all programs in one file": "0.59 (its model's programs)",
}


def timed(price: Callable[[Program], float], programs: list[Program]) -> tuple[float, str]:
    """The sum of the prices, and microseconds a program."""
    price(programs[0])
    start = time.perf_counter()
    bits = sum(price(program) for program in programs)
    return bits, f"{1e6 * (time.perf_counter() - start) / len(programs):,.0f}"


def rows(count: int, seed: int) -> list[tuple[str, ...]]:
    found = pairs.sample(seed, count)
    programs = [pair.program for pair in found]
    raw = 8 * sum(len(pair.sequence) for pair in found)
    printed = []

    def add(name: str, bits: float, selectors: int, microseconds: str) -> None:
        each, rate = f"{bits / count:,.2f}", f"{(bits + selectors) / raw:.4f}"
        printed.append((name, each, rate, PUBLISHED.get(name, "-"), microseconds))

    for name in PRIORS:
        one = prior(name)
        add(name, *_with(timed(one.bits, programs), count))
        if isinstance(one, DecodablePrior):
            coded = timed(lambda program, one=one: float(len(one.encode(program))), programs)
            add(f"{name}, coded bits", *_with(coded, count))
            messages = [one.encode(program) for program in programs]
            if any(
                one.decode(bits) != program
                for bits, program in zip(messages, programs, strict=True)
            ):
                raise AssertionError(f"{name}: a message decodes to another program")
    add("gzip, all programs in one file", joint_bits(programs), 0, "-")
    return printed


def _with(priced: tuple[float, str], selectors: int) -> tuple[float, int, str]:
    return priced[0], selectors, priced[1]


if __name__ == "__main__":
    number, of_seed = (int(text) for text in (*sys.argv[1:], "20000", "20")[:2])
    header = ("prior", "bits a program", "rate", "KT", "microseconds a program")
    print(Table(header, rows(number, of_seed)).markdown())
