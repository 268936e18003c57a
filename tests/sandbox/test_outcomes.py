"""How programs end, and what is said of it."""

import pytest

from codelength.errors import InputError
from codelength.sandbox import Limits, Status, sandbox
from codelength.sandbox.outcome import right_prefix

BRIEF = Limits(seconds=0.5, symbols=1000)
ENDS = {
    "output = [1, 2] * 2": (Status.OK, (1, 2, 1, 2), ""),
    "output = []": (Status.OK, (), ""),
    "output = [255, 256, -1]": (Status.OK, (255, 256, -1), ""),
    "output = [2 ** 63 - 1, -2 ** 63 + 1, 2 ** 64]": (
        Status.OK,
        (2**63 - 1, -(2**63) + 1, -(2**63)),
        "",
    ),
    "x = 1": (Status.OUTPUT, (), "no variable named output"),
    "output = (1, 2)": (Status.OUTPUT, (), "output is of type tuple, not a list"),
    "output = 'abc'": (Status.OUTPUT, (), "output is of type str, not a list"),
    "output = b'abc'": (Status.OUTPUT, (), "output is of type bytes, not a list"),
    "output = [1, True]": (Status.OUTPUT, (1,), "output[1] is of type bool, not an int"),
    "output = [1, 2.0]": (Status.OUTPUT, (1,), "output[1] is of type float, not an int"),
    "output = [1, [2]]": (Status.OUTPUT, (1,), "output[1] is of type list, not an int"),
    "output = [1, None]": (Status.OUTPUT, (1,), "output[1] is of type NoneType, not an int"),
    "class L(list): pass\noutput = L([1])": (Status.OUTPUT, (), "output is of type L, not a list"),
    "1 / 0": (Status.EXCEPTION, (), "ZeroDivisionError: division by zero"),
    "output = [1]\nraise ValueError('late')": (Status.EXCEPTION, (), "ValueError: late"),
    "output = [1": (Status.EXCEPTION, (), "SyntaxError"),
    "output = [1]\nraise SystemExit": (Status.EXCEPTION, (), "SystemExit"),
    "output = [1]\0": (Status.EXCEPTION, (), "source code string cannot contain null bytes"),
    "output = ['\ud800']": (Status.EXCEPTION, (), "UnicodeEncodeError"),
    "class E(Exception):\n    def __str__(self): raise self\nraise E": (Status.EXCEPTION, (), "E"),
    "import os\nos._exit(0)": (Status.EXIT, (), "before its output was read"),
    "while True: pass": (Status.TIMEOUT, (), "more than 0.5 s"),
    "import time\ntime.sleep(60)": (Status.TIMEOUT, (), "more than 0.5 s"),
    "held = bytearray(2 << 30)": (Status.MEMORY, (), "MemoryError"),
    "output = [0] * 1001": (Status.FLOOD, (0,) * 1000, "more than 1,000 symbols"),
    "while True: print('x' * 9999)": (Status.TIMEOUT, (), ""),
    "import ctypes\nctypes.string_at(0)": (Status.CRASH, (), "SIGSEGV"),
    "": (Status.OUTPUT, (), "no variable named output"),
    "import random, zlib, decimal, json, re, math\noutput = [math.comb(6, 3)]": (
        Status.OK,
        (20,),
        "",
    ),
    "def f(n): return f(n + 1)\nf(0)": (Status.EXCEPTION, (), "RecursionError"),
    "n = 3\noutput = [n + i for i in range(n)]": (Status.OK, (3, 4, 5), ""),
}


@pytest.mark.parametrize("program", ENDS, ids=[repr(one)[:40] for one in ENDS])
def test_a_program_ends_so(program):
    status, output, detail = ENDS[program]
    outcome = sandbox("jail").run(program, BRIEF)
    assert (outcome.status, outcome.output) == (status, output)
    assert detail in outcome.detail
    assert {"rlimits", "seccomp"} <= set(outcome.layers)


