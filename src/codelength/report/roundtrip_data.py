"""What a round-trip data set holds."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codelength.report.tables import Table
from codelength.roundtrip.records import ENTROPIES, LENGTHS, SPLITS, Record, message_entropy
from codelength.roundtrip.values import dumps

LENGTH_NAMES, ENTROPY_NAMES = (*LENGTHS, "long"), (*ENTROPIES, "high")


def data_table(records: Sequence[Record]) -> Table:
    """Records by family: splits, strata, and how long messages are."""
    rows = []
    for row in summary(records, Path()):
        strata = [str(row["length"][name]) for name in LENGTH_NAMES]
        strata += [str(row["entropy"][name]) for name in ENTROPY_NAMES]
        splits = [str(row["split"][name]) for name in SPLITS]
        rows.append([row["family"], str(row["records"]), *splits, *strata,
                     f"{row['characters']:.0f}", f"{row['message_characters']:.0f}"])  # fmt: skip
    header = ("family", "records", *SPLITS, *LENGTH_NAMES, *(f"{one} entropy" for one in
              ENTROPY_NAMES), "characters", "of message")  # fmt: skip
    return Table(header, rows)


def summary(records: Sequence[Record], out: Path) -> list[dict[str, Any]]:
    """The same as rows: counts by split and stratum, means of characters and bits."""
    found = []
    for family in dict.fromkeys(one.family for one in records):
        some = [one for one in records if one.family == family]
        found.append(
            {
                "family": family,
                "records": len(some),
                "split": {name: sum(one.split == name for one in some) for name in SPLITS},
                "length": {name: sum(one.length == name for one in some) for name in LENGTH_NAMES},
                "entropy": {
                    name: sum(one.entropy == name for one in some) for name in ENTROPY_NAMES
                },
                "characters": sum(len(one.input) for one in some) / len(some),
                "message_characters": sum(len(dumps(one.output)) for one in some) / len(some),
                "message_entropy": math.fsum(message_entropy(one.output) for one in some)
                / len(some),
                "out": str(out),
            }
        )
    return found
