"""Everything that a child takes from itself before it runs a stranger's program, in order."""

import ctypes
import os
import resource
import signal
import struct
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path

from .landlock import Ruleset
from .seccomp import Filter

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
FOREIGN = {"site-packages", "dist-packages", "test", "idlelib"}
"""In the standard library's folder, and not of it or of no use to a program."""
WRAPPERS = ("bz2", "decimal", "hashlib", "lzma", "zlib")
"""Each maps the library that it wraps."""
OPEN_FILES = 16


def mapped() -> Iterator[str]:
    """The shared libraries that this process maps."""
    with Path("/proc/self/maps").open() as maps:
        for line in maps:
            path = line.rstrip("\n").partition("/")[2]
            if ".so" in path:
                yield "/" + path


def readable() -> list[str]:
    """The standard library, entry by entry, its extensions, and the libraries that they map."""
    for name in WRAPPERS:
        with suppress(ImportError):  # an interpreter may be built without some
            import_module(name)
    paths = set(mapped())
    for key in ("stdlib", "platstdlib"):
        folder = Path(sysconfig.get_path(key))
        if folder.is_dir():
            paths.update(str(one) for one in folder.iterdir() if one.name not in FOREIGN)
    return sorted(paths)


def die_with(parent: int) -> None:
    """Let this process end when the server does, however that ends."""
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError("prctl PR_SET_PDEATHSIG")
    if os.getppid() != parent:
        raise OSError("the server is gone")


class Jail:
    """The layers, made once in the server; `enter` puts a child into them.

    Raises:
        OSError: a layer is not to be had here.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._filter = Filter(self._libc)
        self._ruleset = Ruleset(self._libc, readable())
        self.layers = ("rlimits", "capabilities", f"landlock-{self._ruleset.version}", "seccomp")

    def keep_at(self, number: int) -> None:
        """Move the one descriptor that children need, the ruleset's."""
        if self._ruleset.number != number:
            os.dup2(self._ruleset.number, number)
            os.close(self._ruleset.number)
            self._ruleset.number = number

    def _prctl(self, option: int, value: int) -> None:
        if self._libc.prctl(option, value, 0, 0, 0):
            raise OSError(ctypes.get_errno(), f"prctl {option}")

    def enter(self, seconds: int, memory: int) -> None:
        """Restrict this process for good.

        Arguments:
            seconds: of processor time, after which the kernel ends it.
            memory: bytes of address space.

        Raises:
            OSError: a layer could not be put on; the program must not run.
        """
        PathFinder.find_spec("_")  # lists the library's folder anew if it changed: later it may not
        self._prctl(PR_SET_NO_NEW_PRIVS, 1)
        self._prctl(PR_SET_DUMPABLE, 0)
        for kind, most in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, OPEN_FILES),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))
        nothing = struct.pack("6I", 0, 0, 0, 0, 0, 0)
        if self._libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), nothing):
            raise OSError(ctypes.get_errno(), "capset")
        self._ruleset.restrict()
        self._filter.install()
