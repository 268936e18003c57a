"""A Landlock ruleset: some files and folders may be read, nothing else may be opened at all.

Source: the kernel's Documentation/userspace-api/landlock.rst.
"""

import ctypes
import errno
import os
import stat
import struct

CREATE, ADD, RESTRICT = 444, 445, 446
"""System calls; the same on every machine."""
QUERY_VERSION, PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights on files each version of the interface knows; 16 from version 5 on."""
TCP, SCOPED = 0b11, 0b11
"""Bind and connect, from version 4; abstract sockets and signals, from version 6."""


def version(libc: ctypes.CDLL) -> int:
    """Of the interface; 0 where there is none."""
    return max(0, int(libc.syscall(CREATE, None, 0, QUERY_VERSION)))


class Ruleset:
    """Made once; every child restricts itself with it.

    Arguments:
        readable: files, and folders with all that is below them.

    Raises:
        OSError: this kernel has no Landlock.
    """

    def __init__(self, libc: ctypes.CDLL, readable: list[str]) -> None:
        self._libc, self.version = libc, version(libc)
        if not self.version:
            raise OSError(errno.ENOSYS, "this kernel has no Landlock")
        rights = (1 << FILE_RIGHTS.get(self.version, 16)) - 1
        fields = [rights]
        if self.version >= 4:
            fields.append(TCP)
        if self.version >= 6:
            fields.append(SCOPED)
        attributes = struct.pack(f"{len(fields)}Q", *fields)
        self.number = int(libc.syscall(CREATE, attributes, len(attributes), 0))
        if self.number < 0:
            raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
        for path in readable:
            self._add(path)

    def _add(self, path: str) -> None:
        try:
            number = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        folder = stat.S_ISDIR(os.fstat(number).st_mode)
        rule = struct.pack("=Qi", READ_FILE | (READ_DIR if folder else 0), number)
        failed = self._libc.syscall(ADD, self.number, PATH_BENEATH, rule, 0)
        os.close(number)
        if failed:
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")

    def restrict(self) -> None:
        """Restrict this process for good; no_new_privs must be set."""
        if self._libc.syscall(RESTRICT, self.number, 0):
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
        os.close(self.number)
