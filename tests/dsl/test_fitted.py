import importlib.util
import itertools
import json
import math
import random
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding.bits import BitReader, BitWriter
from codelength.dsl import pairs
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import CONCATENATE, OPERATIONS, OUTPUT, REPEAT_NUM
from codelength.dsl.priors import ExactPrior
from codelength.dsl.priors import fitted_tables as tables
from codelength.dsl.priors.fitted import FittedPrior
from codelength.dsl.program import Program
from codelength.errors import MessageError, ProgramError
from tests.dsl.programs import program_texts
from tests.dsl.test_priors import VECTORS

FITTED = FittedPrior()
HELD_OUT = 12_345


def check_code(program):
    """The program's message decodes to it, and is as long as promised."""
    price, bits = FITTED.bits(program), FITTED.encode(program)
    assert 0 < price <= len(bits) + 1e-6 and len(bits) <= math.ceil(price) + 1
    assert FITTED.decode(bits) == program
    return bits


@given(program_texts(most=9))
@settings(max_examples=400)
def test_every_program_of_the_domain_has_a_price_and_a_message(text):
    program = Program.parse(text)
    try:
        ExactPrior().bits(program)
    except ProgramError as error:
        with pytest.raises(ProgramError) as caught:
            FITTED.bits(program)
        assert str(caught.value) == str(error)
        return
    check_code(program)


def test_sampled_programs_decode_back_to_back():
    programs = [pair.program for pair in pairs.sample(HELD_OUT + 1, 1500)]
    writer = BitWriter()
    for program in programs:
        writer.append(check_code(program))
    writer.append(Bits("0110"))
    reader = BitReader.over(writer.bits())
    assert [FITTED.read(reader) for _ in programs] == programs
    assert reader.left == 4


def test_gold_programs_of_an_unseen_seed_cost_what_the_sampler_draws():
    """A quarter of the raw bits, coded, with the bit that selects a program; exact: a third."""
    found = pairs.sample(HELD_OUT, 5000)
    symbols = sum(len(pair.sequence) for pair in found)
    coded = sum(1 + len(FITTED.encode(pair.program)) for pair in found)
    assert coded / (8 * symbols) < 0.25
    prices = np.array([FITTED.bits(pair.program) for pair in found])
    exact = np.array([pair.exact_bits for pair in found])
    assert (prices < exact + 10).all() and (prices < exact).mean() > 0.95


def test_the_seed_of_the_fit_is_no_seed_of_a_report():
    text = resources.files(tables.__package__).joinpath(tables.FILE).read_text()
    assert len(text) < 64 << 10
    assert f'"seed": {tables.FIT_SEED}' in text and f'"pairs": {tables.FIT_PAIRS}' in text
    assert tables.FIT_SEED not in (0, 20, HELD_OUT)


def test_messages_part_where_programs_do():
    """Where two programs' choices first differ, they are disjoint parts of the same whole.

    So the intervals of all programs are disjoint, and their probabilities sum to at most 1.
    """
    programs = {pair.program for pair in pairs.sample(HELD_OUT + 2, 1500)}
    for text, _ in VECTORS:
        programs.add(Program.parse(text))
    dice = random.Random(3)
    for program in list(programs)[:500]:  # neighbours: one argument or reference is another
        text = str(program)
        number = dice.choice([*re.finditer(r"\d+(?=[,)\]])", text)])
        other = str(max(int(number[0]) + dice.choice((-1, 1)), 0))
        try:
            neighbour = Program.parse(text[: number.start()] + other + text[number.end() :])
            FITTED.bits(neighbour)
        except ProgramError:
            continue
        programs.add(neighbour)
    traces = sorted([tuple(row) for row in FITTED.trace(one)[:, :3].tolist()] for one in programs)
    others = dice.sample(traces, len(traces))
    for one, other in [*itertools.pairwise(traces), *zip(traces, others, strict=True)]:
        if one == other:
            continue
        (a, wide, total), (b, broad, whole) = next(
            (x, y) for x, y in zip(one, other, strict=False) if x != y
        )
        assert total == whole and (a + wide <= b or b + broad <= a)
        assert min(a, b) >= 0 and max(a + wide, b + broad) <= total


