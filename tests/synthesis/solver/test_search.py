"""The search at any time, twice, and at its edges."""

import random
import subprocess
import sys
import time

import pytest

from codelength.dsl import pairs
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.dsl.program import Program
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Budget, Solver, solver
from codelength.synthesis.solver.peeling.plans import Plan
from codelength.synthesis.solver.planner import Candidate, Planner

PAPER = PaperPrior()
SAMPLED = [pair.sequence for pair in pairs.sample(61, 40)]
EDGES = {
    "one symbol": bytes([9]),
    "two symbols": bytes([9, 200]),
    "two equal symbols": bytes([9, 9]),
    "the highest symbol": bytes([255] * 3),
    "all values": bytes(range(256)),
    "all values, downward": bytes(range(255, -1, -1)),
    "25 equal": bytes([7] * 25),
    "26 equal": bytes([7] * 26),
    "200 equal": bytes([7] * 200),
    "201 equal": bytes([7] * 201),
    "two alternating": bytes([1, 2] * 40),
    "nothing but extremes": bytes([0, 255] * 9 + [0]),
}


def solve(target, **budget):
    found = Solver(PAPER, Budget(**budget)).solve(target)
    assert runs_to(found.program, target)
    assert found.bits == PAPER.bits(found.program)
    return found


def test_more_nodes_never_cost_bits():
    fell = 0
    for target in SAMPLED[:16]:
        bits = [solve(target, nodes=nodes).bits for nodes in (1, 2, 5, 20, 100)]
        assert bits == sorted(bits, reverse=True)
        fell += bits[-1] < bits[0]
    assert fell > 3


def test_a_wider_search_goes_on_from_the_usual_one():
    more = 0
    for target in SAMPLED[:12]:
        usual, wide = solver(PAPER).solve(target), solver(PAPER, wider=1).solve(target)
        assert runs_to(wide.program, target)
        assert wide.bits <= usual.bits
        more += wide.nodes > 2 * usual.nodes
    assert more > 6


def test_no_more_nodes_are_used_than_there_are():
    for target in SAMPLED[:20]:
        assert solve(target, nodes=7).nodes <= 7


def test_a_search_ends_when_its_seconds_are_over():
    target = b"".join(SAMPLED)[:1024]
    solve(target, nodes=2)
    began = time.monotonic()
    solve(target, nodes=10**6, seconds=0.2)
    assert time.monotonic() - began < 3


def test_the_same_target_has_the_same_program():
    for target in SAMPLED[:8]:
        assert solve(target).program == solve(target).program


ELSEWHERE = """
import sys
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.synthesis.solver import Solver
for line in sys.stdin:
    print(Solver(PaperPrior()).solve(bytes.fromhex(line)).program, end="\\n\\n")
"""


def test_another_process_finds_the_same_programs():
    targets = SAMPLED[:8]
    lines = "".join(target.hex() + "\n" for target in targets)
    found = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input=lines, capture_output=True, text=True, check=True
    )
    texts = found.stdout.strip().split("\n\n")
    assert texts == [str(solve(target).program) for target in targets]


def test_an_earlier_search_leaves_no_trace():
    solver = Solver(PAPER)
    once = [solver.solve(target).program for target in SAMPLED[:8]]
    assert [solver.solve(target).program for target in reversed(SAMPLED[:8])] == once[::-1]


def test_nothing_is_a_literal_of_nothing():
    assert solve(b"").program == Program.literal(b"")


@pytest.mark.parametrize("name", EDGES)
def test_edges_have_programs_no_longer_than_their_literal(name):
    target = EDGES[name]
    assert solve(target).bits <= PAPER.bits(Program.literal(target))


@pytest.mark.parametrize(
    ("count", "lines"), [(25, "repeat_num"), (26, ""), (200, "repeat_num repeat_list")]
)
def test_equal_symbols_are_repeated(count, lines):
    found = solve(bytes([7] * count))
    assert found.bits < 60
    if lines:
        assert " ".join(found.program.operations) == lines


def test_all_values_are_one_range():
    assert solve(bytes(range(256))).program.operations == ("range_func_up",)


def test_noise_costs_no_more_than_its_literal():
    dice = random.Random(8)
    for size, times in ((3, 5), (17, 5), (64, 3), (200, 1)):
        for _ in range(times):
            target = dice.randbytes(size)
            assert solve(target).bits <= PAPER.bits(Program.literal(target))


def test_what_a_search_gets_wrong_is_never_returned(monkeypatch):
    wrong = Program.literal(bytes([1]))

    def run(self, target, effort):
        self.candidates.append(Candidate(1.0, wrong, Plan(target, len(target))))

    monkeypatch.setattr(Planner, "run", run)
    target = bytes([5, 5, 6])
    assert Solver(PaperPrior()).solve(target).program == Program.literal(target)


def test_more_than_255_largest_items_are_no_argument():
    mixed = random.Random(1).randbytes(300)
    target = mixed + bytes(sorted(mixed))
    for prior in (PaperPrior(), ExactPrior()):
        solution = Solver(prior, Budget(nodes=20)).solve(target)
        assert solution.program.run().as_bytes() == target
        assert solution.bits == prior.bits(solution.program)
