"""Fit the table of move frequencies on games that are never measured.

python benchmarks/fit_chess.py
"""

from codelength.agentic.models import MOVES
from codelength.corpora.lichess import frequencies, read_games


def main() -> None:
    counts = frequencies(read_games(None))
    lines = [b"%b %d\n" % pair for pair in sorted(counts.items())]
    MOVES.write_bytes(b"".join(lines))
    print(f"{MOVES.name}: {len(lines)} moves of {sum(counts.values())}")


if __name__ == "__main__":
    main()
