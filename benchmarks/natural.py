"""Speed, size and overhead of `primed` on KT's natural files, a process of its own for each kind.

    python benchmarks/natural.py                    # the tables that come with the package
    python benchmarks/natural.py tables/*.tables    # others

Prints for items of 128, of 1,024, and for one long item: bits a symbol, what messages take above
their ideal bits, symbols encoded and decoded in a second by one core; then the bytes of the
tables, seconds to load them, the largest memory of the process.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from codelength.coding.bits import BitReader
from codelength.corpora.kt import MODALITIES, load
from codelength.predictors.primed import shelf

LENGTHS = (128, 1024, 1 << 20)


def measured(where: str, symbols: int) -> list[dict[str, object]]:
    """A row for each length of items; `where` is a kind or a file of tables."""
    fitted = shelf.shipped(where) if where in shelf.ALPHABETS else shelf.read(Path(where))
    start = time.perf_counter()
    model = shelf.model(fitted)
    loaded = time.perf_counter() - start
    data = load(MODALITIES[fitted.kind], None)[:symbols]
    bits, _ = model.encode(data[:128])
    model.decode(BitReader.over(bits), 128)  # compiled by now
    rows: list[dict[str, object]] = []
    for length in LENGTHS:
        items = [data[k : k + length] for k in range(0, len(data), length)]
        start = time.perf_counter()
        messages = [model.encode(one) for one in items]
        encoded = time.perf_counter() - start
        start = time.perf_counter()
        again = [
            model.decode(BitReader.over(bits), len(one))
            for one, (bits, _) in zip(items, messages, strict=True)
        ]
        decoded = time.perf_counter() - start
        if again != items:
            raise SystemExit(f"{fitted.kind}: an item did not come back")
        coded = sum(len(bits) for bits, _ in messages)
        ideal = sum(one for _, one in messages)
        rows.append(
            {
                "kind": fitted.kind,
                "length": length if length < len(data) else "one",
                "bits/symbol": round(coded / len(data), 4),
                "over ideal, %": round(100 * (coded / ideal - 1), 3),
                "encoded/s": round(len(data) / encoded),
                "decoded/s": round(len(data) / decoded),
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows[-1] |= {"bytes": fitted.size, "load, s": round(loaded, 2), "MiB": peak // 1024}
    return rows


def main() -> None:
    """Print a line for each kind and length."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("tables", nargs="*", help="files of tables; without any: those shipped")
    parser.add_argument("--symbols", type=int, default=1 << 17, help="of each of KT's files")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one, given.symbols)))
        return
    for where in given.tables or shelf.ALPHABETS:
        command = [sys.executable, __file__, "--one", where, "--symbols", str(given.symbols)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        for row in json.loads(done.stdout):
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
