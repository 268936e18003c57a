"""The fork server: batches, crowds, deaths, and what it leaves behind."""

import gc
import multiprocessing
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from codelength.errors import SandboxError
from codelength.sandbox import Limits, Status
from codelength.sandbox import jail as jails
from codelength.sandbox.jail import Jail

pytestmark = pytest.mark.usefixtures("bare")
SECONDS = 1.0
HOSTILE = {
    "while True: pass": Status.TIMEOUT,
    "import time\ntime.sleep(60)": Status.TIMEOUT,
    "held = bytearray(2 << 30)": Status.MEMORY,
    "import os\nwhile True: os.fork()": Status.EXCEPTION,
    "import sys\nwhile True: sys.stdout.write('x' * 99999)": Status.TIMEOUT,
    "import os\nwhile True: os.write(3, bytes(99999))": Status.CRASH,
    "import os, time\nos._exit = lambda code: time.sleep(99)\noutput = [2]": Status.OK,
    "import os, time\nos.write(3, b'R' + bytes(4) + b'K' + bytes(4))\ntime.sleep(99)": Status.OK,
    "import os, time\nos.write(3, b'K' + bytes(4))\ntime.sleep(99)": Status.EXIT,
    "import os\nwhile True: os.write(3, b'R' + bytes(4))": Status.CRASH,
}


@pytest.fixture
def jail():
    with Jail() as one:
        yield one


def children(of: int) -> set[int]:
    """Processes that this one or one of those started."""
    found, todo = set(), [of]
    while todo:
        for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            new = {int(word) for word in task.read_text().split()}
            found |= new
            todo += new
    return found


def descriptors(of: int) -> int:
    """How many a process has open."""
    return len(list(Path(f"/proc/{of}/fd").iterdir()))


def test_hostile_programs_change_no_other_result(jail):
    pairs = [(f"output = [{k} % 7] * {k}", [k % 7] * k) for k in range(1, 201 - len(HOSTILE))]
    pairs += [(program, [1]) for program in HOSTILE]
    random.Random(5).shuffle(pairs)
    began = time.monotonic()
    verdicts = list(jail.check_all(pairs, Limits(seconds=SECONDS), workers=4))
    seconds = time.monotonic() - began
    assert len(verdicts) == 200
    for (program, _), verdict in zip(pairs, verdicts, strict=True):
        if program in HOSTILE:
            assert verdict.first.status is HOSTILE[program], verdict.first.detail
        else:
            assert verdict.right, (program, verdict)
    assert seconds < SECONDS * len(HOSTILE) + 10


def test_one_program_finds_nothing_of_another(jail):
    mark = "marker_" + "6b1d9e"
    jail.run(f"import builtins\nbuiltins.left = {mark!r}\noutput = [1]")
    finds = f"""
import builtins, gc, sys
mark = "marker_" + "{mark[7:]}"
held = any(isinstance(one, str) and one == mark for one in gc.get_objects())
output = [1 if held or hasattr(builtins, "left") else 0]
"""
    assert jail.run(finds).output == (0,)


def test_a_program_is_never_in_the_servers_memory():
    mark = b"marker_" + os.urandom(8).hex().encode()
    with jails.Unconfined() as none:
        for _ in range(20):
            none.run(f"mark = '{mark.decode()}'\noutput = [1]")
        server = none._running().process.pid
        found = 0
        folder = Path(f"/proc/{server}")
        with (folder / "maps").open() as maps, (folder / "mem").open("rb") as memory:
            for line in maps:
                span, rights = line.split()[:2]
                low, high = (int(one, 16) for one in span.split("-"))
                if rights.startswith("rw"):
                    memory.seek(low)
                    found += memory.read(high - low).count(mark)
        assert found == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_in_a_batch_loses_nothing(jail, monkeypatch, end):
    monkeypatch.setattr(jails, "PATIENCE", 2.0)
    pairs = [(f"import time\ntime.sleep(0.01)\noutput = [{k}]", [k]) for k in range(100)]
    found = []

    def batch() -> None:
        found.extend(jail.check_all(pairs, workers=3))

    thread = threading.Thread(target=batch)
    thread.start()
    for _ in range(3 if end == signal.SIGKILL else 1):
        time.sleep(0.2)
        os.kill(jail._running().process.pid, end)
    thread.join()
    assert [one.right for one in found] == [True] * 100


def test_children_die_with_their_server(jail):
    run = threading.Thread(target=jail.run, args=("import time\ntime.sleep(3)",))
    run.start()
    time.sleep(0.3)
    server = jail._running().process.pid
    (child,) = children(server)
    os.kill(server, signal.SIGKILL)
    deadline = time.monotonic() + 2
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{child}").exists()
    run.join()


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    gc.collect()  # what earlier tests left
    before, open_before = children(os.getpid()), descriptors(os.getpid())
    with Jail() as jail:
        programs = ["output = [1]", "1 / 0", "while True: pass", "import os\nos._exit(1)"] * 20
        brief = Limits(seconds=0.05)
        list(jail.check_all([(one, [1]) for one in programs], brief, workers=4))
        server = jail._running().process.pid
        assert children(server) == set()
        assert descriptors(server) <= 6
    gc.collect()
    assert children(os.getpid()) == before
    assert descriptors(os.getpid()) == open_before
    assert list(tmp_path.iterdir()) == []


def test_a_closed_sandbox_may_be_used_again(jail):
    jail.close()
    assert jail.run("output = [1]").output == (1,)


def in_a_fork(jail: Jail) -> None:
    os._exit(0 if jail.run("output = [7]").output == (7,) else 1)


def test_a_fork_of_the_grader_starts_its_own_server(jail):
    first = jail._running().process.pid
    forked = multiprocessing.get_context("fork").Process(target=in_a_fork, args=(jail,))
    forked.start()
    forked.join()
    assert forked.exitcode == 0
    assert jail.run("output = [1]").output == (1,)
    assert jail._running().process.pid == first


BROKEN = """
import sys
sys.path.append({folder!r})
import child.confine, child.landlock, child.seccomp
def broken(*arguments):
    raise OSError("broken on purpose")
BREAK
from child.server import main
main({number}, {layers!r})
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("child.landlock.version = lambda libc: 0", "no Landlock"),
        ("child.seccomp.TABLES.clear()", "no table of system calls"),
        ("child.confine.Jail.enter = broken", "could not be confined"),
        ("child.landlock.Ruleset.restrict = broken", "could not be confined"),
        ("child.seccomp.Filter.install = broken", "could not be confined"),
        ("raise SystemExit", "ended at once"),
    ],
)
def test_a_jail_without_a_layer_does_not_run_programs(monkeypatch, line, message):
    monkeypatch.setattr(jails, "START", BROKEN.replace("BREAK", line))
    with Jail() as jail, pytest.raises(SandboxError, match=message):
        jail.run("output = [1]")


def test_an_interpreter_without_some_libraries_has_a_jail(monkeypatch):
    monkeypatch.setattr(jails, "START", BROKEN.replace("BREAK", "sys.modules['_lzma'] = None"))
    with Jail() as jail:
        assert jail.run("import zlib\noutput = [1]").output == (1,)
