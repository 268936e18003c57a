"""What there is to get at: secrets, sockets that listen, a process to kill."""

import contextlib
import ctypes
import os
import platform
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass
class World:
    """Of one session of attacks; `named` fills a probe's text."""

    folder: Path
    secret: bytes
    held: ctypes.Array[ctypes.c_char]
    victim: subprocess.Popen[bytes]
    sockets: list[socket.socket]
    has: dict[str, bool]

    def named(self) -> dict[str, object]:
        tcp, udp, abstract = self.sockets
        return {
            "secret_file": str(self.folder / "secret"),
            "target_file": str(self.folder / "target"),
            "target_name": "target",
            "folder": str(self.folder),
            "new_file": str(self.folder / "new"),
            "home_file": str(self.folder / "home" / "new"),
            "witness": str(self.folder / "witness.sh"),
            "library_file": str(self.folder / "library"),
            "futex": {"x86_64": 202, "aarch64": 98}[platform.machine()],
            "variable": self.secret.decode(),
            "grader": os.getpid(),
            "address": ctypes.addressof(self.held),
            "length": len(self.secret),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "abstract": abstract.getsockname()[1:].decode(),
            "victim": self.victim.pid,
        }

    def seen(self) -> bool:
        """Whether the witness was executed."""
        return (self.folder / "seen").exists()


def traced() -> bool:
    """Whether a process may read the memory of another of its user."""
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    return os.geteuid() == 0 or not scope.exists() or scope.read_text().strip() == "0"


def namespaces() -> bool:
    """Whether this user may make a user namespace."""
    return (
        subprocess.run(["unshare", "-U", "true"], capture_output=True, check=False).returncode == 0
    )


def io_uring() -> bool:
    """Whether this user may make an io_uring."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.syscall(425, 4, ctypes.create_string_buffer(120))
    if number >= 0:
        os.close(number)
    return bool(number >= 0)


@contextlib.contextmanager
def world(folder: Path, secret: bytes) -> Iterator[World]:
    """Everything in place, and away again afterwards."""
    (folder / "home").mkdir()
    (folder / "secret").write_bytes(secret)
    (folder / "secret").chmod(stat.S_IRUSR | stat.S_IWUSR)
    (folder / "target").write_bytes(secret)
    (folder / "library").write_bytes(b"kept")
    witness = folder / "witness.sh"
    witness.write_text(f"#!/bin/sh\n: > {folder}/seen\n")
    witness.chmod(0o755)
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0codelength-" + secret.decode())
    abstract.listen()
    victim = subprocess.Popen(["sleep", "600"])
    has = {"": True, "ptrace": traced(), "namespaces": namespaces(), "io_uring": io_uring()}
    held = ctypes.create_string_buffer(secret, len(secret))
    try:
        yield World(folder, secret, held, victim, [tcp, udp, abstract], has)
    finally:
        victim.kill()
        victim.wait()
        for one in (tcp, udp, abstract):
            one.close()
