"""A text of many pieces, and how its files are made by other processes."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
TEXT = b"".join(b"piece %04d of 16" % n for n in range(41)) + b"the rest"
"""More than ten groups of four pieces of 16 bytes."""
COMMAND = [sys.executable, "-m", "codelength"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())
