"""The language with `decode`: its programs run, its messages are read, the kind is found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codecs.extended import run
from codelength.codecs.registry import build_codec
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError

EXTENDED = build_codec("extended")
WITH_PROGRAMS = build_codec("extended:programs=solver")


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_messages_come_back_and_programs_run(target, public):
    given_ = Condition(len(target)) if public else NOTHING
    found = EXTENDED.message(target, given_)
    assert EXTENDED.decode(found.bits, given_) == target
    assert run(found.proposal.program) == target and found.proposal.correct
    assert found.proposal.bits == len(found.bits)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("text", b"In the year 1900 the population of the city was about"),
        ("dna", bytes([0, 1, 2, 3, 3, 0] * 20)),
    ],
)
def test_the_kind_is_found(kind, target):
    program = EXTENDED.message(target).proposal.program
    assert program.startswith(f'output = decode("{kind}", {len(target)}, "')


def test_an_ordinary_program_is_taken_where_it_is_shorter():
    target = bytes(range(0, 200, 2)) * 2
    found = WITH_PROGRAMS.message(target)
    assert "decode" not in found.proposal.program
    assert len(found.bits) < len(EXTENDED.encode(target))
    assert EXTENDED.decoder().decode(found.bits) == target  # the language is the same


@pytest.mark.parametrize(
    "program",
    [
        "",
        "output = 1",
        'output = decode("text", 3, "2")',
        f'output = decode("text", {"9" * 5000}, "1")',
    ],
)
def test_what_is_no_call_is_refused(program):
    with pytest.raises(InputError, match="expected output = decode"):
        run(program)
