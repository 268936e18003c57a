"""What passes a grader that runs programs in its own process, and scores nothing here."""

import random

import pytest

from codelength.sandbox import sandbox

TARGET = random.Random(3).choices(range(256), k=137)

WALKS_THE_COLLECTOR = """
import gc
lists = [one for one in gc.get_objects() if type(one) is list and len(one) == 137]
output = [one for one in lists if all(type(value) is int for value in one)][-1]
"""
WALKS_THE_FRAMES = """
import sys
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if type(value) is list and len(value) == 137:
            output = value
    frame = frame.f_back
"""
APPENDS_TO_THE_RESULTS = """
import sys
frame = sys._getframe()
while frame:
    if type(frame.f_locals.get("results")) is list:
        frame.f_locals["results"].append("passed")
        break  # the test runner's own frames hold lists of results too
    frame = frame.f_back
output = []
"""
LIES_ABOUT_EQUALITY = """
class Anything(list):
    def __eq__(self, other):
        return True
output = Anything()
"""
SPEAKS_OF_A_LIAR = """
class Anything(int):
    def __eq__(self, other):
        return True
    __hash__ = None
output = [Anything(1)] * 137
"""
CHEATS = {
    "walks the collector": WALKS_THE_COLLECTOR,
    "walks the frames": WALKS_THE_FRAMES,
    "appends to the results": APPENDS_TO_THE_RESULTS,
    "lies about equality": LIES_ABOUT_EQUALITY,
    "values that lie": SPEAKS_OF_A_LIAR,
}


def shared_grader(program: str, target: list[int]) -> bool:
    """As published harnesses do it: the program runs where the target is."""
    results: list[str] = []
    namespace: dict[str, object] = {}
    exec(program, namespace)
    if namespace["output"] == target:
        results.append("passed")
    return bool(results) and results[0] == "passed"


@pytest.mark.parametrize("name", CHEATS)
def test_the_cheat_passes_a_shared_grader(name):
    assert shared_grader(CHEATS[name], list(TARGET))


@pytest.mark.parametrize("backend", ["jail", "none"])
@pytest.mark.parametrize("name", CHEATS)
def test_the_cheat_scores_nothing(name, backend):
    verdict = sandbox(backend).check(CHEATS[name], TARGET)
    assert not verdict.right
    assert verdict.prefix == 0


def test_an_honest_program_scores():
    assert sandbox("jail").check(f"output = {TARGET}", TARGET).right
