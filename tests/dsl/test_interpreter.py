import pytest
from hypothesis import given, settings

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import LARGEST_VALUE
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from tests.dsl import oracle
from tests.dsl.programs import program_texts


@given(program_texts(wild=True))
@settings(max_examples=600)
def test_every_line_is_what_plain_python_makes_of_it(text):
    program = Program.parse(text)
    try:
        expected, _ = oracle.run(text)
    except ZeroDivisionError:
        with pytest.raises(ProgramError, match="modulo by zero"):
            program.run()
        return
    execution = program.run()
    found = [execution.line(j).tolist() for j in range(program.lines - 1)]
    assert [*found, execution.output.tolist()] == expected


def run(*calls, limits=None):
    lines = [f"sequence_{j} = {call}" for j, call in enumerate(calls, 1)]
    return Program.parse("\n".join([*lines, f"output = sequence_{len(calls)}"])).run(limits)


@pytest.mark.parametrize(
    ("calls", "output"),
    [
        (["range_func_up(3, 6)"], [3, 4, 5, 6]),
        (["range_func_interval(3, 9, 2)"], [3, 5, 7]),
        (["set_list([5, 1, 5])", "max_n(sequence_1, 2)"], [5, 5]),
        (["set_list([5, 1, 5])", "min_n(sequence_1, 2)"], [1, 5]),
        (["set_list([5, 1])", "max_n(sequence_1, 9)"], [5, 1]),
        (["range_func_up(0, 6)", "get_subsequence_with_jumps(sequence_1, 3)"], [0, 3, 6]),
        (["range_func_up(0, 6)", "get_subsequence_between_indices(sequence_1, 2, 4)"], [2, 3]),
        (["set_list([1])", "set_list([7, 8])", "interleave(sequence_1, sequence_2)"], [1, 7, 8]),
        (["set_list([7, 8])", "set_list([3, 0])", "modulo_two_lists(sequence_1, sequence_2)"], [1]),
        (["set_list([-3])", "modulo_item_list(sequence_1, 8)"], [5]),
    ],
)  # fmt: skip
def test_operations_by_example(calls, output):
    assert run(*calls).output.tolist() == output


def test_a_ten_million_element_chain_is_stopped():
    calls = ["repeat_num(25, 1)"] + [f"repeat_list(8, sequence_{j})" for j in range(1, 8)]
    with pytest.raises(ProgramError, match=r"line 7, repeat_list: .*1048576 elements; use"):
        run(*calls)


def test_huge_counts_are_stopped_before_memory_is_taken():
    for call in (
        f"repeat_num({1 << 60}, 1)",
        f"range_func_up(-{1 << 60}, {1 << 60})",
        f"range_func_interval(-{1 << 60}, {1 << 60}, 1)",
    ):
        with pytest.raises(ProgramError, match="longer than the limit"):
            run(call)
    with pytest.raises(ProgramError, match="longer than the limit"):
        run("repeat_num(9, 1)", f"repeat_list({1 << 60}, sequence_1)")


def test_the_sum_over_all_lines_is_limited():
    calls = ["repeat_num(25, 1)"] * 9
    program = Program.parse(
        "\n".join(f"sequence_{j} = {call}" for j, call in enumerate(calls, 1))
        + "\noutput = sequence_1"
    )
    with pytest.raises(ProgramError, match=r"line 4, repeat_num.*limit of 100; shorten it"):
        program.run(Limits(steps=100))


def test_work_that_leaves_nothing_behind_is_limited_too():
    grow = ["range_func_interval(0, 256, 1)"] + [f"repeat_list(8, sequence_{j})" for j in (1, 2, 3)]
    with pytest.raises(ProgramError, match="works on more elements than the limit"):
        run(*grow, *["min_n(sequence_4, 0)"] * 100)
    with pytest.raises(ProgramError, match="works on more elements than the limit"):
        run("set_list([])", *["scan_add(sequence_1)"] * 60, limits=Limits(steps=50))


def test_values_may_leave_the_bytes_but_not_run_away():
    assert run("set_list([255])", "add_item_list(sequence_1, 255)").output.tolist() == [510]
    grow = ["repeat_num(25, 255)"] + [f"scan_add(sequence_{j})" for j in range(1, 60)]
    with pytest.raises(ProgramError, match=r"a value leaves -2\^61\.\.2\^61"):
        run(*grow)
    assert LARGEST_VALUE == 2**61


@pytest.mark.parametrize(
    "call",
    [
        "get_subsequence_with_jumps(sequence_1, 0)",
        "max_n(sequence_1, -1)",
        "min_n(sequence_1, -1)",
    ],
)
def test_undefined_arguments_are_named(call):
    with pytest.raises(ProgramError, match=r"line 2, .*not defined"):
        run("repeat_num(3, 4)", call)


def test_an_output_outside_the_bytes_says_where():
    with pytest.raises(ProgramError, match="value 256 at position 1"):
        run("set_list([255, 256])").as_bytes()


def test_long_sequences_run():
    calls = ["range_func_up(0, 255)"] + [f"repeat_list(8, sequence_{j})" for j in range(1, 4)]
    assert run(*calls).as_bytes() == bytes(range(256)) * 512
