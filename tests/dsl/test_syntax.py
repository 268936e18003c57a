import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.dsl.program import Program
from codelength.errors import ProgramError
from tests.dsl.programs import program_texts


@given(program_texts(wild=True))
def test_printing_gives_the_text_back(text):
    assert str(Program.parse(text)) == text


@given(program_texts())
def test_execution_feedback_is_printed_and_skipped(text):
    program = Program.parse(text)
    try:
        fed = program.with_feedback()
    except ProgramError:
        return
    assert Program.parse(fed) == program
    values = program.run()
    for line, shown in enumerate(fed.split("\n")[:-1]):
        assert shown.endswith(f" # {values.line(line).tolist()}")
    assert fed.endswith(f" # {values.output.tolist()}")


def test_feedback_looks_as_in_the_paper():
    program = Program.parse("sequence_1 = repeat_num(2, 80)\noutput = sequence_1")
    assert program.with_feedback() == (
        "sequence_1 = repeat_num(2, 80) # [80, 80]\noutput = sequence_1 # [80, 80]"
    )


def test_blanks_empty_lines_and_line_ends_do_not_matter():
    loose = "\n\n  sequence_1=set_list( [1,2 , 3 ] )\r\n# a comment\n\toutput =  sequence_1\r\n\n"
    assert str(Program.parse(loose)) == "sequence_1 = set_list([1, 2, 3])\noutput = sequence_1"


FIRST = "sequence_1 = repeat_num(3, 4)\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sequence_1 = foo(1)\noutput = sequence_1", "line 1: unknown operation.* at 'foo"),
        ("sequence_1 = set_list([1, 2.5])", "line 1: not an integer; write plain digits, at '2.5"),
        ("sequence_1 = set_list([1, x])", "line 1: not an integer; write plain digits, at 'x"),
        ("sequence_1 = set_list([1, 2)", "expected ']'"),
        ("sequence_1 = set_list(1)", r"expected '\['"),
        ("sequence_1 = repeat_num(3, True)", "not an integer; write plain digits, at 'True"),
        ("sequence_1 = repeat_num(3)", "expected ','"),
        ("sequence_1 = repeat_num(3, 4, 5)", r"expected '\)'"),
        ("sequence_1 = repeat_num(3, 99999999999999999999)", "beyond 2\\^60"),
        ("sequence_1 = repeat_num(3, 10672540060931029455912042501)", "beyond 2\\^60"),
        (f"sequence_1 = repeat_num(3, -{2**60 + 1})", "beyond 2\\^60"),
        (FIRST + "output = sequence_10305985731779550641228087297", "line 2: not a reference"),
        ("\ud800", "line 1: a line starts with"),
        (FIRST + "output = sequence_2", "line 2: not a reference .* at 'sequence_2"),
        (FIRST + "output = sequence_0", "line 2: not a reference"),
        (FIRST + "output = sequence_01", "line 2: not a reference"),
        (FIRST + "output = 1", "line 2: not a reference"),
        (FIRST + "sequence_2 = reverse_list(sequence_2)", "line 2: not a reference"),
        (FIRST + "sequence_3 = reverse_list(sequence_1)", "line 2: lines are numbered"),
        (FIRST + "sequence_2 = filter(is_prime, sequence_1)", "unknown predicate; there are is_ev"),
        (FIRST + "output = sequence_1\nsequence_2 = scan_add(sequence_1)", "line 3: nothing may"),
        (FIRST + "output = sequence_1 x", "line 2: expected the end of the line, at 'x"),
        (FIRST, "has no last line 'output = sequence_k'"),
        ("", "has no last line"),
        ("x = 1", "line 1: a line starts with 'sequence_k ='"),
        ("output", "line 1: expected '='"),
        ("import os", "line 1: a line starts with"),
    ],
)
def test_errors_name_line_place_and_cause(text, says):
    with pytest.raises(ProgramError, match=says):
        Program.parse(text)


@given(program_texts(), st.data())
def test_damaged_texts_parse_or_raise_a_program_error(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    piece = data.draw(st.text("sequnc_=(),[] 0129-\n#é\0", max_size=4))
    damaged = text[:place] + piece + text[place + data.draw(st.integers(0, 3)) :]
    try:
        program = Program.parse(damaged)
    except ProgramError as error:
        assert str(error)
    else:
        assert Program.parse(str(program)) == program
