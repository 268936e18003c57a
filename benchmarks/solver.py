"""The solver of KT's synthetic items: rates, losses, curves, natural data; tables in Markdown.

    python benchmarks/solver.py rates --seed 20 --symbols 100000 --workers 2
    python benchmarks/solver.py losses|budget|lengths|natural --items 300 --out FOLDER

Items are unique pairs of the seed, solved over processes, in order; rates and nodes are the same
each time, times are of one machine. Plots need matplotlib and go to --out.
"""

import argparse
import sys
from pathlib import Path

from solver_curves import budget, lengths
from solver_losses import losses
from solver_natural import natural
from solver_rates import rates

from codelength.corpora.kt import SYNTHETIC_BYTES
from codelength.errors import CodelengthError
from codelength.synthesis.solver import Budget

PARTS = {"rates": rates, "losses": losses, "budget": budget, "lengths": lengths, "natural": natural}
PRIORS = ("paper", "exact", "fitted")


def names(text: str) -> list[str]:
    """A comma list of priors."""
    chosen = text.split(",")
    if not set(chosen) <= set(PRIORS):
        raise argparse.ArgumentTypeError(f"priors are {', '.join(PRIORS)}, not {text}")
    return chosen


def number(text: str) -> int:
    """An integer above 0."""
    if not text.replace("_", "").isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no integer above 0")
    return int(text)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parts = made.add_subparsers(dest="part", required=True)
    for name, function in PARTS.items():
        one = parts.add_parser(name)
        default = "paper" if name in ("budget", "lengths") else ",".join(PRIORS)
        one.set_defaults(function=function)
        one.add_argument("--seed", type=int, default=20)
        one.add_argument("--symbols", type=number, default=SYNTHETIC_BYTES,
                         help="stop sampling at so many symbols")  # fmt: skip
        one.add_argument("--items", type=number, help="at most so many items (of each group)")
        one.add_argument("--longer", type=int, default=-1,
                         help="rates: only items of more than so many symbols")  # fmt: skip
        one.add_argument("--prior", type=names, default=names(default))
        one.add_argument("--budget", type=number, default=Budget().nodes, help="nodes an item")
        one.add_argument("--long", type=number, default=Budget().nodes,
                         help="lengths: nodes of the item of 16,384 symbols")  # fmt: skip
        one.add_argument("--workers", type=number, default=1, help="processes")
        one.add_argument("--out", type=Path, default=Path("runs/solver"), help="folder of plots")
    return made


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    given = parser().parse_args()
    print(f"`python benchmarks/solver.py {' '.join(sys.argv[1:])}`\n", flush=True)
    try:
        given.function(given)
    except CodelengthError as error:
        sys.exit(f"error: {error}")
