import gzip

import pytest

from codelength.dsl import batch, pairs
from codelength.dsl.priors import PRIORS, ExactPrior, prior
from codelength.dsl.priors.gzip import GzipPrior, joint_bits
from codelength.dsl.priors.text import TextPrior
from codelength.dsl.program import Program
from codelength.errors import InputError, ProgramError

TEXT = "sequence_1 = range_func_up(0, 9)\noutput = sequence_1"
OUTSIDE = "sequence_1 = range_func_up(0, 256)\noutput = sequence_1"


def test_text_costs_its_bytes_and_gzip_its_file():
    program = Program.parse(TEXT + " # [0, 1]")
    assert TextPrior().bits(program) == 8 * len(TEXT)
    assert GzipPrior().bits(program) == 8 * len(gzip.compress(TEXT.encode(), 9, mtime=0))


def test_one_gzip_of_many_programs_is_smaller_than_one_each():
    programs = [pair.program for pair in pairs.sample(2, 50)]
    assert joint_bits(programs) < 0.7 * sum(GzipPrior().bits(program) for program in programs)


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_is_found_by_its_name_and_refuses_what_is_outside_the_domain(name):
    found = prior(name)
    assert found.name == name
    assert found.bits(Program.parse(TEXT)) > 15
    with pytest.raises(ProgramError, match="argument 2 is 256, outside the domain"):
        found.bits(Program.parse(OUTSIDE))


def test_an_unknown_prior_is_refused():
    with pytest.raises(InputError, match="no prior is called 'x'; there are paper, exact, fitted"):
        prior("x")


def test_prices_one_by_one_name_the_first_program_without_one():
    words, ends = batch.parse_many([TEXT, OUTSIDE, OUTSIDE])
    with pytest.raises(batch.ProgramFailure, match="program 2: line 1, range_func_up") as caught:
        batch.price_by(ExactPrior(), words, ends)
    assert caught.value.place == 1
    words, ends = batch.parse_many([TEXT, TEXT])
    assert batch.price_by(ExactPrior(), words, ends) == batch.price(words, ends).exact.tolist()
