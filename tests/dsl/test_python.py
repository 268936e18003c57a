"""Programs of KT's language written as Python do the same."""

import pytest

from codelength.dsl import pairs
from codelength.dsl.program import Program
from codelength.dsl.python import as_python
from codelength.sandbox import sandbox

EACH = [
    "sequence_2 = range_func_up(0, 9)",
    "sequence_2 = range_func_up(200, 255)",
    "sequence_2 = range_func_interval(40, 57, 4)",
    "sequence_2 = repeat_num(7, 80)",
    "sequence_2 = set_list([])",
    "sequence_2 = repeat_list(3, sequence_1)",
    "sequence_2 = reverse_list(sequence_1)",
    "sequence_2 = substitute(sequence_1, 5, 250)",
    "sequence_2 = get_subsequence_with_jumps(sequence_1, 2)",
    "sequence_2 = get_subsequence_between_indices(sequence_1, 1, 4)",
    "sequence_2 = max_n(sequence_1, 3)",
    "sequence_2 = min_n(sequence_1, 3)",
    "sequence_2 = add_item_list(sequence_1, 3)",
    "sequence_2 = subtract_item_list(sequence_1, 2)",
    "sequence_2 = modulo_item_list(sequence_1, 3)",
    "sequence_2 = filter(is_even, sequence_1)",
    "sequence_2 = filter(is_odd, sequence_1)",
    "sequence_2 = filter(is_not_zero, sequence_1)",
    "sequence_2 = scan_add(sequence_1)",
    "sequence_2 = add_two_lists(sequence_1, sequence_1)",
    "sequence_2 = subtract_two_lists(sequence_1, sequence_1)",
    "sequence_2 = modulo_two_lists(sequence_1, sequence_1)",
    "sequence_2 = concatenate(sequence_1, sequence_1)",
    "sequence_2 = interleave(sequence_1, sequence_1)",
]


def agrees(program: Program, inline: bool) -> bool:
    return sandbox("jail").check(as_python(program, inline), program.run().output.tolist()).right


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("line", EACH)
def test_every_operation_is_the_same_in_python(line, inline):
    text = f"sequence_1 = set_list([5, 0, 9, 4, 5, 7])\n{line}\noutput = sequence_2"
    assert agrees(Program.parse(text), inline)


@pytest.mark.parametrize("inline", [True, False])
def test_sampled_programs_are_the_same_in_python(inline):
    for pair in pairs.sample(77, 60):
        assert agrees(pair.program, inline)


def test_what_is_used_once_is_written_in_place():
    program = Program.parse(
        "sequence_1 = range_func_up(0, 3)\nsequence_2 = repeat_num(2, 9)\n"
        "sequence_3 = concatenate(sequence_1, sequence_2)\noutput = sequence_3"
    )
    assert as_python(program) == "output = list(range(4)) + [9] * 2"
    assert as_python(program, inline=False) == ("a = list(range(4))\nb = [9] * 2\noutput = a + b")
