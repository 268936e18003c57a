"""Where real data lie on this machine."""

import os
from pathlib import Path

from codelength.errors import InputError

VARIABLE = "CODELENGTH_DATA"


def data_root(data: Path | None) -> Path:
    """The data folder: `data`, else `$CODELENGTH_DATA`; it need not exist.

    Raises:
        InputError: neither is given.
    """
    if not (data or os.environ.get(VARIABLE)):
        raise InputError(f"name the folder of the data with --data or {VARIABLE}")
    return data or Path(os.environ[VARIABLE])


def data_folder(data: Path | None, name: str, source: str) -> Path:
    """The folder `name` in `data`, else in `$CODELENGTH_DATA`.

    Arguments:
        source: where the data are to be had, for the error.

    Raises:
        InputError: it is not there.
    """
    root = data_root(data)
    if not (root / name).is_dir():
        raise InputError(f"{root} has no folder {name}; its data are at {source}")
    return root / name
