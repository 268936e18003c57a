import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.dsl import pairs
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import CONCATENATE, INITIATORS
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.dsl.program import Program
from codelength.dsl.rewrites import canonical, early, fused, live, shared, shortened
from codelength.dsl.rewrites.lines import lines_of, needed, operands, program_of
from codelength.errors import ProgramError
from tests.dsl.programs import program_texts

PRIORS = (PaperPrior(), ExactPrior())
ORDERS = (live, early, canonical)
REWRITES = (*ORDERS, shared, fused)

SAMPLED = [pair.program for pair in pairs.sample(seed=3, count=300)]

merging = st.sampled_from(
    ["concatenate(sequence_{0}, sequence_{1})"] * 4
    + ["interleave(sequence_{0}, sequence_{1})", "repeat_list(2, sequence_{1})"]
    + ["add_item_list(sequence_{1}, 3)", "subtract_item_list(sequence_{1}, 2)"]
    + ["get_subsequence_between_indices(sequence_{1}, 1, 2)", "reverse_list(sequence_{1})"]
)


@st.composite
def merged(draw):
    """Programs that mostly merge: where fusing finds most to do."""
    text = []
    for _ in range(draw(st.integers(1, 4))):
        values = draw(st.lists(st.integers(5, 9), min_size=1, max_size=6))
        text.append(
            draw(
                st.sampled_from(
                    [
                        f"set_list({values})",
                        "repeat_num(4, 9)",
                        "range_func_up(3, 9)",
                        "range_func_interval(5, 9, 1)",
                        "range_func_interval(5, 200, 8)",
                    ]
                )
            )
        )
    for _ in range(draw(st.integers(0, 9))):
        last = len(text)
        references = draw(st.integers(max(1, last - 2), last)), draw(st.integers(1, last))
        text.append(draw(merging).format(*references))
    text = [f"sequence_{i} = {line}" for i, line in enumerate(text, 1)]
    return "\n".join([*text, f"output = sequence_{draw(st.integers(1, len(text)))}"])


programs = st.one_of(program_texts(), merged(), program_texts(most=12)).map(Program.parse)
any_programs = st.one_of(programs, program_texts(wild=True).map(Program.parse))


def output_of(program):
    try:
        return program.run().output.tolist()
    except ProgramError:
        return None


def price(program, prior):
    try:
        return prior.bits(program)
    except ProgramError:
        return None


@pytest.mark.parametrize("rewrite", REWRITES)
@given(program=any_programs)
@settings(max_examples=500)
def test_a_rewrite_keeps_the_output_and_the_domain(rewrite, program):
    before = output_of(program)
    if before is None:
        return
    after = rewrite(program)
    assert after.run().output.tolist() == before
    if price(program, PRIORS[0]) is not None:
        assert price(after, PRIORS[0]) is not None


@pytest.mark.parametrize("rewrite", REWRITES)
@given(program=programs)
@settings(max_examples=300)
def test_a_rewrite_done_twice_is_done_once(rewrite, program):
    if output_of(program) is not None:
        assert rewrite(rewrite(program)) == rewrite(program)


@pytest.mark.parametrize("rewrite", REWRITES)
@given(program=programs)
@settings(max_examples=300)
def test_references_point_backwards_and_every_line_is_needed(rewrite, program):
    if output_of(program) is None:
        return
    lines, result = lines_of(rewrite(program))
    assert all(source < i for i, line in enumerate(lines) for source in operands(line))
    assert sorted(needed(lines, result)) == list(range(len(lines)))


@pytest.mark.parametrize("rewrite", [live, shared])
@pytest.mark.parametrize("prior", PRIORS)
@given(program=programs)
@settings(max_examples=300)
def test_dropping_dead_and_equal_lines_never_costs(rewrite, prior, program):
    before = price(program, prior)
    if before is not None:
        assert price(rewrite(program), prior) <= before + 1e-9


@pytest.mark.parametrize("prior", PRIORS)
@given(program=any_programs)
@settings(max_examples=500)
def test_shortened_has_the_output_at_no_higher_price(prior, program):
    before = price(program, prior)
    after = shortened(program, prior)
    if before is None:
        assert after is program
        return
    assert after.run().as_bytes() == program.run().as_bytes()
    assert prior.bits(after) <= before
    assert shortened(after, prior) == after


