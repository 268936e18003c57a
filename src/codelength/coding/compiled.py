"""`kernel`, `inner`, `part`: hot loops compiled with numba, cached so that no edit is missed.

numba keys its cache on the file of the compiled function alone, so an edited kernel would live on
inside the cached kernels that call it. Ours lives in a folder named after the sources of the whole
package.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

from codelength.coding.cache import cache_root
from codelength.errors import InputError

F = TypeVar("F", bound=Callable[..., object])
UNUSED = 30 * 24 * 3600


@cache
def cache_folder() -> Path | None:
    """The folder for compiled kernels of exactly these sources, or None where none is writable.

    It lies in `cache_root`.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(package.rglob("*.py")):
        digest.update(f"{source}\n".encode())
        digest.update(source.read_bytes())
    try:
        folder = cache_root() / f"kernels-{digest.hexdigest()[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        forget(folder.parent)
    except (OSError, InputError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def forget(root: Path) -> None:
    """Delete kernels of other versions that no process has asked for in `UNUSED` seconds."""
    for other in root.glob("kernels-*"):
        with suppress(FileNotFoundError):  # another process does the same
            if other.stat().st_mtime < time.time() - UNUSED:
                shutil.rmtree(other, ignore_errors=True)


def constant(value: int) -> int:
    """`value` as an np.int64: numba compiles a kernel anew for each plain literal that it gets."""
    return cast(int, np.int64(value))


def kernel(function: F) -> F:
    """Compile `function` in nopython mode on its first call.

    int64 wraps and division by zero gives 0: a kernel keeps its values in range itself.
    """
    return _compile(function, no_cfunc_wrapper=True)


def inner(function: F) -> F:
    """Like `kernel`, for what only kernels call: no entry from Python, so it compiles faster."""
    return _compile(function, no_cfunc_wrapper=True, no_cpython_wrapper=True)


def unmanaged(function: F) -> F:
    """Like `kernel`, for loops over large tuples of arrays that make no array themselves.

    Arrays are not counted there: each look into a tuple would count one up and down. Other threads
    of Python run meanwhile.
    """
    return _compile(function, no_cfunc_wrapper=True, _nrt=False, nogil=True)


def inlined(function: F) -> F:
    """What only `unmanaged` loops call; never called in truth, for a call copies its tuples."""
    options = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True}
    return _compile(function, forceinline=True, _nrt=False, **options)


def part(function: F) -> F:
    """Like `kernel`, but copied into each kernel that calls it: for what is called in few places.

    Every kernel carries compiled copies of the kernels that it calls, so deep call graphs of
    kernels compile slowly; parts cost nothing.
    """
    return _compile(function, inline="always", no_cfunc_wrapper=True)


def _compile(function: F, **options: Any) -> F:
    folder = cache_folder()
    if folder is None:
        return cast(F, numba.njit(error_model="numpy", **options)(function))
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)  # read by numba while it decorates, then put back
    try:
        return cast(F, numba.njit(cache=True, error_model="numpy", **options)(function))
    finally:
        config.CACHE_DIR = before