@pytest.mark.parametrize(
    "text",
    [
        "sequence_1 = set_list([])\noutput = sequence_1",
        "sequence_1 = range_func_up(9, 3)\noutput = sequence_1",
        "sequence_1 = range_func_up(0, 255)\noutput = sequence_1",
        "sequence_1 = range_func_up(231, 255)\noutput = sequence_1",
        "sequence_1 = range_func_interval(250, 256, 5)\noutput = sequence_1",
        "sequence_1 = range_func_interval(250, 254, 5)\noutput = sequence_1",
        "sequence_1 = range_func_interval(200, 256, 5)\noutput = sequence_1",
        "sequence_1 = range_func_interval(200, 255, 5)\noutput = sequence_1",
        "sequence_1 = range_func_interval(0, 256, 8)\noutput = sequence_1",
        "sequence_1 = repeat_num(25, 255)\nsequence_2 = interleave(sequence_1, sequence_1)\n"
        "output = sequence_1",
        "sequence_1 = repeat_num(9, 5)\nsequence_2 = substitute(sequence_1, 5, 5)\n"
        "output = sequence_2",
        "sequence_1 = range_func_up(0, 9)\nsequence_2 = subtract_item_list(sequence_1, 9)\n"
        "sequence_3 = add_item_list(sequence_2, 9)\noutput = sequence_3",
    ],
)
def test_the_edges_of_the_domain_and_of_the_sampler_are_inside(text):
    check_code(Program.parse(text))


@pytest.mark.parametrize("length", [0, 4, 5, 25, 26, 30, 31, 32, 63, 100, 5000, 200_000])
def test_lists_of_any_length_have_a_message(length):
    program = Program.literal(bytes(j % 256 for j in range(length)))
    bits = check_code(program)
    assert len(bits) <= 8 * length + 60


def test_programs_with_more_lines_than_the_sampler_writes_have_a_message():
    lines = ["sequence_1 = repeat_num(5, 9)", "sequence_2 = range_func_up(1, 3)"]
    lines += [f"sequence_{k} = interleave(sequence_{k - 2}, sequence_2)" for k in range(3, 40)]
    lines += [f"sequence_{k} = reverse_list(sequence_{k % 7 + 1})" for k in range(40, 120)]
    lines += [f"sequence_{k} = set_list([{k}])" for k in range(120, 200)]
    check_code(Program.parse("\n".join([*lines, "output = sequence_50"])))


def test_a_line_that_the_sampler_cannot_write_costs_its_place_and_gets_cheaper():
    first = "sequence_1 = range_func_up(0, 9)\n"
    odd = [f"sequence_{k} = repeat_list(8, sequence_1)\n" for k in range(2, 12)]
    prices = [
        FITTED.bits(Program.parse(first + "".join(odd[:k]) + "output = sequence_1"))
        for k in range(11)
    ]
    steps = np.diff(prices)
    assert steps[0] < 25 and (steps[1:] < 13).all()


def test_the_sampler_order_is_the_cheap_one():
    """Initiators first: what a search finds should be written in the sampler's order."""
    parts = ["range_func_up(3, 12)", "repeat_num(9, 4)", "range_func_up(50, 60)"]
    first = [f"sequence_{k + 1} = {part}" for k, part in enumerate(parts)]
    ordered = [
        *first,
        "sequence_4 = concatenate(sequence_1, sequence_2)",
        "sequence_5 = concatenate(sequence_4, sequence_3)",
    ]
    mixed = [
        *first[:2],
        "sequence_3 = concatenate(sequence_1, sequence_2)",
        "sequence_4 = range_func_up(50, 60)",
        "sequence_5 = concatenate(sequence_3, sequence_4)",
    ]
    cheap, dear = (
        FITTED.bits(Program.parse("\n".join([*lines, "output = sequence_5"])))
        for lines in (ordered, mixed)
    )
    assert cheap + 5 < dear


