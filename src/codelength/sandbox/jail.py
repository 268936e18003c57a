"""`jail` and `none`: programs run as children of a fork server, with every layer or with none.

The jail takes from a child, for good: files (Landlock), system calls (seccomp), capabilities,
memory, processor time, descriptors (rlimits). Where bubblewrap works, the server itself runs in
namespaces of its own.
"""

import contextlib
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

from codelength.errors import SandboxError
from codelength.sandbox.child.server import REFUSED, REPORT, REQUEST
from codelength.sandbox.frames import Reader
from codelength.sandbox.outcome import Limits, Outcome, Status
from codelength.sandbox.protocol import USUAL, Sandbox

FOLDER = Path(__file__).parent
START = """
import sys
sys.path.append({folder!r})
from child.server import main
sys.path.pop()
main({number}, {layers!r})
"""
PATIENCE = 20.0
"""Seconds that a server has to start, to fork a child, or to report a dead one."""
ATTEMPTS = 3
"""Of one run, where the sandbox fails under it, each with another server."""


class Server:
    """A fork server that runs; it ends when nobody holds it any more.

    Arguments:
        python: the interpreter.
        layers: "jail" or "none".
        wrapper: a command that starts it inside something, a layer too.

    Raises:
        SandboxError: it does not start.
    """

    def __init__(self, python: str, layers: str, wrapper: Sequence[str] = ()) -> None:
        self.outside = ("bubblewrap",) if wrapper else ()
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        code = START.format(folder=str(FOLDER), number=number, layers=layers)
        try:
            with theirs:
                self.process = subprocess.Popen(
                    [*wrapper, python, "-P", "-s", "-S", "-B", "-c", code],
                    env={"PYTHONHASHSEED": "0"},
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(number,),
                    start_new_session=True,
                )
        except OSError as error:
            self.requests.close()
            raise SandboxError(f"{python} cannot be started: {error}") from error
        self._lock = threading.Lock()
        end = weakref.finalize(self, end_server, self.requests, self.process, os.getpid())
        self.requests.settimeout(PATIENCE)
        try:
            word, _, rest = self.requests.recv(4096).decode().partition(" ")
        except TimeoutError:
            word, rest = "", f"no answer in {PATIENCE:.0f} s"
        if word != "ready":
            end()
            raise SandboxError(f"the fork server does not start: {rest or 'it ended at once'}")
        self.layers = (*self.outside, *rest.split())

    def fork(self, limits: Limits) -> tuple[socket.socket, socket.socket]:
        """A child that waits for its program: its channel and its control."""
        channel, theirs = socket.socketpair()
        control, its_control = socket.socketpair()
        request = REQUEST.pack(math.ceil(limits.seconds) + 1, limits.memory)
        try:
            with theirs, its_control, self._lock:
                socket.send_fds(self.requests, [request], [theirs.fileno(), its_control.fileno()])
        except OSError as error:
            channel.close()
            control.close()
            raise SandboxError("the fork server is gone") from error
        return channel, control


