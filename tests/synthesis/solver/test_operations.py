"""Each of the 21 operations is found where a sequence needs it."""

import pytest

from codelength.dsl.operations import OPERATIONS
from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Solver

A = [31, 7, 211, 94, 5, 160, 77, 248, 130, 18, 59, 102, 189, 44, 226, 13]
B = [120, 9, 64, 33, 101, 2, 87, 55, 14, 76, 41, 110, 28, 93, 6, 69]
LITERAL, SECOND = f"set_list({A})", f"set_list({B})"
BESIDE = "concatenate(sequence_1, sequence_2)"
THREE = (BESIDE, "concatenate(sequence_4, sequence_3)")

NEEDED = {
    "range_func_up": ("range_func_up(20, 90)",),
    "range_func_interval": ("range_func_interval(20, 240, 7)",),
    "repeat_num": ("repeat_num(19, 77)",),
    "set_list": (LITERAL,),
    "repeat_list": (LITERAL, "repeat_list(5, sequence_1)"),
    "reverse_list": (LITERAL, "reverse_list(sequence_1)", BESIDE),
    "substitute": ("range_func_interval(20, 240, 7)", "substitute(sequence_1, 97, 3)"),
    "get_subsequence_with_jumps": (
        f"set_list({A + B[:15]})",
        "get_subsequence_with_jumps(sequence_1, 3)",
        BESIDE,
    ),
    "get_subsequence_between_indices": (
        "range_func_up(3, 40)",
        "substitute(sequence_1, 17, 66)",
        "get_subsequence_between_indices(sequence_2, 5, 25)",
        "concatenate(sequence_2, sequence_3)",
    ),
    "max_n": (LITERAL, "max_n(sequence_1, 11)", BESIDE),
    "min_n": (LITERAL, "min_n(sequence_1, 11)", BESIDE),
    "add_item_list": (SECOND, "add_item_list(sequence_1, 99)", BESIDE),
    "subtract_item_list": (
        f"set_list({[value + 99 for value in B]})",
        "subtract_item_list(sequence_1, 99)",
        BESIDE,
    ),
    "modulo_item_list": (LITERAL, "modulo_item_list(sequence_1, 23)", BESIDE),
    "filter": (LITERAL, "filter(is_odd, sequence_1)", BESIDE),
    "scan_add": (f"set_list({[value % 16 + 1 for value in A]})", "scan_add(sequence_1)", BESIDE),
    "add_two_lists": (
        SECOND,
        "range_func_up(60, 75)",
        "add_two_lists(sequence_1, sequence_2)",
        *THREE,
    ),
    "subtract_two_lists": (
        f"set_list({[value + 99 for value in B]})",
        "range_func_up(60, 75)",
        "subtract_two_lists(sequence_1, sequence_2)",
        *THREE,
    ),
    "modulo_two_lists": (
        LITERAL,
        "range_func_up(60, 75)",
        "modulo_two_lists(sequence_1, sequence_2)",
        *THREE,
    ),
    "concatenate": (LITERAL, "range_func_up(60, 99)", BESIDE),
    "interleave": (LITERAL, "range_func_up(60, 75)", "interleave(sequence_1, sequence_2)"),
}


def program(*calls):
    lines = [f"sequence_{number} = {call}" for number, call in enumerate(calls, 1)]
    return Program.parse("\n".join([*lines, f"output = sequence_{len(calls)}"]))


def test_there_is_a_sequence_for_each_operation():
    assert list(NEEDED) == [operation.name for operation in OPERATIONS]


@pytest.mark.parametrize("name", NEEDED)
def test_an_operation_is_found_where_it_is_needed(name):
    gold = program(*NEEDED[name])
    assert name in gold.operations
    target = gold.run().as_bytes()
    found = Solver(PaperPrior()).solve(target)
    assert runs_to(found.program, target)
    assert found.bits <= PaperPrior().bits(gold) + 1e-9, f"{target!r}\n{found.program}"
    assert name in found.program.operations or found.bits < PaperPrior().bits(gold)
