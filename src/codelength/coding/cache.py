"""Where what is made once is kept: compiled kernels, converted weights."""

import os
from pathlib import Path

from codelength.errors import InputError

VARIABLE = "CODELENGTH_CACHE"


def cache_root() -> Path:
    """`$CODELENGTH_CACHE`, else `$XDG_CACHE_HOME/codelength` or `~/.cache/codelength`.

    Raises:
        InputError: there is no home folder.
    """
    given = os.environ.get(VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(given) if given else Path(base) / "codelength"
    try:
        return folder.expanduser()
    except RuntimeError as error:
        raise InputError(f"no home folder for {folder}; name one by {VARIABLE}") from error