def end_server(requests: socket.socket, process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the server's requests, which ends it and its children, and wait for that."""
    if os.getpid() != owner:
        requests.close()
        return
    with contextlib.suppress(OSError):
        requests.shutdown(socket.SHUT_RDWR)  # also where a fork holds a copy of the socket
    requests.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with what wraps it
        process.wait()


class Run:
    """One program in one child.

    Raises:
        SandboxError: the server failed; nothing is known of the program.
    """

    def __init__(
        self, server: Server, program: str, limits: Limits, target: Sequence[int] | None
    ) -> None:
        self._limits, self._outside = limits, server.outside
        self._reader = Reader(target, limits.symbols)
        self._late = False
        self._channel, self._control = server.fork(limits)
        with self._channel, self._control:
            self._channel.setblocking(False)
            began = time.monotonic()
            try:
                self._talk(program.encode("utf-8", "surrogatepass"), began + PATIENCE)
            except BaseException:  # Ctrl-C, no memory: nobody waits for the child any more
                with contextlib.suppress(OSError):
                    self._control.send(b"k")
                raise
            self.seconds = time.monotonic() - began
            self._status, self.cpu_seconds = self._ended()

    def _talk(self, program: bytes, deadline: float) -> None:
        """Send the program and read frames, until the end, a wrong value or the deadline.

        The deadline is for the child to start; from then on the program's own holds.
        """
        rest, sending, reader = memoryview(program), True, self._reader
        watched = select.poll()
        watched.register(self._channel, select.POLLIN | select.POLLOUT)
        while not reader.done:
            left = deadline - time.monotonic()
            if left <= 0 or not watched.poll(1000 * left):
                self._late = True
                return
            if sending:
                rest = self._sent(rest)
                if not rest:
                    sending = False
                    watched.modify(self._channel, select.POLLIN)
                    with contextlib.suppress(OSError):
                        self._channel.shutdown(socket.SHUT_WR)
            try:
                data = self._channel.recv(1 << 16)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                return
            if not data:
                return
            waiting = reader.layers is None
            reader.feed(data)
            if waiting and reader.layers is not None:
                deadline = time.monotonic() + self._limits.seconds

    def _sent(self, rest: memoryview) -> memoryview:
        """Send more of the program; what is left of it."""
        try:
            return rest[self._channel.send(rest[: 1 << 16]) :]
        except BlockingIOError:
            return rest
        except OSError:  # the child is gone: its frames say why
            return rest[:0]

    def _ended(self) -> tuple[int, float]:
        """Make sure that the child is dead: its wait status and its processor time."""
        with contextlib.suppress(OSError):  # always: the last frame is the program's own word
            self._control.send(b"k")
        self._control.settimeout(PATIENCE)
        try:
            report = self._control.recv(REPORT.size)
        except OSError as error:
            raise SandboxError("the fork server does not answer") from error
        if len(report) < REPORT.size:
            raise SandboxError("the fork server ended under a program")
        status, cpu_seconds = REPORT.unpack(report)
        return status, cpu_seconds

    def outcome(self) -> Outcome:
        """What came of it.

        Raises:
            SandboxError: the program was not run.
        """
        reader = self._reader
        if reader.layers is None:
            if os.WIFEXITED(self._status) and os.WEXITSTATUS(self._status) == REFUSED:
                raise SandboxError("a child could not be confined, so its program was not run")
            raise SandboxError("a child ended before its program could begin")
        status, detail = self._judge()
        values = tuple(reader.values)
        return Outcome(status, values, self.seconds, (*self._outside, *reader.layers), detail)

    def _judge(self) -> tuple[Status, str]:
        if self._late:
            return Status.TIMEOUT, f"more than {self._limits.seconds:g} s"
        told = self._reader.judged()
        if told:
            return told
        if self._reader.ended:
            return Status.EXIT, "it ended without saying how"
        if os.WIFSIGNALED(self._status):
            number = os.WTERMSIG(self._status)
            spent = self.cpu_seconds >= math.ceil(self._limits.seconds)
            if number == signal.SIGXCPU or (number == signal.SIGKILL and spent):
                return Status.TIMEOUT, f"more than {self._limits.seconds:g} s"
            return Status.CRASH, f"{signal.Signals(number).name}"
        return Status.EXIT, "its process ended before its output was read"


class ForkServer(Sandbox):
    """Keeps a server, and starts another where it died or this process was forked.

    Arguments:
        python: path of the interpreter that runs programs; this one by default.
    """

    def __init__(self, python: str | None = None) -> None:
        self.python = str(Path(python or sys.executable).resolve())
        self._fresh()
        os.register_at_fork(after_in_child=self._fresh)

    def _fresh(self) -> None:
        """No server yet: at the start, and in a fork, where another thread may hold the lock."""
        self._lock = threading.Lock()
        self._server: Server | None = None

    def _start(self) -> Server:
        return Server(self.python, self.name)

    def _running(self, broken: Server | None = None) -> Server:
        with self._lock:
            if self._server is broken:
                self._server = None
            if self._server is None:
                self._server = self._start()
            return self._server

    @property
    def layers(self) -> tuple[str, ...]:
        """See `Sandbox.layers`."""
        return self._running().layers

    def run(
        self, program: str, limits: Limits = USUAL, target: Sequence[int] | None = None
    ) -> Outcome:
        """See `Sandbox.run`."""
        server, attempts = None, 0
        while True:
            attempts += 1
            try:
                server = self._running(server)
                return Run(server, program, limits, target).outcome()
            except SandboxError:
                if attempts == ATTEMPTS:
                    raise

    def close(self) -> None:
        """See `Sandbox.close`."""
        with self._lock:
            self._server = None


class Unconfined(ForkServer):
    """`none`: a process of its own and nothing else. Its results are unofficial."""

    name, official = "none", False


class Jail(ForkServer):
    """`jail`: every layer, or it does not run."""

    name = "jail"

    def _start(self) -> Server:
        wrapper = bubblewrap(self.python)
        if wrapper:
            with contextlib.suppress(SandboxError):  # no user namespaces here
                return Server(self.python, self.name, wrapper)
        return Server(self.python, self.name)


def bubblewrap(python: str) -> list[str]:
    """The command that starts a server in namespaces of its own; empty without bubblewrap.

    Without `--die-with-parent`: it means the thread that started the server, which may end before
    others are done with it.
    """
    command = shutil.which("bwrap")
    if not command:
        return []
    folders = ("/usr", "/lib", "/lib64", str(Path(python).parents[1]), str(FOLDER / "child"))
    shown = [part for folder in folders for part in ("--ro-bind-try", folder, folder)]
    return [command, "--unshare-all", *shown, "--proc", "/proc", "--chdir", "/", "--"]
