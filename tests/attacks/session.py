"""A grader that keeps a secret and runs every probe: `session.py FOLDER BACKEND PYTHON USER`.

It is started with the secret in its environment, becomes the user, and prints what probes got.
"""

import ctypes
import json
import os
import sys
from pathlib import Path

from codelength.sandbox import Limits, jail
from codelength.sandbox.jail import Unconfined
from codelength.sandbox.protocol import Sandbox
from tests.attacks.probes import PROBES
from tests.attacks.world import world


def backend(name: str, python: str) -> Sandbox:
    if name == "wasm":
        from codelength.sandbox.wasm import Wasm

        return Wasm()
    if name == "jail":
        jail.bubblewrap = lambda python: []  # the layers that are there everywhere
    return Unconfined(python) if name == "none" else jail.Jail(python)


def main(folder: str, name: str, python: str, user: int) -> None:
    if user != os.geteuid():
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        ctypes.CDLL(None).prctl(
            4, 1, 0, 0, 0
        )  # a process that changed its user hides its own /proc
    results: dict[str, object] = {}
    secret = os.environ["CODELENGTH_SECRET"].encode()
    with world(Path(folder), secret) as here, backend(name, python) as sandbox:
        for probe in PROBES:
            outcome = sandbox.run(probe.program.format(**here.named()), Limits(seconds=20))
            results[probe.name] = {
                "got": probe.got(outcome, here),
                "can": here.has[probe.needs],
                "outcome": f"{outcome.status} {outcome.output[:8]} {outcome.detail}",
            }
        results["layers"] = sandbox.layers
        results["the victim lives"] = here.victim.poll() is None
        results["files"] = sorted(path.name for path in Path(folder).rglob("*"))
    print(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
