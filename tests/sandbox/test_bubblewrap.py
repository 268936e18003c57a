"""The jail inside bubblewrap: with stand-ins everywhere, with the real one where it works."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from codelength.sandbox import jail as jails
from codelength.sandbox.jail import FOLDER, Jail, bubblewrap
from tests.sandbox.test_server import children

REFUSES = "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1"
STANDS_IN = 'while [ "$1" != -- ]; do shift; done\nshift\n"$@" &\nwait $!'


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts a command named bwrap before all others."""

    def put(script: str) -> Path:
        command = tmp_path / "bwrap"
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        return command

    return put


def works() -> bool:
    command = shutil.which("bwrap")
    everything = ["--unshare-all", "--ro-bind", "/", "/", "true"]
    return bool(command) and not subprocess.run([command, *everything], check=False).returncode


@pytest.fixture
def real():
    if not works():
        pytest.skip("bubblewrap is not installed, or may not make namespaces here")
    with Jail() as jail:
        yield jail


def gone(process: int) -> bool:
    deadline = time.monotonic() + 5
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not Path(f"/proc/{process}").exists()


def test_the_command_shows_the_interpreter_and_the_servers_code_alone(stand_in):
    command = stand_in(REFUSES)
    shown = ["/usr", "/lib", "/lib64", "/opt/python", str(FOLDER / "child")]
    assert bubblewrap("/opt/python/bin/python3") == [
        str(command),
        "--unshare-all",
        *(word for folder in shown for word in ("--ro-bind-try", folder, folder)),
        *("--proc", "/proc", "--chdir", "/", "--"),
    ]


def test_without_the_command_nothing_is_wrapped(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert bubblewrap(sys.executable) == []


def test_where_it_is_refused_the_jail_does_without_it_and_says_so(stand_in):
    stand_in(REFUSES)
    with Jail() as jail:
        outcome = jail.run("output = [1]")
    assert outcome.output == (1,)
    assert outcome.layers == jail.layers
    assert "bubblewrap" not in outcome.layers


def test_where_it_works_it_is_the_first_layer(stand_in):
    stand_in(STANDS_IN)
    with Jail() as jail:
        outcome = jail.run("output = [1]")
    assert outcome.output == (1,)
    assert outcome.layers[0] == "bubblewrap"


def test_a_server_that_hangs_ends_with_what_wraps_it(stand_in, monkeypatch):
    stand_in(STANDS_IN)
    monkeypatch.setattr(jails, "PATIENCE", 2.0)
    with Jail() as jail:
        wrapper = jail._running().process.pid
        (server,) = children(wrapper)
        os.kill(server, signal.SIGSTOP)
    assert gone(wrapper)
    assert gone(server)


def test_a_program_is_in_namespaces_of_its_own(real):
    outcome = real.run("import os\noutput = [os.getpid()]")
    assert outcome.layers[0] == "bubblewrap"
    assert outcome.output[0] < 100


def test_the_server_outlives_the_thread_that_started_it(real):
    starter = threading.Thread(target=real.run, args=("output = [1]",))
    starter.start()
    starter.join()
    first = real._running().process
    time.sleep(0.2)
    assert first.poll() is None
    assert real.run("output = [1]").output == (1,)
    assert real._running().process is first


def test_nothing_is_left_of_it(real):
    processes = children(real._running().process.pid)
    assert real.run("output = [1]").output == (1,)
    real.close()
    assert processes
    assert all(gone(one) for one in processes)
