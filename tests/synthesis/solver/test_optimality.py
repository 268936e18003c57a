"""The solver against all programs of up to three lines over {0, 1, 2, 3}.

Some of each kind of best program, and all where there are few.
"""

import random

import pytest

from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.synthesis.solver import Solver
from tests.dsl.oracle import run
from tests.synthesis.solver.enumeration import cheapest


@pytest.fixture(scope="module")
def losses():
    """Sequence -> bits over the best of all programs, of some for which that is no literal."""
    solver = Solver(PaperPrior())
    kinds = {}
    for values, best in sorted(cheapest().items()):
        kinds.setdefault(best.kind, []).append(values)
    del kinds["set_list",]
    chosen = [values for some in kinds.values() for values in some[:: 1 + len(some) // 10]]
    return {values: solver.solve(bytes(values)).bits - cheapest()[values].bits for values in chosen}


def test_the_enumeration_holds_what_it_claims():
    best = cheapest()
    assert best[0, 1, 2, 3].kind == ("range_func_up",)
    assert best[1, 2, 0, 1, 2, 0, 1, 2].kind == ("repeat_num", "scan_add", "modulo_item_list")
    for values in random.Random(1).sample(sorted(best), 400):
        lines, bits = run(best[values].text)
        assert tuple(lines[-1]) == values and bits == pytest.approx(best[values].bits)
        assert PaperPrior().bits(Program.parse(best[values].text)) == pytest.approx(bits)


def test_the_best_program_of_up_to_three_lines_is_found(losses):
    assert len(losses) > 500
    for values, loss in losses.items():
        assert loss <= 1e-9, f"{values} is also\n{cheapest()[values].text}"


def test_a_literal_that_no_short_program_beats_costs_no_more():
    solver = Solver(PaperPrior())
    plain = sorted(v for v, best in cheapest().items() if best.kind == ("set_list",))
    for values in random.Random(2).sample(plain, 200):
        assert solver.solve(bytes(values)).bits <= cheapest()[values].bits + 1e-9