@pytest.mark.parametrize(
    ("program", "right", "prefix"),
    [
        ("output = [5, 6, 7]", True, 3),
        ("output = [5, 6, 7, 8]", False, 3),
        ("output = [5, 6]", False, 2),
        ("output = [5, 9, 7]", False, 1),
        ("output = []", False, 0),
        ("output = [5, 6, 7.0]", False, 2),
        ("output = [5, 6, 7] * 10 ** 6", False, 3),
        ("output = range(5, 8)", False, 0),
    ],
)
def test_a_program_is_judged_by_its_values(program, right, prefix):
    verdict = sandbox("jail").check(program, bytes([5, 6, 7]))
    assert (verdict.right, verdict.prefix) == (right, prefix)


def test_reading_stops_at_the_first_wrong_value():
    outcome = sandbox("jail").run("output = [1, 2, 4] + [0] * 10 ** 6", target=[1, 2, 3, 4])
    assert outcome.output == (1, 2, 4)


def test_recursion_on_the_stack_of_c_ends_alone():
    deep = "import sys\nsys.setrecursionlimit(10 ** 9)\nx = []\nfor _ in range(10 ** 6): x = [x]\n"
    outcome = sandbox("jail").run(deep + "output = [len(repr(x))]")
    assert outcome.status in (Status.CRASH, Status.EXCEPTION, Status.MEMORY)
    assert sandbox("jail").run("output = [1]").output == (1,)


def test_no_value_stands_for_another():
    assert not sandbox("jail").check("output = [2 ** 99]", [-(2**63)]).right


def test_a_readable_file_cannot_be_emptied_whatever_landlock_knows():
    program = "import os\nos.open(os.__file__, os.O_RDONLY | os.O_TRUNC)\noutput = [1]"
    assert sandbox("jail").run(program).status is Status.EXCEPTION


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("output = type('a' * 10 ** 6, (), {})()", Status.OUTPUT),
        ("class M(type):\n    __name__ = property(lambda s: 1 / 0)\n"
         "class E(Exception, metaclass=M): pass\nraise E", Status.EXCEPTION),
    ],
)  # fmt: skip
def test_odd_names_are_only_names(program, status):
    assert sandbox("jail").run(program).status is status


def test_the_empty_target_has_a_program():
    assert sandbox("jail").check("output = []", b"").right


def test_a_long_program_arrives_whole():
    values = list(range(256)) * 400
    assert sandbox("jail").check(f"output = {values}", values).right


def test_a_program_that_is_right_once_is_not_right():
    target = [1, 2, 3]
    coin = "import os\noutput = [1, 2, 3] if os.urandom(1)[0] < 128 else []"
    verdicts = [sandbox("jail").check(coin, target) for _ in range(40)]
    assert any(not one.stable for one in verdicts)
    assert all(one.right == one.stable for one in verdicts if one.first.output == (1, 2, 3))


def test_what_a_program_wrote_is_gone_for_its_second_run(tmp_path):
    mark = tmp_path / "mark"
    program = f"""
import os
output = [0] if os.path.exists({str(mark)!r}) else [1]
open({str(mark)!r}, "w").close()
"""
    unconfined = sandbox("none").check(program, [1])
    assert (unconfined.right, unconfined.stable) == (False, False)
    mark.unlink()
    assert not sandbox("jail").check(program, [1]).right
    assert not mark.exists()


def test_hashes_and_the_clock_zone_are_the_same_in_every_run():
    program = "import time\noutput = [hash('a') % 256, hash('bc') % 256, time.localtime(0).tm_hour]"
    one, two = (sandbox("jail").run(program).output for _ in range(2))
    assert one == two
    assert one[2] == 0


def test_right_prefix_counts_leading_values():
    assert right_prefix([1, 2, 9], [1, 2, 3]) == 2
    assert right_prefix([1, 2, 3, 4], [1, 2]) == 2


def test_a_sandbox_of_another_name_is_refused():
    with pytest.raises(InputError, match="no sandbox is named 'docker'"):
        sandbox("docker")


def test_none_is_never_the_best():
    assert sandbox().name in ("jail", "wasm")
    assert sandbox("none").official is False
