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

READING = (
    "How to read it: CompressionRate is bits over raw bits (lower is better, 1 is no compression)."
    " A row marked yes counts messages that were decoded again, and they are in the run folder;"
    " a row marked estimate is a published formula that no decoder could read."
    " Precision is the bits of right programs over one joint gzip (paper) of their items, 'per"
    " item' over a gzip each; container bits (header, checksums) come on top of the coded bits."
)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def kt_table(scores: Sequence[Score], fallback: FALLBACK = "raw") -> Table:
    """The table; with `joint-gzip`, wrong items are charged as KT's code does."""
    rows = []
    for one in scores:
        joint = fallback == "joint-gzip"
        rate = one.compression_rate_joint if joint else one.compression_rate
        estimate = joint and one.accuracy < 1
        rows.append(
            (
                one.modality,
                one.codec,
                str(one.item_length),
                f"{one.instances:,}",
                f"{100 * one.accuracy:.1f} %",
                _number(rate, ".4f"),
                _number(one.precision, ".3f"),
                _number(one.precision_items, ".3f"),
                _number(one.coded_bits, ",d"),
                f"{one.ideal_bits:,.1f}",
                _number(one.container_bits, ",d"),
                "yes" if one.verified and not estimate else "estimate",
            )
        )
    return Table(HEADER, rows, left=3)
