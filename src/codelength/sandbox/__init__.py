"""Running strangers' programs: `check(program, target)` judges one in this machine's best sandbox.

Example: check("output = [1, 2] * 3", bytes([1, 2, 1, 2, 1, 2])).right -> True
"""

import functools
from collections.abc import Sequence

from codelength.errors import InputError, MissingExtra, SandboxError
from codelength.sandbox.jail import Jail, Unconfined
from codelength.sandbox.outcome import Limits, Outcome, Status, Verdict
from codelength.sandbox.protocol import USUAL, Sandbox

__all__ = ["Limits", "Outcome", "Sandbox", "Status", "Verdict", "check", "run", "sandbox"]

NAMES = ("best", "jail", "wasm", "none")


@functools.cache
def sandbox(name: str = "best") -> Sandbox:
    """A sandbox by name, one for the whole process.

    Arguments:
        name: "jail", "wasm", "none", or "best": the jail, or wasm where the jail does not start.
            "none" confines nothing, and only an explicit choice gives it.

    Raises:
        InputError: no such name.
        SandboxError: it does not work on this machine.
        MissingExtra: "wasm" without its extra.
    """
    if name not in NAMES:
        raise InputError(f"no sandbox is named {name!r}; there are {', '.join(NAMES)}")
    if name == "best":
        return best()
    if name == "wasm":
        from codelength.sandbox.wasm import Wasm

        return Wasm()
    return Jail() if name == "jail" else Unconfined()


def best() -> Sandbox:
    """The jail if it starts, else wasm; never none."""
    jail = sandbox("jail")
    try:
        if jail.layers:
            return jail
    except SandboxError as error:
        try:
            return sandbox("wasm")
        except MissingExtra as missing:
            raise SandboxError(
                f"no sandbox works on this machine (jail: {error}; wasm: {missing})"
            ) from error
    raise SandboxError("the jail has no layers")


def run(program: str, limits: Limits = USUAL, target: Sequence[int] | None = None) -> Outcome:
    """See `Sandbox.run`, in the best sandbox."""
    return sandbox().run(program, limits, target)


def check(program: str, target: Sequence[int], limits: Limits = USUAL) -> Verdict:
    """See `Sandbox.check`, in the best sandbox."""
    return sandbox().check(program, target, limits)
