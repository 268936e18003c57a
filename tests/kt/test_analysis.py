"""KT's analysis on programs whose figures can be counted by hand."""

import dataclasses
import math

import pytest

from codelength.codecs.standard import gzip_paper_bytes
from codelength.kt.analysis import (
    LENGTHS,
    bands,
    copied_share,
    error_class,
    grouped,
    length_band,
    literals,
    summarise,
)
from codelength.kt.scoring import Candidate, Scored

TARGET = bytes(range(10, 42))


def scored(program: str | None, prefix: int, status: str = "ok", target: bytes = TARGET, **more):
    right = prefix == len(target) and status == "ok"
    prices = (("xz", 100.0), ("python", 50.0)) if program else ()
    return Scored(
        Candidate(more.pop("id", ""), target, program, modality=more.pop("modality", "")),
        "python",
        status,
        right,
        status in ("ok", "output"),
        prefix,
        0.1,
        prices=prices,
        **more,
    )


SIX = [
    scored(f"output = {list(TARGET)}", 32),
    scored("output = list(range(10, 42))", 32),
    scored(f"output = {list(TARGET[:-1])}", 31),
    scored("output = [ord(c) for c in 'abc']", 0),
    scored("1 / 0", 0, "exception"),
    scored(None, 0, "none"),
]


def test_shares_are_counted_over_all_items():
    found = summarise(SIX)
    assert found.items == 6
    assert found.executable == 4 / 6
    assert found.accuracy == 2 / 6
    assert found.executable_accuracy == 2 / 4
    assert found.prefix == (32 + 32 + 31) / 6
    assert dict(found.at_prefix) == {16: 3 / 6, 32: 2 / 6, 64: None, 128: None}
    assert dict(found.statuses) == {"ok": 4, "exception": 1, "none": 1}


def test_rates_charge_wrong_items_plainly():
    found = summarise(SIX)
    raw = 6 * 32 * 8
    assert found.raw_bits == raw
    assert dict(found.rates)["python"] == (6 + 2 * 50 + 4 * 32 * 8) / raw
    joint = 8 * gzip_paper_bytes(TARGET + TARGET)
    assert dict(found.precisions) == {"xz": 200 / joint, "python": 100 / joint}
    texts = "\n".join(str(one.candidate.program) for one in SIX[:2]).encode()
    assert found.joint_gzip == 8 * gzip_paper_bytes(texts) / joint


def test_repetition_is_a_share_of_the_right_and_classes_of_the_wrong():
    found = summarise(SIX)
    assert found.repetition == 1 / 2
    assert dict(found.errors) == {"execution": 2 / 4, "repetition": 1 / 4, "unicode": 1 / 4}


def test_items_without_right_programs_have_no_precision():
    found = summarise(SIX[2:])
    assert (found.accuracy, found.joint_gzip, found.repetition) == (0, None, None)
    assert dict(found.precisions)["python"] is None
    assert dict(found.rates)["python"] == (4 + 4 * 256) / (4 * 256)
    assert math.isclose(found.joint_rate, (4 + 4 * 256) / (4 * 256))


def test_nothing_cannot_be_summarised():
    with pytest.raises(ValueError, match="no items"):
        summarise([])


def test_empty_targets_have_no_rate():
    found = summarise([scored("output = []", 0, target=b"")])
    assert found.accuracy == 1
    assert math.isnan(found.joint_rate)


@pytest.mark.parametrize(
    ("program", "share"),
    [
        (f"output = {list(TARGET)}", 1.0),
        (f"a = {list(TARGET[:16])}\nb = {list(TARGET[16:])}\noutput = a + b", 1.0),
        (f"output = {list(TARGET[:8])} + list(range(18, 42))", 0.25),
        ("output = [10, 11, 12]", 0.0),
        (f"output = {[*TARGET[:16], 256, *TARGET[16:]]}", 1.0),
        (f"output = [int(x) for x in {' '.join(map(str, TARGET))!r}.split()]", 1.0),
        ("output = list(range(10, 42))", 0.0),
        (f"output = list({bytes(TARGET)!r})", 1.0),
        ("output = [", 0.0),
        (f"sequence_1 = set_list({list(TARGET)})\noutput = sequence_1", 1.0),
        ("", 0.0),
    ],
)
def test_the_copied_share_is_of_literals(program, share):
    assert copied_share(program, TARGET) == share


def test_literals_are_lists_and_strings():
    assert literals("a = [1, 2, 3, 4, x, 5]; b = 'ABCD'; c = (5, 6)") == [
        [1, 2, 3, 4],
        [65, 66, 67, 68],
    ]


def test_a_pattern_of_a_short_literal_does_not_repeat():
    assert copied_share("output = [0, 1, 2, 3] * 8", bytes([0, 1, 2, 3] * 8)) == 4 / 32


def test_a_right_program_without_a_price_is_charged_plainly():
    unpriced = dataclasses.replace(scored("output = [1]", 32), prices=())
    found = summarise([scored("output = [1]", 32), unpriced])
    assert dict(found.rates)["python"] == (2 + 50 + 256) / 512
    assert dict(found.precisions)["python"] is None


def test_text_programs_err_by_unicode():
    assert error_class(scored("output = list('x'.encode())", 0)) == "unicode"


@pytest.mark.parametrize(
    ("length", "band"),
    [(1, "1-16"), (16, "1-16"), (17, "17-32"), (1024, "513-1024"), (9999, "> 1024")],
)
def test_bands_hold_their_ends(length, band):
    assert length_band(scored(None, 0, "none", bytes(length))) == band
    assert band in bands(LENGTHS)


def test_groups_come_in_order():
    items = [scored(None, 0, "none", modality=name) for name in ("b", "a", "c", "a")]
    found = grouped(items, lambda one: one.candidate.modality, ["c"])
    assert [(one.name, one.items) for one in found] == [("c", 1), ("a", 2), ("b", 1)]
