"""Small changes of programs: what makes a sequence, and that exact prices decide."""

import random
from collections import Counter

import numpy as np
import pytest

from codelength.dsl import pairs
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import OUTPUT
from codelength.dsl.priors import prior
from codelength.dsl.program import Program
from codelength.synthesis.solver.polishing.brief import brief_programs
from codelength.synthesis.solver.polishing.chain import Workshop
from codelength.synthesis.solver.polishing.makers import alone, from_one, near, of_two
from codelength.synthesis.solver.polishing.moves import MOVES
from codelength.synthesis.solver.polishing.polish import Polisher

PAIRS = list(pairs.sample(71, 60))


def ran(*lines):
    """What the last of some lines makes."""
    words = [int(word) for line in lines for word in line]
    program = Program(np.array([*words, int(OUTPUT), len(lines) - 1], dtype=np.int64))
    return tuple(program.run().output.tolist())


def some_values(rng):
    """A short list, often with repeats or a constant step."""
    size = rng.randrange(1, 9)
    first, step = rng.randrange(40), rng.randrange(3)
    if rng.random() < 0.4:
        return tuple(first + step * k for k in range(size))
    return tuple(rng.randrange(6) for _ in range(size))


def test_lines_make_what_they_say():
    rng, seen = random.Random(1), set()
    for _ in range(4000):
        source = some_values(rng)
        literal = (3, len(source), *source)
        for line in alone(source):
            assert ran(line) == source
        target = some_values(rng)
        if rng.random() < 0.8:  # one that an operation makes
            target = rng.choice(
                [source[::-1], source * 3, source[::2], source[1:], tuple(sorted(source)[:3]),
                 tuple(v + 3 for v in source), tuple(v % 2 for v in source),
                 tuple(7 if v == source[0] else v for v in source),
                 tuple(v for v in source if v % 2)]
            )  # fmt: skip
        for line in from_one(target, source, 0):
            seen.add(line[0])
            assert ran(literal, line) == target
        for hidden, (operation, *rest) in near(source):
            assert ran((3, len(hidden), *hidden), (operation, 0, *rest)) == source
        for values, line in of_two(source, source, 0, 0):
            if len(values) == len(source):
                assert ran(literal, line) == values
    assert len(seen) >= 9


def test_brief_programs_output_their_target():
    rng = random.Random(2)
    for _ in range(30):
        target = some_values(rng)
        programs = list(brief_programs(target))
        assert programs or len(target) == 1
        for program in programs:
            assert tuple(program.run().output.tolist()) == target


def test_moves_change_how_it_is_made_and_not_what():
    shop, tried = Workshop(canonical=True), Counter()
    for pair in PAIRS:
        chain = shop.chain_of(pair.program, Limits())
        target = pair.program.run().output.tolist()
        assert shop.program_of(chain).run().output.tolist() == target
        for move, _ in MOVES if not chain.streams else ():
            for changed in move(shop, chain):
                tried[move.__name__] += 1
                assert shop.program_of(changed).run().output.tolist() == target
    assert set(tried) == {move.__name__ for move, _ in MOVES} - {"joins"}


def test_streams_are_joined_elsewhere():
    program = Program.parse(
        """sequence_1 = range_func_up(3, 9)
sequence_2 = repeat_num(2, 80)
sequence_3 = range_func_up(20, 29)
sequence_4 = interleave(sequence_1, sequence_2)
sequence_5 = concatenate(sequence_4, sequence_3)
output = sequence_5"""
    )
    shop = Workshop(canonical=False)
    chain = shop.chain_of(program, Limits())
    (later,) = MOVES[0][0](shop, chain)
    assert later.streams == ((chain.streams[0][0], 2),)
    assert shop.program_of(later).run().as_bytes() == program.run().as_bytes()


def test_a_border_moves_to_where_it_belongs():
    rest = [13, 124, 128, 251, 167]
    values = f"[{', '.join(map(str, rest))}]"
    program = Program.parse(
        f"""sequence_1 = range_func_up(133, 151)
sequence_2 = set_list({values})
sequence_3 = get_subsequence_between_indices(sequence_1, 0, 18)
sequence_4 = repeat_list(3, sequence_3)
sequence_5 = concatenate(sequence_1, sequence_2)
sequence_6 = concatenate(sequence_5, sequence_4)
output = sequence_6"""
    )
    fitted = prior("fitted")
    polisher = Polisher(fitted, program.run().as_bytes(), Limits(), canonical=True)
    better = polisher.polished(program, trials=400)
    assert "range_func_up(133, 150)" in str(better) and "[151, 13, 124" in str(better)
    assert fitted.bits(better) < fitted.bits(program) - 10
    assert better.run().as_bytes() == program.run().as_bytes()


@pytest.mark.parametrize("name", ["paper", "exact", "fitted"])
def test_polish_never_costs(name):
    chosen = prior(name)
    for pair in PAIRS[:30]:
        target = pair.program.run().as_bytes()
        polisher = Polisher(chosen, target, Limits(), canonical=name == "fitted")
        better = polisher.polished(pair.program, trials=60)
        assert better.run().as_bytes() == target
        assert chosen.bits(better) <= chosen.bits(pair.program)


def test_the_fitted_prior_tells_what_the_sampler_could_not_have_written():
    fitted = prior("fitted")
    assert sum(fitted.irregular(pair.program) for pair in PAIRS) == 0
    late = Program.parse(
        """sequence_1 = range_func_up(3, 9)
sequence_2 = reverse_list(sequence_1)
sequence_3 = repeat_num(7, 80)
sequence_4 = concatenate(sequence_1, sequence_3)
sequence_5 = concatenate(sequence_4, sequence_2)
output = sequence_5"""
    )
    assert fitted.irregular(late) > 0
