"""KT's table in words: one row a run, estimates and verified rows told apart."""

from collections.abc import Sequence
from typing import Literal

from codelength.kt.metrics import Score
from codelength.report.tables import Table

FALLBACK = Literal["raw", "joint-gzip"]

HEADER = (
    "modality",
    "codec",
    "length",
    "items",
    "Accuracy",
    "CompressionRate",
    "Precision",
    "per item",
    "coded bits",
    "ideal bits",
    "container",
    "verified",
)

NARROW = ("modality", "codec", "length", "items", "Acc. %", "Rate", "Prec.", "verified")

READING = (
    "How to read it: CompressionRate is bits over raw bits (lower is better, 1 is no compression)."
    " A row marked yes counts messages that were decoded again, and they are in the run folder; a"
    " row marked estimate is a formula that no decoder could read; NO: messages did not decode."
    " Accuracy is the share of right programs; for a compressor, of items that decode. Precision is"
    " the bits of right programs over one joint gzip (paper) of their items, 'per item' over a gzip"
    " each; gzip-paper is spared 20 bytes an item, the other compressors pay their whole files."
    " Container bits (header, checksums) come on top of the coded bits."
)


def kt_sources(scores: Sequence[Score]) -> str:
    """What the rows were measured on: a line a corpus."""
    lines = {}
    for one in scores:
        seed = "" if one.seed is None else f", seed {one.seed}"
        limit = "" if one.limit is None else f", first {one.limit:,} items"
        lines[f"{one.modality}: sha256 {one.data[:16]}{seed}{limit}, observer {one.observer}"] = 1
    return "\n".join(lines)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def kt_table(scores: Sequence[Score], fallback: FALLBACK = "raw") -> Table:
    """The table; with `joint-gzip`, wrong items are charged as KT's code does."""
    return Table(HEADER, [_row(one, fallback) for one in scores], left=3)


def kt_table_narrow(scores: Sequence[Score], fallback: FALLBACK = "raw") -> Table:
    """The table without its columns of bits, for terminals of 80 columns."""
    rows = [_row(one, fallback) for one in scores]
    kept = [
        (*row[:4], row[4].removesuffix(" %"), *row[5:7], row[-1].replace("estimate", "est."))
        for row in rows
    ]
    return Table(NARROW, kept, left=3, narrow=True)


def _standing(one: Score, estimate: bool) -> str:
    if estimate or one.coded_bits is None:
        return "estimate"
    return "yes" if one.verified else "NO"


def _row(one: Score, fallback: FALLBACK) -> tuple[str, ...]:
    joint = fallback == "joint-gzip"
    rate = one.compression_rate_joint if joint else one.compression_rate
    estimate = joint and one.accuracy < 1
    return (
        one.modality,
        one.codec,
        "uncut" if one.seed is not None else str(one.item_length),
        f"{one.instances:,}",
        f"{100 * one.accuracy:.1f} %",
        _number(rate, ".4f"),
        _number(one.precision, ".3f"),
        _number(one.precision_items, ".3f"),
        _number(None if estimate else one.coded_bits, ",d"),
        _number(None if estimate else one.ideal_bits, ",.1f"),
        _number(None if estimate else one.container_bits, ",d"),
        _standing(one, estimate),
    )
