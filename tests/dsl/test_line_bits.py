import pytest
from hypothesis import given, settings

from codelength.dsl import pairs
from codelength.dsl.priors import prior
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from tests.dsl.programs import program_texts
from tests.dsl.test_priors import VECTORS

PRIORS = [prior(name) for name in ("paper", "exact", "fitted")]


def check(one, program):
    """Every line has its bits, none less than nothing, and they sum to the price."""
    found = one.line_bits(program)
    assert found.shape == (program.lines,) and found.min() >= 0
    assert found.sum() == pytest.approx(one.bits(program), rel=1e-9)


@pytest.mark.parametrize("one", PRIORS, ids=lambda one: one.name)
@given(program_texts(most=9))
@settings(max_examples=150)
def test_lines_sum_to_the_price_of_any_program(one, text):
    program = Program.parse(text)
    try:
        one.bits(program)
    except ProgramError as error:
        with pytest.raises(ProgramError) as caught:
            one.line_bits(program)
        assert str(caught.value) == str(error)
        return
    check(one, program)


@pytest.mark.parametrize("one", PRIORS, ids=lambda one: one.name)
def test_lines_sum_to_the_price_of_sampled_programs(one):
    for pair in pairs.sample(seed=31, count=300):
        check(one, pair.program)


@pytest.mark.parametrize("one", PRIORS, ids=lambda one: one.name)
@pytest.mark.parametrize("length", [0, 1, 30, 31, 32, 33, 34, 100, 5000])
def test_lists_of_any_length_belong_to_their_line(one, length):
    check(one, Program.literal(bytes(length)))


def test_the_lines_of_a_known_program():
    program = Program.parse(VECTORS[0][0])
    assert PRIORS[0].line_bits(program) == pytest.approx([20.643856, 4.643856])
    assert PRIORS[1].line_bits(program) == pytest.approx([18.0, 4.459432])


@pytest.mark.parametrize("name", ["text", "gzip"])
def test_a_price_of_whole_programs_has_no_lines(name):
    with pytest.raises(ProgramError, match=f"the {name} prior prices whole programs"):
        prior(name).line_bits(Program.parse(VECTORS[0][0]))
