import pytest

from codelength.codecs.combinators import Fallback
from codelength.codecs.protocol import Estimator
from codelength.codecs.registry import BUILT_IN, build, build_codec, split_specs
from codelength.errors import InputError
from tests import tiny_llama


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        ("gzip", ["gzip"]),
        ("gzip,xz", ["gzip", "xz"]),
        ("gold:prior=paper,raw", ["gold:prior=paper", "raw"]),
        ("solver:prior=paper,budget=5000,gzip", ["solver:prior=paper,budget=5000", "gzip"]),
        ("a:m=openai/x,k=1,b:p=2", ["a:m=openai/x,k=1", "b:p=2"]),
        ("a:m=hf:org/name,b", ["a:m=hf:org/name", "b"]),
    ],
)
def test_a_piece_with_an_equals_sign_continues_the_codec_before_it(text, specs):
    assert split_specs(text) == specs


NEEDING = {
    "program": "program:model=scripted/right",
    "agentic": "agentic:experiment=reversed-text,condition=A1,model=gzip",
    "primed": "primed:kind=text",
    "lmic": "lmic:model={llama}",
    "lmic-estimate": "lmic-estimate:model={llama}",
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_name_builds(name, tmp_path):
    if name.startswith("lmic"):
        pytest.importorskip("transformers", reason="pip install 'codelength[lm]'")
        tiny_llama.save(tmp_path)
    built = build(NEEDING.get(name, name).format(llama=tmp_path))
    assert built.protocol()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing", "unknown codec 'nothing'; there are .*gzip"),
        ("gzip:levle=3", "unknown option .levle.; there are: level, fallback"),
        ("gzip:level=11", "level is an integer in 0..9, not 11"),
        ("gzip:level=x", "level is an integer"),
        ("gold:prior=best", "prior is one of exact, paper, fitted, not best"),
        ("gzip:level", "'level' is not key=value"),
        ("gzip:level=1,level=2", "level stands twice"),
        (":level=1", "expected NAME"),
        ("", "expected NAME"),
        ("raw:x=1", "there are: none"),
    ],
)
def test_bad_specs_say_what_there_is(text, says):
    with pytest.raises(InputError, match=says):
        build(text)


def test_estimators_have_no_messages():
    assert isinstance(build("gzip-paper"), Estimator)
    with pytest.raises(InputError, match="no message to write"):
        build_codec("gzip-paper")


def test_a_factory_that_cannot_be_loaded_is_named(monkeypatch):
    for value in ("no.such.module:build", "codelength.errors:build"):
        monkeypatch.setitem(BUILT_IN, "broken", value)
        with pytest.raises(InputError, match="the codec broken cannot be loaded"):
            build("broken")


def test_fallback_is_an_option_of_the_standard_codecs():
    assert isinstance(build("gzip:fallback=raw"), Fallback)
