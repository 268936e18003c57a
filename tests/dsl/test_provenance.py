import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.dsl import pairs
from codelength.dsl.program import Program
from codelength.dsl.provenance import Stretch, operands, provenance, stretches
from codelength.errors import ProgramError
from tests.dsl.programs import program_texts

MERGES = ("concatenate", "interleave")


def marked(program):
    """By an oracle: of each line, {(element, position)}, found by merging marks, not values."""
    execution = program.run()
    marks = []
    for line, name in enumerate(program.operations):
        own = [frozenset([(line, k)]) for k in range(len(execution.line(line)))]
        if name in MERGES:
            first, second = (marks[j] for j in operands(program, line))
            merged = [*first, *second]
            if name == "interleave":
                pairs_of = min(len(first), len(second))
                merged = [x for both in zip(first, second, strict=False) for x in both]
                merged += [*first[pairs_of:], *second[pairs_of:]]
            own = [here | below for here, below in zip(own, merged, strict=True)]
        marks.append(own)
    found = [set() for _ in marks]
    for position, origins in enumerate(marks[execution.result]):
        for line, element in origins:
            found[line].add((element, position))
    return found


def check(program):
    execution, went = program.run(), provenance(program)
    for line, (shown, wanted) in enumerate(zip(went.shown, marked(program), strict=True)):
        found = list(zip(shown.elements.tolist(), shown.positions.tolist(), strict=True))
        assert set(found) == wanted and len(found) == len(wanted)
        assert np.all(np.diff(shown.positions) > 0)
        values = execution.line(line)[shown.elements]
        assert np.array_equal(values, execution.output[shown.positions])
        for reader in went.readers[line]:
            assert line in operands(program, reader)
        merged = any(
            line in operands(program, j) and program.operations[j] in MERGES
            for j in range(program.lines - 1)
        )
        assert len(found) == 0 or merged or line == execution.result


@given(program_texts(most=9))
def test_positions_agree_with_marks_that_are_merged(text):
    program = Program.parse(text)
    try:
        program.run()
    except ProgramError as error:
        with pytest.raises(ProgramError) as caught:
            provenance(program)
        assert str(caught.value) == str(error)
        return
    check(program)


def test_positions_of_sampled_programs():
    for pair in pairs.sample(seed=17, count=200):
        check(pair.program)


PROGRAM = """sequence_1 = range_func_up(1, 3)
sequence_2 = repeat_num(5, 9)
sequence_3 = reverse_list(sequence_1)
sequence_4 = interleave(sequence_1, sequence_2)
sequence_5 = concatenate(sequence_4, sequence_3)
sequence_6 = concatenate(sequence_5, sequence_1)
sequence_7 = concatenate(sequence_2, sequence_2)
output = sequence_6"""


def test_a_line_can_stand_in_several_places_and_be_a_source():
    went = provenance(Program.parse(PROGRAM))  # 1 9 2 9 3 9 9 9 3 2 1 1 2 3
    assert [shown.positions.tolist() for shown in went.shown] == [
        [0, 2, 4, 11, 12, 13], [1, 3, 5, 6, 7], [8, 9, 10], [*range(8)], [*range(11)],
        [*range(14)], [],
    ]  # fmt: skip
    assert went.shown[0].elements.tolist() == [0, 1, 2, 0, 1, 2]
    assert went.readers == ((2,), (6,), (), (), (), (), ())


@given(st.sets(st.integers(0, 60)))
def test_stretches_are_the_positions(places):
    positions = np.array(sorted(places), dtype=np.int64)
    found = stretches(positions)
    assert positions.tolist() == [
        place for one in found for place in range(one.first, one.last + 1, one.step)
    ]


@pytest.mark.parametrize(("positions", "says"), [
    ([], ""), ([5], "5"), ([5, 6], "5..6"), ([5, 9], "5, 9"), ([0, 2, 4], "0..4 step 2"),
    ([0, 2, 4, 5, 6, 7], "0..4 step 2, 5..7"), ([0, 5, 6, 7, 8], "0, 5..8"),
])  # fmt: skip
def test_stretches_in_words(positions, says):
    found = stretches(np.array(positions, dtype=np.int64))
    assert ", ".join(map(str, found)) == says
    assert str(Stretch(1, 9, 4)) == "1..9 step 4"
