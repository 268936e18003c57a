import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding.bits import BitReader, BitWriter
from codelength.dsl import batch, pairs
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.dsl.program import Program
from codelength.errors import MessageError, ProgramError
from tests.dsl import oracle
from tests.dsl.programs import program_texts

EXACT, PAPER = ExactPrior(), PaperPrior()

VECTORS = [
    ("sequence_1 = range_func_up(0, 9)\noutput = sequence_1", 25.287712),
    (
        "sequence_1 = set_list([1, 2, 3, 4, 5])\nsequence_2 = repeat_num(7, 80)\n"
        "sequence_3 = concatenate(sequence_1, sequence_2)\noutput = sequence_3",
        74.067278,
    ),
    (
        "sequence_1 = range_func_interval(40, 57, 4)\nsequence_2 = filter(is_even, sequence_1)\n"
        "sequence_3 = get_subsequence_between_indices(sequence_1, 0, 3)\n"
        "sequence_4 = interleave(sequence_2, sequence_3)\noutput = sequence_4",
        64.804243,
    ),
]


@pytest.mark.parametrize(("text", "bits"), VECTORS)
def test_the_papers_cost_of_the_test_vectors(text, bits):
    assert PAPER.bits(Program.parse(text)) == pytest.approx(bits, abs=5e-7)


@given(program_texts())
@settings(max_examples=500)
def test_the_papers_cost_is_the_oracles(text):
    program = Program.parse(text)
    try:
        cost = PAPER.bits(program)
    except ProgramError:
        return
    assert cost == pytest.approx(oracle.run(text)[1], abs=1e-9)


@given(st.lists(program_texts(), max_size=4), st.text("01", max_size=9))
def test_programs_back_to_back_decode_without_framing(texts, behind):
    programs = []
    for text in texts:
        program = Program.parse(text)
        try:
            EXACT.bits(program)
        except ProgramError:
            continue
        programs.append(program)
    writer = BitWriter()
    for program in programs:
        bits = EXACT.encode(program)
        assert EXACT.bits(program) <= len(bits) + 1e-9 <= math.ceil(EXACT.bits(program)) + 1 + 1e-9
        writer.append(bits)
    writer.append(Bits(behind))
    reader = BitReader.over(writer.bits())
    assert [EXACT.read(reader) for _ in programs] == programs
    assert reader.left == len(behind)


@pytest.mark.parametrize("length", [0, 1, 30, 31, 32, 63, 100, 5000])
def test_lists_of_any_length_have_a_price_and_a_message(length):
    program = Program.literal(bytes(j % 256 for j in range(length)))
    assert EXACT.read(BitReader.over(EXACT.encode(program))) == program
    over = 0 if length <= 30 else 2 * math.floor(math.log2(length - 30)) + 1
    expected = 2 + 5 + over + 8 * length + math.log2(22)
    assert EXACT.bits(program) == pytest.approx(expected)


def test_the_exact_price_by_hand():
    program = Program.parse(VECTORS[2][0])
    first = math.log2(4) + 8 + math.log2(257) + 3
    second = math.log2(22) + math.log2(3) + math.log2(1)
    third = math.log2(22) + math.log2(2) + 2 * math.log2(6)  # line 1 has 5 values
    fourth = math.log2(22) + 2 * math.log2(3)
    last = math.log2(22) + math.log2(4)
    assert EXACT.bits(program) == pytest.approx(first + second + third + fourth + last)


def test_golden_messages_do_not_change():
    """A change of one bit here is a new version of the prior."""
    found = [bytes(EXACT.encode(Program.parse(text))).hex() for text, _ in VECTORS]
    assert found == ["00027e", "ca020406080a346ccf78", "4a0e4ed3ce6828"]


@given(st.binary(min_size=1, max_size=200))
def test_foreign_bits_are_a_program_or_refused(data):
    reader = BitReader(data)
    try:
        program = EXACT.read(reader)
    except MessageError:
        return
    assert EXACT.encode(program) == BitReader(data).read(reader.position)


def test_every_truncation_is_refused():
    bits = EXACT.encode(Program.parse(VECTORS[1][0]))
    for end in range(len(bits)):
        with pytest.raises(MessageError):
            EXACT.read(BitReader.over(bits[:end]))


