"""A program's text is a message, and running it decodes it."""

import pytest

from codelength.codecs.registry import build
from codelength.coding.bits import Bits
from codelength.corpora.instances import Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.sandbox import Limits
from codelength.synthesis.prompted.codec import PythonCodec

TARGETS = [b"", b"\0", bytes([7] * 40), bytes(range(50)), bytes([250, 3, 3, 3, 3, 9])]


def codec(name: str = "right", **options):
    extra = "".join(f",{key}={value}" for key, value in options.items())
    return build(f"program:model=scripted/{name}{extra}")


@pytest.mark.parametrize("prior", ["gzip", "xz", "python"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_program_comes_back_as_its_output(target, prior):
    made = codec("patterns", prior=prior)
    message = made.message(target)
    assert made.decode(message.bits) == target
    assert message.proposal is not None and message.proposal.correct
    assert message.proposal.note == "ok"


def test_runs_are_shorter_than_the_target():
    target = bytes([7] * 200 + [9] * 100)
    assert len(codec("patterns").encode(target)) < len(target)


def test_a_wrong_program_is_told_and_costs_the_target():
    target = bytes(range(40))
    message = codec("wrong").message(target, Condition(length=40))
    assert len(message.bits) == 1 + 8 * 40
    assert message.proposal is not None
    assert not message.proposal.correct
    assert "256" in message.proposal.program


def test_the_model_is_asked_for_a_batch_at_once(monkeypatch):
    made = codec("mixed", seconds=0.3)
    asked = []
    ask = type(made.primary.asker).ask
    monkeypatch.setattr(
        type(made.primary.asker),
        "ask",
        lambda self, some, price: asked.append(len(some)) or ask(self, some, price),
    )
    instances = [Instance(f"{k}", bytes([k, k, k])) for k in range(20)]
    prepared = made.prepare([*instances, instances[0]])
    for one in instances:
        assert prepared.decoder().decode(prepared.encode(one.target)) == one.target
    assert asked == [20]


def test_the_decoder_has_no_model():
    partial = codec().primary.decoder()
    assert isinstance(partial, PythonCodec)
    assert partial.asker is None
    with pytest.raises(CannotEncode, match="no model was asked"):
        partial.encode(b"a")


@pytest.mark.parametrize(
    "program", ["output = [300]", "output = 'a'", "1 / 0", "while True: pass", "x = 1"]
)
def test_a_message_whose_program_fails_is_refused(program):
    made = PythonCodec(build("python"), None, Limits(seconds=0.3))
    with pytest.raises(MessageError, match="the message's program ends with"):
        made.decode(made.text.encode(program.encode()))


def test_a_program_that_breaks_the_condition_is_refused():
    made = PythonCodec(build("python"), None, Limits())
    bits = made.text.encode(b"output = [9, 9]")
    with pytest.raises(MessageError, match="holds 2 symbols, not 3"):
        made.decode(bits, Condition(length=3))
    with pytest.raises(MessageError, match=r"outside 0\.\.7"):
        made.decode(bits, Condition(alphabet=8))


def test_damage_is_refused():
    made = codec()
    bits = made.encode(bytes(range(30)))
    with pytest.raises(MessageError):
        made.decode(bits[: len(bits) // 2])
    with pytest.raises(MessageError):
        made.decode(bits + Bits("1"))


def test_the_protocol_names_what_the_decoder_needs():
    one, other = codec(seconds=2).protocol(), codec(seconds=3).protocol()
    assert one != other
    assert codec("right").protocol() == codec("wrong").protocol()
    assert codec(prior="xz").protocol() != codec(prior="gzip").protocol()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("program", "a model is needed"),
        ("program:model=scripted/right,prompt=few", "prompt is one of zero-shot, cot"),
        ("program:model=scripted/right,prior=solver:prior=paper", "paper"),
        ("program:model=scripted/right,prior=gzip-paper", "is an estimate"),
        ("program:model=scripted/right,colour=red", "unknown option 'colour'"),
        ("program:model=scripted/right,seconds=0", "a number above 0"),
    ],
)
def test_bad_options_are_refused(spec, said):
    with pytest.raises(InputError, match=said):
        build(spec)
