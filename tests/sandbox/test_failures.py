"""Where the sandbox itself fails, and where it is closed under what runs."""

import os
import threading
import time

import pytest

from codelength.errors import SandboxError
from codelength.sandbox import Outcome, Status
from codelength.sandbox import jail as jails
from codelength.sandbox.jail import Jail, Unconfined
from codelength.sandbox.protocol import Sandbox
from tests.sandbox.test_server import children

pytestmark = pytest.mark.usefixtures("bare")
FLAKY = """
import os, sys
sys.path.append({folder!r})
import child.confine, child.server
broken = False
def flaky(real):
    def one(*arguments):
        if broken:
            BREAK
        return real(*arguments)
    return one
OWNER.NAME = flaky(OWNER.NAME)
fork = os.fork
def fork_and_see():
    global broken
    try:
        os.unlink("FLAG")
        broken = True
    except FileNotFoundError:
        broken = False
    return fork()
os.fork = fork_and_see
child.server.main({number}, {layers!r})
"""
"""Breaks the next child wherever it finds the flag."""


@pytest.mark.parametrize(
    ("owner", "name", "fails"),
    [
        ("child.confine.Jail", "enter", "raise OSError('broken on purpose')"),
        ("os", "fork", "raise BlockingIOError('broken on purpose')"),
        ("child.server", "frame", "return b'X' * 99"),
        ("child.server", "frame", "os._exit(0)"),
    ],
)
def test_what_fails_once_is_tried_again_and_changes_no_result(
    monkeypatch, tmp_path, owner, name, fails
):
    flag = tmp_path / "flag"
    start = FLAKY.replace("FLAG", str(flag)).replace("BREAK", fails)
    monkeypatch.setattr(jails, "START", start.replace("OWNER", owner).replace("NAME", name))
    pairs = [(f"output = [{k}]", [k]) for k in range(40)]
    with Jail() as jail:
        verdicts = jail.check_all(pairs, workers=2)
        right = [next(verdicts).right]
        flag.touch()
        right += [one.right for one in verdicts]
    assert not flag.exists()
    assert right == [True] * 40


def test_what_fails_always_ends_the_batch_with_an_error(monkeypatch, tmp_path):
    start = FLAKY.replace("os.unlink", "os.stat").replace("FLAG", str(tmp_path))
    start = start.replace("BREAK", "raise OSError").replace("OWNER", "child.confine.Jail")
    monkeypatch.setattr(jails, "START", start.replace("NAME", "enter"))
    with Jail() as jail, pytest.raises(SandboxError, match="could not be confined"):
        list(jail.check_all([("output = [1]", [1])] * 9))


class FailsFirst(Sandbox):
    """Of use to nobody."""

    name, layers = "fails", ()

    def __init__(self) -> None:
        self.ran = 0

    def run(self, *_) -> Outcome:
        self.ran += 1
        if self.ran == 1:
            raise SandboxError("on purpose")
        time.sleep(0.2)
        return Outcome(Status.EXIT, (), 0, ())


def test_an_error_ends_a_batch_without_running_the_rest():
    sandbox = FailsFirst()
    with pytest.raises(SandboxError, match="on purpose"):
        list(sandbox.check_all([("", [])] * 100, workers=2))
    assert sandbox.ran <= 4


def test_closing_lets_what_runs_end_where_it_began(tmp_path):
    note = tmp_path / "note"
    program = f"import time\nopen({str(note)!r}, 'a').write('x')\ntime.sleep(0.5)\noutput = [7]"
    before, outcomes = children(os.getpid()), []
    with Unconfined() as none:
        run = threading.Thread(target=lambda: outcomes.append(none.run(program)))
        run.start()
        while not note.exists():
            time.sleep(0.01)
        none.close()
        run.join()
        assert outcomes[0].output == (7,)
        assert note.read_text() == "x"
        assert children(os.getpid()) == before


def test_a_batch_that_is_closed_again_and_again_loses_nothing():
    before, found = children(os.getpid()), []
    pairs = [(f"import time\ntime.sleep(0.05)\noutput = [{k}]", [k]) for k in range(60)]
    jail = Jail()
    batch = threading.Thread(target=lambda: found.extend(jail.check_all(pairs, workers=3)))
    batch.start()
    while batch.is_alive():
        jail.close()
        time.sleep(0.02)
    jail.close()
    assert [one.right for one in found] == [True] * 60
    assert children(os.getpid()) == before