FIRST = "sequence_1 = range_func_up(0, 9)\nsequence_2 = "


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("repeat_num(26, 0)", r"line 2, repeat_num: argument 1 is 26, outside the domain 1\.\.25"),
        ("repeat_num(0, 0)", "argument 1 is 0"),
        ("repeat_num(1, 256)", "argument 2 is 256"),
        ("range_func_up(0, 256)", "argument 2 is 256"),
        ("range_func_interval(0, 257, 1)", r"argument 2 is 257, outside the domain 0\.\.256"),
        ("range_func_interval(0, 9, 9)", "argument 3 is 9"),
        ("set_list([0, 256])", "value 2 of the list is 256"),
        ("set_list([-1])", "value 1 of the list is -1"),
        ("repeat_list(9, sequence_1)", "argument 1 is 9"),
        ("get_subsequence_with_jumps(sequence_1, 9)", "argument 2 is 9"),
        ("get_subsequence_between_indices(sequence_1, 0, 11)", r"argument 3 is 11.* 0\.\.10"),
        ("get_subsequence_between_indices(sequence_1, -1, 3)", "argument 2 is -1"),
        ("max_n(sequence_1, 256)", "argument 2 is 256"),
        ("substitute(sequence_1, 0, 256)", "argument 3 is 256"),
        ("modulo_item_list(sequence_1, -5)", "argument 2 is -5"),
        ("add_item_list(sequence_1, 255)", "the output has the value 256"),
        ("modulo_item_list(sequence_1, 0)", "modulo by zero"),
        ("get_subsequence_with_jumps(sequence_1, 0)", "argument 2 is 0, outside the domain 1"),
    ],
)
@pytest.mark.parametrize("prior", [PAPER, EXACT], ids=["paper", "exact"])
def test_programs_outside_the_domain_have_no_price(prior, call, says):
    with pytest.raises(ProgramError, match=says):
        prior.bits(Program.parse(f"{FIRST}{call}\noutput = sequence_2"))


@pytest.mark.parametrize(
    "call",
    [
        "repeat_num(25, 255)",
        "range_func_interval(0, 256, 8)",
        "range_func_up(9, 3)",
        "get_subsequence_between_indices(sequence_1, 10, 10)",
        "max_n(sequence_1, 255)",
        "subtract_item_list(sequence_1, 0)",
        "set_list([])",
    ],
)
def test_the_edges_of_the_domain_are_inside(call):
    program = Program.parse(f"{FIRST}{call}\noutput = sequence_2")
    assert PAPER.bits(program) > 0
    assert EXACT.read(BitReader.over(EXACT.encode(program))) == program


def test_intermediate_values_may_leave_the_bytes():
    text = f"{FIRST}subtract_item_list(sequence_1, 9)\nsequence_3 = add_item_list(sequence_2, 9)"
    assert PAPER.bits(Program.parse(text + "\noutput = sequence_3")) > 0


def test_goedels_beta_function_has_no_price():
    """With unbounded integers any sequence is 53 bits; the domain keeps the measure honest."""
    text = (
        "sequence_1 = repeat_num(10, 123456789123456789)\n"
        "sequence_2 = range_func_interval(1009, 9999, 999)\n"
        "sequence_3 = modulo_two_lists(sequence_1, sequence_2)\noutput = sequence_3"
    )
    for prior in (PAPER, EXACT):
        with pytest.raises(ProgramError, match="outside the domain"):
            prior.bits(Program.parse(text))


def test_prices_of_many_are_the_prices_of_each():
    found = pairs.sample(seed=3, count=300)
    for pair in found:
        assert pair.paper_bits == PAPER.bits(pair.program)
        assert pair.exact_bits == EXACT.bits(pair.program)


def test_many_texts_scan_and_print_as_each_does():
    found = pairs.sample(seed=4, count=5000)
    words, ends = batch.join([pair.words for pair in found])
    texts = batch.texts(words, ends)
    assert texts[::100] == [str(pair.program) for pair in found[::100]]
    again, again_ends = batch.parse_many(texts)
    assert np.array_equal(again, words) and np.array_equal(again_ends, ends)


def test_the_first_bad_program_of_many_is_named():
    good, bad = VECTORS[0][0], "sequence_1 = repeat_num(26, 1)\noutput = sequence_1"
    with pytest.raises(batch.ProgramFailure, match="program 2: line 1, repeat_num") as caught:
        batch.price(*batch.parse_many([good, bad, bad]))
    assert caught.value.place == 1
    with pytest.raises(batch.ProgramFailure, match=r"program 3: .*unknown operation") as caught:
        batch.parse_many([good, good, "sequence_1 = x()"])
    assert caught.value.place == 2
    assert len(batch.price(*batch.parse_many([])).paper) == 0


def test_programs_larger_than_the_buffers_are_priced():
    long = Program.literal(bytes(200_000))
    prices = batch.price(*batch.join([long.words, Program.literal(b"a").words]))
    assert prices.exact[0] == EXACT.bits(long) and prices.paper[1] == pytest.approx(17.287712)
