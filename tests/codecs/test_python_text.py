"""The codec of Python texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codecs.python_text import PythonText, prime
from codelength.codecs.registry import build_codec
from codelength.coding.bits import Bits
from codelength.errors import CannotEncode, MessageError

PYTHON = PythonText()
PROGRAM = b"a = list(range(3, 12))\noutput = a + [7] * 9"


@settings(max_examples=50)
@given(st.text(max_size=80).filter(lambda text: "\0" not in text))
def test_a_text_comes_back(text):
    assert PYTHON.decode(PYTHON.encode(text.encode())) == text.encode()


def test_a_message_knows_its_end():
    bits = PYTHON.encode(PROGRAM)
    with pytest.raises(MessageError, match="left over"):
        PYTHON.decode(bits + Bits("1"))


def test_programs_take_a_quarter_of_what_gzip_takes():
    assert 4 * len(PYTHON.encode(PROGRAM)) < len(build_codec("gzip").encode(PROGRAM))


def test_a_nul_cannot_be_sent_but_falls_back():
    with pytest.raises(CannotEncode, match="NUL"):
        PYTHON.encode(b"a\0b")
    fallback = build_codec("python:fallback=raw")
    assert fallback.decode(fallback.encode(b"a\0b")) == b"a\0b"


def test_the_prime_is_programs():
    programs = prime().split(b"\0")
    assert programs.pop() == b""
    assert len(programs) == 200
    for program in programs[:20]:
        namespace: dict[str, object] = {}
        exec(program, namespace)
        assert isinstance(namespace["output"], list)


def test_the_protocol_has_the_primes_hash():
    assert len(str(PYTHON.protocol()["prime"])) == 64
