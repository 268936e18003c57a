"""Where what is made once is kept: compiled kernels, converted weights."""

import os
from pathlib import Path

VARIABLE = "CODELENGTH_CACHE"


def cache_root() -> Path:
    """`$CODELENGTH_CACHE`, else `$XDG_CACHE_HOME/codelength` or `~/.cache/codelength`.

    Raises:
        RuntimeError: there is no home folder.
    """
    given = os.environ.get(VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(given) if given else Path(base) / "codelength").expanduser()
