"""Numbers of the system calls that pure computation and imports need, for each machine.

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_* of each machine, as seccomp sees it."""

X86_64 = {
    "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8,
    "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
    "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20, "access": 21, "sched_yield": 24,
    "mremap": 25, "madvise": 28, "dup": 32, "nanosleep": 35, "getpid": 39, "exit": 60,
    "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getrusage": 98, "getuid": 102, "getgid": 104,
    "geteuid": 107, "getegid": 108, "sigaltstack": 131, "gettid": 186, "time": 201,
    "getdents64": 217, "clock_nanosleep": 230,
    "exit_group": 231, "newfstatat": 262, "readlinkat": 267, "faccessat": 269,
    "ppoll": 271, "getrandom": 318, "statx": 332, "faccessat2": 439,
}  # fmt: skip

AARCH64 = {
    "getcwd": 17, "dup": 23, "faccessat": 48, "close": 57, "getdents64": 61,
    "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "ppoll": 73,
    "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94,
    "nanosleep": 101, "clock_nanosleep": 115,
    "sched_yield": 124, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
    "rt_sigreturn": 139, "getrusage": 165, "gettimeofday": 169, "getpid": 172, "getuid": 174,
    "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "brk": 214, "munmap": 215,
    "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278, "statx": 291,
    "faccessat2": 439,
}  # fmt: skip

TABLES = {"x86_64": X86_64, "aarch64": AARCH64}

BY_ARGUMENT = {
    "x86_64": {"ioctl": 16, "fcntl": 72, "futex": 202, "clock_gettime": 228, "clock_getres": 229},
    "aarch64": {"ioctl": 29, "fcntl": 25, "futex": 98, "clock_gettime": 113, "clock_getres": 114},
}
"""Allowed for some values of one argument only, see `ARGUMENTS`."""

ARGUMENTS = {
    "ioctl": (1, (0x5401, 0x5451, 0x5450)),  # TCGETS (isatty), FIOCLEX, FIONCLEX
    "fcntl": (1, (0, 1, 2, 3, 1030)),  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
    "futex": (1, (128, 129, 137, 138, 393)),  # private ones: no word is shared with others
    "clock_gettime": (0, tuple(range(12))),  # no clock of another process
    "clock_getres": (0, tuple(range(12))),
}
"""The number of the argument, and its values."""
OPEN = {"x86_64": 257, "aarch64": 56}
"""openat: its third argument must have none of these bits."""
WRITING = 0o1 | 0o2 | 0o100 | 0o1000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC: before version 3 of Landlock, reading a file allows it to be
emptied."""
