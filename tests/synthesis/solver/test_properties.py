"""For any sequence and any prior: a right program, at the price that is promised."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codelength.dsl.priors import prior
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Budget, Solver
from tests.dsl.oracle import run
from tests.dsl.programs import program_texts

SOLVERS = {name: Solver(prior(name), Budget(60)) for name in ("paper", "exact", "fitted")}


def check(name, target):
    solver = SOLVERS[name]
    found = solver.solve(target)
    assert runs_to(found.program, target), f"{target!r}\n{found.program}"
    assert found.bits == solver.prior.bits(found.program)
    assert found.bits <= solver.prior.bits(Program.literal(target))
    return found


@pytest.mark.parametrize("name", SOLVERS)
@given(st.one_of(st.binary(max_size=80), st.lists(st.integers(0, 4), max_size=80).map(bytes)))
@settings(max_examples=40)
def test_any_bytes_have_a_right_program(name, target):
    check(name, target)


@pytest.mark.parametrize("name", SOLVERS)
@given(text=program_texts())
@settings(max_examples=50)
def test_what_a_program_outputs_has_a_right_program(name, text):
    try:
        target = Program.parse(text).run().as_bytes()
    except ProgramError:
        assume(False)
    assume(len(target) <= 300)
    check(name, target)


@given(st.lists(st.integers(0, 9), max_size=40).map(bytes))
@settings(max_examples=40)
def test_a_second_interpreter_agrees(target):
    found = check("paper", target)
    values, bits = run(str(found.program))
    assert bytes(values[-1] if values else []) == target
    assert found.bits == pytest.approx(bits)
