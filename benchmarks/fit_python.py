"""Make `codecs/python_prime.txt`, and compare codecs of program texts on programs of another seed.

python benchmarks/fit_python.py [--write]
"""

import argparse

from codelength.codecs.python_text import PRIME
from codelength.codecs.registry import build_codec
from codelength.dsl import pairs
from codelength.dsl.python import as_python
from codelength.report.tables import Table

FITTED_ON, REPORTED_ON = 7_000_001, 7_000_003
PROGRAMS = 200


def texts(seed: int, count: int) -> list[str]:
    """Sampled programs as Python, every other one written in one expression."""
    sampled = pairs.sample(seed, count)
    return [as_python(one.program, inline=k % 2 == 0) for k, one in enumerate(sampled)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the file before comparing")
    if options.parse_args().write:
        PRIME.write_text("\n\n".join(texts(FITTED_ON, PROGRAMS)) + "\n")
    found = [one.encode() for one in texts(REPORTED_ON, 500)]
    size = sum(map(len, found))
    rows = []
    for name in ("gzip", "deflate", "xz", "zstd", "brotli", "ppmd", "python"):
        codec = build_codec(name)
        messages = [codec.encode(one) for one in found]
        if [codec.decode(one) for one in messages] != found:
            raise AssertionError(f"{name}: a text did not come back")
        bits = sum(map(len, messages))
        rows.append((name, f"{bits / len(found):.1f}", f"{bits / size:.3f}"))
    print(
        f"{len(found)} programs of seed {REPORTED_ON}, {size:,} bytes; prime of seed {FITTED_ON}\n"
    )
    print(Table(("codec", "bits a program", "bits a byte"), rows, left=1).markdown())


if __name__ == "__main__":
    main()
