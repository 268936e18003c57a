"""The solver against all programs of up to three lines over {0, 1, 2, 3}.

What it misses is listed: it looks for parts of at least four symbols and for sources that the
output shows, and tiny programs are full of shorter and of hidden ones.
"""

import random
from collections import Counter

import pytest

from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.synthesis.solver import Solver
from tests.dsl.oracle import run
from tests.synthesis.solver.enumeration import cheapest

MOST_MISSED = 620
MOST_LOST = 4090
"""How many of the sampled sequences are missed today, and by how many bits; may only fall."""

FOUND = """
range_func_up
repeat_num
repeat_num repeat_num concatenate
repeat_num set_list concatenate
set_list repeat_num concatenate
repeat_num range_func_up concatenate
range_func_up repeat_num concatenate
range_func_up range_func_up concatenate
range_func_up set_list concatenate
set_list range_func_up concatenate
repeat_num set_list interleave
range_func_up range_func_up interleave
range_func_up set_list interleave
range_func_up interleave
range_func_up add_item_list concatenate
range_func_up add_item_list interleave
range_func_up reverse_list interleave
range_func_up substitute interleave
range_func_up modulo_item_list interleave
range_func_up repeat_list interleave
range_func_up concatenate substitute
range_func_up interleave substitute
repeat_num scan_add interleave
set_list add_item_list interleave
set_list modulo_item_list interleave
set_list reverse_list concatenate
set_list reverse_list interleave
set_list repeat_list interleave
set_list min_n interleave
set_list max_n interleave
"""
"""Kinds of best programs, by their operations, of which no sequence is missed."""
KINDS = {tuple(line.split()) for line in FOUND.strip().split("\n")}


@pytest.fixture(scope="module")
def losses():
    """Sequence -> bits over the best of all programs, of some for which that is no literal."""
    solver = Solver(PaperPrior())
    kinds = {}
    for values, best in sorted(cheapest().items()):
        kinds.setdefault(best.kind, []).append(values)
    del kinds["set_list",]
    chosen = [values for some in kinds.values() for values in some[:: 1 + len(some) // 30]]
    return {values: solver.solve(bytes(values)).bits - cheapest()[values].bits for values in chosen}


def test_the_enumeration_holds_what_it_claims():
    best = cheapest()
    assert best[0, 1, 2, 3].kind == ("range_func_up",)
    assert best[1, 2, 0, 1, 2, 0, 1, 2].kind == ("repeat_num", "scan_add", "modulo_item_list")
    for values in random.Random(1).sample(sorted(best), 400):
        lines, bits = run(best[values].text)
        assert tuple(lines[-1]) == values and bits == pytest.approx(best[values].bits)
        assert PaperPrior().bits(Program.parse(best[values].text)) == pytest.approx(bits)


def test_the_best_program_is_found_where_it_is_of_these_kinds(losses):
    seen = Counter()
    for values, loss in losses.items():
        best = cheapest()[values]
        if best.kind in KINDS:
            seen[best.kind] += 1
            assert loss <= 1e-9, f"{values} is also\n{best.text}"
    assert set(seen) == KINDS and seen.total() > 300


def test_no_more_is_missed_than_is_known(losses):
    missed = [loss for loss in losses.values() if loss > 1e-9]
    assert len(losses) > 1000
    assert len(missed) <= MOST_MISSED and sum(missed) <= MOST_LOST


def test_a_literal_that_no_short_program_beats_costs_no_more():
    solver = Solver(PaperPrior())
    plain = sorted(v for v, best in cheapest().items() if best.kind == ("set_list",))
    for values in random.Random(2).sample(plain, 200):
        assert solver.solve(bytes(values)).bits <= cheapest()[values].bits + 1e-9
