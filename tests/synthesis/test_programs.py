import pytest

from codelength import Bits
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build
from codelength.coding.bits import BitReader
from codelength.corpora.instances import Condition, Instance
from codelength.corpora.kt import kt_corpus
from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.dsl.program import Program
from codelength.errors import CannotEncode, MessageError
from codelength.synthesis.programs import ProgramCodec, ProgramEstimate, Synthesizer


class Fixed(Synthesizer):
    """Always proposes the same program."""

    name = "fixed"

    def __init__(self, program):
        self.program = program

    def propose(self, target):
        return self.program


LONG = "sequence_1 = repeat_num(25, 7)\nsequence_2 = repeat_list(8, sequence_1)"
PROGRAM = Program.parse(LONG + "\noutput = sequence_2")
TARGET = bytes([7]) * 200


def test_the_message_is_the_program():
    codec = ProgramCodec(Fixed(PROGRAM), ExactPrior())
    message = codec.message(TARGET)
    assert ExactPrior().read(BitReader.over(message.bits)) == PROGRAM
    assert codec.decode(message.bits) == TARGET
    assert message.proposal is not None and message.proposal.program == str(PROGRAM)


def test_a_wrong_program_is_no_message():
    with pytest.raises(CannotEncode, match="fixed has no program"):
        ProgramCodec(Fixed(PROGRAM), ExactPrior()).encode(TARGET + b"x")
    with pytest.raises(CannotEncode):
        ProgramCodec(Fixed(None), ExactPrior()).encode(TARGET)


def test_a_program_without_a_price_is_no_message():
    unpriced = Program.parse("sequence_1 = repeat_num(200, 7)\noutput = sequence_1")
    with pytest.raises(CannotEncode, match="no price"):
        ProgramCodec(Fixed(unpriced), ExactPrior()).encode(TARGET)


def test_a_program_of_another_length_than_the_condition_is_refused():
    codec = ProgramCodec(Fixed(PROGRAM), ExactPrior())
    with pytest.raises(MessageError, match="holds 200 symbols, not 128"):
        codec.decode(codec.encode(TARGET), Condition(128))


def test_both_ends_have_the_same_limits():
    tight = ProgramCodec(Fixed(PROGRAM), ExactPrior(), Limits(length=150))
    with pytest.raises(CannotEncode):
        tight.encode(TARGET)


def test_an_unreadable_gold_program_is_no_program():
    codec = build("gold").prepare([Instance("x", b"abc", gold="junk")])
    assert codec.message(b"abc").proposal.correct is False


def test_the_papers_formula():
    """(1 + |y|) / |x|: y is the program where it is right, also where it is longer than x."""
    estimate = ProgramEstimate(Fixed(PROGRAM), PaperPrior())
    assert estimate.estimate(TARGET).bits == 1 + PaperPrior().bits(PROGRAM)
    wrong = estimate.estimate(b"abc")
    assert wrong.bits == 1 + 24 and wrong.proposal is not None and not wrong.proposal.correct
    assert estimate.estimate(bytes(3), Condition(3, alphabet=8)).bits == 1 + 9
    costly = Program.literal(b"ab")
    assert ProgramEstimate(Fixed(costly), PaperPrior()).estimate(b"ab").bits > 17


def test_gold_needs_the_instances_and_its_decoder_does_not():
    instances = list(kt_corpus("synthetic", limit=40, seed=3))
    codec = build("gold")
    assert isinstance(codec, Codec)
    encoder = codec.prepare(instances)
    for instance in instances:
        message = encoder.message(instance.target, instance.given)
        assert message.proposal is not None and message.proposal.correct
        assert codec.decode(message.bits, instance.given) == instance.target


def test_gold_falls_back_where_there_is_no_program():
    codec = build("gold").prepare([Instance("x", b"abc")])
    assert isinstance(codec, Codec)
    message = codec.message(b"abc", Condition(3))
    assert message.bits == Bits("1") + Bits.from_bytes(b"abc")
    assert message.proposal is not None and not message.proposal.correct