@given(st.binary(min_size=1, max_size=300))
@settings(max_examples=300)
def test_foreign_bits_are_a_program_with_a_price_or_refused(data):
    try:
        program = FITTED.read(BitReader(data))
    except MessageError:
        return
    check_code(program)


def test_flips_and_truncations_are_refused_or_decode_to_a_program():
    dice = random.Random(5)
    for pair in pairs.sample(HELD_OUT + 3, 40):
        bits = str(FITTED.encode(pair.program))
        for end in dice.sample(range(len(bits)), 10):
            with pytest.raises(MessageError):
                FITTED.decode(Bits(bits[:end]))
        for at in dice.sample(range(len(bits)), 10):
            flipped = bits[:at] + ("1" if bits[at] == "0" else "0") + bits[at + 1 :]
            try:
                program = FITTED.decode(Bits(flipped))
            except MessageError:
                continue
            assert program != pair.program
            check_code(program)


def test_limits_are_respected_by_both_ends():
    program = Program.parse(VECTORS[1][0])
    bits = FITTED.encode(program)
    for limits in (Limits(length=10), Limits(steps=20)):
        with pytest.raises(ProgramError):
            FITTED.bits(program, limits)
        with pytest.raises(MessageError):
            FITTED.decode(bits, limits)
    assert FITTED.decode(bits, Limits(length=12)) == program


def test_golden_messages_do_not_change():
    """A change of one bit here, or of one shipped number, is a new version of the prior."""
    found = [bytes(FITTED.encode(Program.parse(text))).hex() for text, _ in VECTORS]
    assert found == ["010fa0", "bf64f115c3c58b9040", "63179d7473a032dc"]


def test_the_numbers_can_be_counted_again():
    path = Path(__file__).parents[2] / "benchmarks" / "fit_prior.py"
    spec = importlib.util.spec_from_file_location("fit_prior", path)
    fit_prior = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fit_prior)
    fitted = fit_prior.fit(1000)
    assert json.loads(fit_prior.written(fitted)) == fitted
    built, shipped = tables.tables_of(fitted), tables.load()
    for row in (tables.KIND, tables.MERGE, tables.MORE + 2, tables.REUSE + 8 * 4):
        difference = built.model.rows[row] - shipped.model.rows[row]
        assert np.abs(difference).max() < 0.06 * tables.TOTAL
    for name in ("reverse_list", "repeat_list", "substitute", "modulo_item_list"):
        outcome = tables.outcome_of(name)
        assert 0.5 < built.model.hazards[outcome] / shipped.model.hazards[outcome] < 2
    small = FittedPrior(built)
    program = pairs.sample(HELD_OUT, 1)[0].program
    assert small.decode(small.encode(program)) == program


def test_tables_that_are_no_distributions_are_refused():
    text = resources.files(tables.__package__).joinpath(tables.FILE).read_text()
    fitted = json.loads(text)
    for change in (
        {"kind": [1, 1, 1, 1]},
        {"hazards": fitted["hazards"] | {"max_n": 0}},
        {"hazards": fitted["hazards"] | {"max_n": tables.TOTAL}},
        {"gates": fitted["gates"] | {"list": 0}},
    ):
        with pytest.raises(ValueError):
            tables.tables_of(fitted | change)


def test_marginals_are_average_prices():
    found = FITTED.marginals
    assert found.operations.shape == (3, 22) and np.isfinite(found.operations).all()
    assert np.allclose((2.0**-found.operations).sum(axis=1), 1, atol=0.01)
    assert 2.2 < found.operations[tables.INITIATOR, REPEAT_NUM] < 2.6
    assert found.operations[tables.MERGING, CONCATENATE] < 1
    assert found.list_lengths[5] < 4.6 < 8 < found.list_lengths[40]
    assert found.steps[3] == pytest.approx(2, abs=0.1) and found.counts[25] < 4.6
    assert found.references.shape == (len(OPERATIONS) + 1,) and found.references[OUTPUT] < 2


def test_sampling_does_not_load_the_fitted_prior():
    code = (
        "import sys, codelength.dsl.pairs, codelength.dsl.batch;"
        "print([m for m in sys.modules if 'fitted' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
