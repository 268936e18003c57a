"""A seccomp filter: an allow-list of system calls; every other one fails with EPERM.

Another architecture's calls, and x32's, kill the process.
"""

import ctypes
import errno
import platform
import struct

from .syscalls import ARGUMENTS, AUDIT, BY_ARGUMENT, OPEN, TABLES, WRITING

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP with JEQ, JGE and JSET and BPF_K, BPF_RET|BPF_K."""
KILL, ALLOW, DENY = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
NUMBER, MACHINE, FIRST, FLAGS = 0, 4, 16, 32
"""Offsets in struct seccomp_data: an argument has 8 bytes, its low word first on both machines."""
X32 = 0x40000000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def instructions(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, operand)."""
    code = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, AUDIT[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
    ]
    for number in sorted(TABLES[machine].values()):
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    for name, number in BY_ARGUMENT[machine].items():
        argument, values = ARGUMENTS[name]
        place = FIRST + 8 * argument
        block = [(LOAD, 0, 0, place + 4), (EQUAL, 1, 0, 0), (RETURN, 0, 0, DENY)]
        block.append((LOAD, 0, 0, place))
        for value in values:
            block += [(EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
        block.append((RETURN, 0, 0, DENY))
        code += [(EQUAL, 0, len(block), number), *block]
    opening = [(LOAD, 0, 0, FLAGS), (ANY_BIT, 0, 1, WRITING), (RETURN, 0, 0, DENY)]
    opening.append((RETURN, 0, 0, ALLOW))
    code += [(EQUAL, 0, len(opening), OPEN[machine]), *opening]
    return [*code, (RETURN, 0, 0, DENY)]


class Filter:
    """The filter in memory, made once and installed in every child.

    Raises:
        OSError: there is no table for this machine.
    """

    def __init__(self, libc: ctypes.CDLL) -> None:
        machine = platform.machine()
        if machine not in TABLES:
            raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
        code = b"".join(struct.pack("HBBI", *one) for one in instructions(machine))
        self._libc, self._code = libc, ctypes.create_string_buffer(code, len(code))
        self._program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(self._code))

    def install(self) -> None:
        """Restrict this process for good."""
        if self._libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, self._program, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")
