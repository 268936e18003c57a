"""The fork server: a bare interpreter that forks one child for each program.

It is given descriptors, never a program: a child reads its program itself, so that nothing of one
program is in the memory of the next. Requests arrive on one socket, each with two descriptors: the
child's channel (the program in, frames out) and a control (a byte in kills the child, a report
out). When the request socket closes, everything ends.

`codelength.sandbox.jail` starts it, with this folder as the package `child`: the interpreter has
neither `codelength` nor site-packages.
"""

import os
import select
import signal
import socket
import struct
from contextlib import suppress
from typing import NoReturn

from .confine import Jail, die_with
from .harvest import frame, run_program

REQUEST = struct.Struct("<IQ")
"""Seconds of processor time, bytes of memory."""
REPORT = struct.Struct("<id")
"""The wait status, seconds of processor time."""
CHANNEL, KEPT = 3, 4
"""Descriptors of a child: its channel, the ruleset. The server's requests come in at `CHANNEL`."""
REFUSED = 70
"""Exit status of a child that could not be confined."""


def read_all(channel: int) -> bytes:
    """Everything until the other end is shut."""
    parts = []
    while part := os.read(channel, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def child(jail: Jail | None, channel: int, parent: int, seconds: int, memory: int) -> NoReturn:
    """Become the program."""
    try:
        os.setsid()
        die_with(parent)
        os.dup2(channel, CHANNEL)
        os.closerange(KEPT + 1 if jail else CHANNEL + 1, 1 << 16)
        if jail:
            jail.enter(seconds, memory)
        os.write(CHANNEL, frame(b"L", " ".join(jail.layers if jail else ()).encode()))
        run_program(read_all(CHANNEL), CHANNEL, os.write)
    except BaseException:  # noqa: BLE001  nothing of the server may run on in a child
        os._exit(REFUSED)
    os._exit(0)


class Server:
    """Watches the request socket, the controls and the children, in one thread."""

    def __init__(self, requests: socket.socket, jail: Jail | None) -> None:
        self.requests, self.jail, self.own = requests, jail, os.getpid()
        self.watched = select.poll()
        self.watched.register(requests, select.POLLIN)
        self.controls: dict[int, tuple[int, int, int]] = {}
        self.exits: dict[int, tuple[int, int, int]] = {}

    def serve(self) -> None:
        """Until the request socket closes."""
        try:
            while True:
                for number, _ in self.watched.poll():
                    if number == self.requests.fileno():
                        if not self.accept():
                            return
                    elif number in self.exits:
                        self.report(*self.exits[number])
                    elif number in self.controls:
                        self.kill(*self.controls[number])
        finally:
            for pid, control, pidfd in list(self.exits.values()):
                self.kill(pid, control, pidfd)

    def accept(self) -> bool:
        """Fork a child for a request; whether there was one."""
        data, numbers, _, _ = socket.recv_fds(self.requests, REQUEST.size, 2)
        if not data:
            return False
        channel, control = numbers
        pid = os.fork()
        if not pid:
            child(self.jail, channel, self.own, *REQUEST.unpack(data))
        os.close(channel)
        pidfd = os.pidfd_open(pid)
        self.exits[pidfd] = self.controls[control] = pid, control, pidfd
        self.watched.register(pidfd, select.POLLIN)
        self.watched.register(control, select.POLLIN)
        return True

    def kill(self, pid: int, control: int, pidfd: int) -> None:
        """End a child and all of its session; its report follows when it is dead."""
        self.watched.unregister(control)
        del self.controls[control]
        with suppress(ProcessLookupError):  # it had no session of its own yet
            os.killpg(pid, signal.SIGKILL)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)

    def report(self, pid: int, control: int, pidfd: int) -> None:
        """Say how a child ended."""
        _, status, usage = os.wait4(pid, 0)
        if control in self.controls:
            self.watched.unregister(control)
            del self.controls[control]
        self.watched.unregister(pidfd)
        del self.exits[pidfd]
        os.close(pidfd)
        with suppress(OSError):  # nobody may wait for it
            os.write(control, REPORT.pack(status, usage.ru_utime + usage.ru_stime))
        os.close(control)


def main(requests: int, layers: str) -> None:
    """Make the layers, say so, serve.

    Arguments:
        requests: the descriptor of the request socket.
        layers: "jail" or "none".
    """
    if requests != CHANNEL:
        os.dup2(requests, CHANNEL)
        os.close(requests)
    source = socket.socket(fileno=CHANNEL)
    try:
        jail = Jail() if layers == "jail" else None
        if jail:
            jail.keep_at(KEPT)
    except OSError as error:
        source.send(f"refused {error}".encode())
        return
    source.send(b"ready " + " ".join(jail.layers if jail else ()).encode())
    Server(source, jail).serve()
