"""Hand-made structures that the solver sees through: it pays no more than the program shown."""

import pytest

from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Solver

A = [61, 151, 139, 32, 95, 242, 159, 158, 58, 219, 70, 11, 203, 179]
B = [44, 12, 107, 99, 3, 71, 28, 85, 116, 52, 39, 90]
C = [18, 231, 77, 140, 5, 196, 66, 249, 113]
LITERAL = f"set_list({A})"

STRUCTURES = {
    "a reversed copy": (LITERAL, "reverse_list(1)", "concatenate(1, 2)"),
    "a palindrome of stripes": (LITERAL, "reverse_list(1)", "interleave(1, 2)"),
    "pairs": (LITERAL, "interleave(1, 1)"),
    "four copies": (LITERAL, "concatenate(1, 1)", "concatenate(2, 2)"),
    "copies beside a constant": (
        LITERAL,
        "concatenate(1, 1)",
        "repeat_num(25, 0)",
        "interleave(2, 3)",
    ),
    "up and down, three times": (
        "range_func_up(10, 20)",
        "reverse_list(1)",
        "concatenate(1, 2)",
        "repeat_list(3, 3)",
    ),
    "downward": ("range_func_interval(10, 200, 7)", "reverse_list(1)"),
    "steps and their sums": (
        "range_func_interval(1, 20, 2)",
        "scan_add(1)",
        "concatenate(1, 2)",
    ),
    "shifted copies": (
        f"set_list({B})",
        "add_item_list(1, 33)",
        "concatenate(1, 2)",
        "add_item_list(1, 77)",
        "concatenate(3, 4)",
    ),
    "a literal, remainders by steps": (
        f"set_list({A + C})",
        "range_func_up(5, 27)",
        "modulo_two_lists(1, 2)",
        "concatenate(1, 2)",
        "concatenate(4, 3)",
    ),
    "stripes of steps, one shorter": (
        "range_func_up(3, 40)",
        "range_func_interval(100, 130, 3)",
        "interleave(1, 2)",
    ),
    "stripes of steps, one longer": (
        "range_func_up(3, 12)",
        "range_func_interval(100, 200, 3)",
        "interleave(1, 2)",
    ),
    "three stripes": (
        "range_func_up(3, 40)",
        f"set_list({C})",
        "concatenate(1, 2)",
        "range_func_interval(100, 200, 3)",
        "interleave(3, 4)",
        LITERAL,
        "interleave(5, 6)",
        "repeat_num(20, 7)",
        "interleave(7, 8)",
    ),
    "a stripe that repeats": (
        f"set_list({A + C + [37]})",
        "set_list([3, 9, 200])",
        "repeat_list(8, 2)",
        "interleave(1, 3)",
    ),
    "a stripe from the other": (
        f"set_list({A})",
        "range_func_up(9, 30)",
        "concatenate(1, 2)",
        "interleave(3, 1)",
    ),
    "stripes, then a tail": (
        f"set_list({B})",
        "range_func_up(9, 20)",
        "interleave(1, 2)",
        f"set_list({C})",
        "concatenate(3, 4)",
        "repeat_num(20, 7)",
        "concatenate(5, 6)",
    ),
}


def program(calls):
    """Calls with references as plain numbers where the operation takes a sequence."""
    lines = []
    for number, call in enumerate(calls, 1):
        name, _, arguments = call.partition("(")
        parts = arguments.rstrip(")").split(", ")
        places = {"concatenate": (0, 1), "interleave": (0, 1), "modulo_two_lists": (0, 1),
                  "repeat_list": (1,), "reverse_list": (0,), "scan_add": (0,),
                  "add_item_list": (0,)}.get(name, ())  # fmt: skip
        shown = [f"sequence_{p}" if j in places else p for j, p in enumerate(parts)]
        lines.append(f"sequence_{number} = {name}({', '.join(shown)})")
    return Program.parse("\n".join([*lines, f"output = sequence_{len(calls)}"]))


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_is_seen(name):
    gold = program(STRUCTURES[name])
    target = gold.run().as_bytes()
    found = Solver(PaperPrior()).solve(target)
    assert runs_to(found.program, target)
    assert found.bits <= PaperPrior().bits(gold) + 1e-9, f"{target!r}\n{found.program}"