@pytest.mark.parametrize("prior", PRIORS)
def test_shortened_gains_on_sampled_programs(prior):
    before = after = 0.0
    for program in SAMPLED:
        short = shortened(program, prior)
        assert short.run().as_bytes() == program.run().as_bytes()
        assert prior.bits(short) <= prior.bits(program)
        assert shortened(short, prior) == short
        before += prior.bits(program)
        after += prior.bits(short)
    assert after < 0.985 * before


@pytest.mark.parametrize("order", [early, canonical])
@given(program=programs, data=st.data())
@settings(max_examples=300)
def test_early_and_canonical_forget_the_order_that_there_was(order, program, data):
    lines, result = lines_of(program)
    free, shuffled = list(range(len(lines))), []
    while free:
        ready = [i for i in free if all(source in shuffled for source in operands(lines[i]))]
        shuffled.append(data.draw(st.sampled_from(ready)))
        free.remove(shuffled[-1])
    assert order(program_of(lines, result, shuffled)) == order(program)


def in_the_samplers_order(program):
    """Whether the first uses in the chain come in the order of the lines: nothing is left out."""
    lines, result = lines_of(program)
    merges = [i for i, line in enumerate(lines) if line[0] >= CONCATENATE]
    if not merges or len(needed(lines, result)) < len(lines):
        return False
    firsts = list(dict.fromkeys([lines[merges[0]][1], *(lines[i][2] for i in merges)]))
    return firsts == list(range(merges[0]))


def test_canonical_keeps_the_order_of_sampled_programs_that_merge_every_line():
    whole = [program for program in SAMPLED if in_the_samplers_order(program)]
    assert len(whole) > 0.75 * len(SAMPLED)
    assert all(canonical(program) == program for program in whole)


def test_canonical_writes_initiators_then_derived_lines_then_merges():
    for program in SAMPLED:
        lines, _ = lines_of(canonical(program))
        kinds = [(line[0] >= INITIATORS) + (line[0] >= CONCATENATE) for line in lines]
        assert all(a <= b for a, b in pairwise(kinds))


def lines_in(*texts):
    text = [f"sequence_{i} = {line}" for i, line in enumerate(texts, 1)]
    return Program.parse("\n".join([*text, f"output = sequence_{len(texts)}"]))


LONG = [5, 99, 3, 7, 34, 201, 77, 8, 150, 61, 90, 4]
S1, S2 = "set_list([5, 99, 3, 7])", "set_list([8, 1])"

EXAMPLES = [
    ("two lists become one", (S1, S2, "concatenate(sequence_1, sequence_2)"), 1),
    (
        "so do lists along a chain",
        (
            "range_func_up(3, 90)",
            S1,
            S2,
            "concatenate(sequence_1, sequence_2)",
            "concatenate(sequence_4, sequence_3)",
        ),
        3,
    ),
    (
        "a pair that is there already is used",
        (
            "range_func_up(3, 90)",
            "range_func_up(200, 240)",
            "concatenate(sequence_1, sequence_2)",
            "concatenate(sequence_3, sequence_1)",
            "concatenate(sequence_4, sequence_2)",
        ),
        4,
    ),
    (
        "an empty list goes",
        ("range_func_up(3, 90)", "set_list([])", "interleave(sequence_1, sequence_2)"),
        1,
    ),
    (
        "two sums are one",
        (
            "range_func_up(0, 90)",
            "scan_add(sequence_1)",
            "modulo_item_list(sequence_2, 100)",
            "add_item_list(sequence_3, 9)",
            "subtract_item_list(sequence_4, 7)",
        ),
        4,
    ),
    ("a list that counts is a range", ("set_list([4, 5, 6, 7, 8, 9])",), 1),
    (
        "three copies are one repetition",
        (
            "range_func_up(3, 90)",
            "concatenate(sequence_1, sequence_1)",
            "concatenate(sequence_2, sequence_1)",
        ),
        2,
    ),
    ("what a list becomes is listed", (S1, "substitute(sequence_1, 99, 2)"), 1),
    (
        "a list moved by a constant is a sum",
        ("range_func_up(3, 90)", "range_func_up(13, 100)", "interleave(sequence_1, sequence_2)"),
        3,
    ),
    (
        "a list backwards is a reverse",
        (f"set_list({LONG})", f"set_list({LONG[::-1]})", "interleave(sequence_1, sequence_2)"),
        3,
    ),
]


@pytest.mark.parametrize(("claim", "texts", "lines"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_local_rewrites(claim, texts, lines):
    program = lines_in(*texts)
    for prior in PRIORS:
        short = shortened(program, prior)
        assert short.lines - 1 == lines, claim
        assert prior.bits(short) < prior.bits(program)


def test_a_merge_comes_before_the_lines_that_it_does_not_need():
    program = lines_in(
        "range_func_up(3, 90)",
        "repeat_num(3, 8)",
        "concatenate(sequence_1, sequence_1)",
        "concatenate(sequence_3, sequence_2)",
    )
    assert early(program).operations == (
        "range_func_up",
        "concatenate",
        "repeat_num",
        "concatenate",
    )
    assert PRIORS[0].bits(program) - PRIORS[0].bits(early(program)) == pytest.approx(
        2 * math.log2(3) - 2
    )


def test_a_program_without_a_price_comes_back():
    unbounded = lines_in("range_func_up(250, 260)")
    too_long = lines_in("range_func_up(0, 200)", "concatenate(sequence_1, sequence_1)")
    assert shortened(unbounded, PRIORS[0]) is unbounded
    assert shortened(too_long, PRIORS[0], Limits(length=300)) is too_long


def test_a_program_of_a_thousand_lines_is_rewritten():
    program = lines_in(
        S1,
        *(f"concatenate(sequence_{i}, sequence_{max(1, i // 2)})" for i in range(1, 12)),
        *(f"reverse_list(sequence_{i})" for i in range(12, 2000)),
    )
    assert shortened(program, PRIORS[0]).lines < 20


IRREGULAR = (
    "range_func_up(0, 90)",
    "scan_add(sequence_1)",
    "modulo_item_list(sequence_2, 101)",
)
"""91 values that no list would make cheaper."""


@pytest.mark.parametrize(
    "name",
    [
        "add_item_list",
        "subtract_item_list",
        "modulo_item_list",
        "max_n",
        "min_n",
        "repeat_list",
        "get_subsequence_with_jumps",
        "get_subsequence_between_indices",
    ],
)
@given(data=st.data())
@settings(max_examples=60)
def test_an_operation_done_twice_keeps_the_output_and_the_domain(name, data):
    small = name in ("repeat_list", "get_subsequence_with_jumps")
    text = list(IRREGULAR)
    for line in (3, 4):
        values = [data.draw(st.integers(1, 5 if small else 60)) for _ in range(2)]
        source = f"sequence_{line}"
        if name == "repeat_list":
            text.append(f"{name}({values[0]}, {source})")
        elif name == "get_subsequence_between_indices":
            text.append(f"{name}({source}, {min(values) // line}, {max(values)})")
        else:
            text.append(f"{name}({source}, {values[0]})")
    program = lines_in(*text)
    assert fused(program).run().output.tolist() == program.run().output.tolist()
    if price(program, PRIORS[0]) is not None:
        assert price(fused(program), PRIORS[0]) is not None


@given(st.integers(1, 12))
def test_many_copies_stay_in_the_domain(copies):
    chain = [f"concatenate(sequence_{i}, sequence_3)" for i in range(3, 3 + copies)]
    program = lines_in(*IRREGULAR, *chain)
    short = shortened(program, PRIORS[0])
    assert short.run().as_bytes() == program.run().as_bytes()
    assert PRIORS[0].bits(short) <= PRIORS[0].bits(program)
    assert price(fused(program), PRIORS[0]) is not None
    assert short.lines == program.lines if copies == 1 else short.lines < program.lines


def test_no_line_comes_to_need_itself():
    program = lines_in(
        *IRREGULAR,
        "reverse_list(sequence_3)",
        "concatenate(sequence_1, sequence_3)",
        "concatenate(sequence_5, sequence_4)",
        "get_subsequence_between_indices(sequence_6, 91, 273)",
        "interleave(sequence_6, sequence_7)",
    )
    assert fused(program).run().output.tolist() == program.run().output.tolist()


def test_a_repetition_grows_to_eight_copies_and_no_further():
    def with_one_more(times):
        return lines_in(
            *IRREGULAR,
            f"repeat_list({times}, sequence_3)",
            "concatenate(sequence_4, sequence_3)",
        )

    assert fused(with_one_more(7)).operations[-1] == "repeat_list"
    assert fused(with_one_more(8)).operations[-1] == "concatenate"
