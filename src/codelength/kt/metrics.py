"""Accuracy, CompressionRate and Precision as the KoLMogorov Test defines them (KT, section 4).

Example: 10 items, 9 right programs of 800 bits in all, 3200 raw bits, joint gzip 1600 bits
-> Accuracy 0.9, Precision 0.5.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codelength.codecs.standard import EMPTY_GZIP, gzip_paper_bytes
from codelength.corpora.instances import Instance
from codelength.errors import InputError, MessageError
from codelength.runs.store import Run, read_json, write_json
from codelength.runs.verify import Verification, verify_run

FILE = "kt.json"


@dataclass(frozen=True)
class GzipSizes:
    """What the formulas need of gzip (paper), in bits.

    Arguments:
        joint_right: one gzip of all right items.
        joint_wrong: one gzip of all wrong items; 0 where there are none.
        items_right: the sum of a gzip each of the right items.
    """

    joint_right: int
    joint_wrong: int
    items_right: int


class GzipSum:
    """Gathers the right and the wrong items of a run, to compress them jointly."""

    def __init__(self) -> None:
        self._right, self._wrong, self._items = bytearray(), bytearray(), 0

    def add(self, correct: bool, target: bytes) -> None:
        """Take in one more item."""
        (self._right if correct else self._wrong).extend(target)
        if correct:
            self._items += gzip_paper_bytes(target) - EMPTY_GZIP

    def sizes(self) -> GzipSizes:
        """The sizes so far."""
        right, wrong = bytes(self._right), bytes(self._wrong)
        return GzipSizes(
            joint_right=8 * gzip_paper_bytes(right) if right else 0,
            joint_wrong=8 * gzip_paper_bytes(wrong) if wrong else 0,
            items_right=8 * self._items,
        )


def keep_gzip_sizes(run: Run, instances: Iterable[Instance]) -> None:
    """Write the sizes into the run's folder, unless they are there and right."""
    both = GzipSum()
    for correct, instance in zip(run.table()["correct"].to_pylist(), instances, strict=True):
        both.add(correct, instance.target)
    if read_gzip_sizes(run.folder) != both.sizes():
        write_json(run.folder / FILE, asdict(both.sizes()))


def read_gzip_sizes(folder: Path) -> GzipSizes | None:
    """The sizes that a run's folder holds, or None where there are none that can be read."""
    try:
        kept = read_json(folder / FILE)
    except InputError:
        return None
    if {name for name, size in kept.items() if type(size) is int} != set(_SIZES):
        return None
    return GzipSizes(**kept)


_SIZES = ("joint_right", "joint_wrong", "items_right")


def verify(folder: Path) -> Verification:
    """`verify_run`, and the gzip sizes of a KT run compared with those of the decoded targets.

    Raises:
        MessageError: see `verify_run`; or the sizes are not those of the targets.
    """
    both = GzipSum()
    found = verify_run(folder, lambda row, target: both.add(row.correct, target))
    if found.messages and (folder / FILE).is_file() and read_gzip_sizes(folder) != both.sizes():
        raise MessageError(f"{folder / FILE} does not agree with the decoded targets")
    return found


@dataclass(frozen=True)
class Score:
    """A row of KT's table.

    Arguments:
        item_length: symbols an item, or "whole".
        accuracy: share of right programs (of decoded messages, for a codec without programs).
        compression_rate: bits of all messages (or the formula's, for an estimate) over raw bits.
        compression_rate_joint: the same with wrong items charged as one joint gzip (paper) and a
            flag bit each, as KT's code does.
        precision: bits of right programs over one joint gzip (paper) of their items.
        precision_items: the same over the sum of a gzip (paper) an item.
        coded_bits: of messages; None for an estimate.
        container_bits: of the file beyond its messages; None for an estimate.
        verified: every message was decoded.
        data: SHA-256 of the data, hexadecimal.
        seed: of sampled data, else None.
        limit: the first so many items, or None for all.
        observer: which reconstructions were accepted.
    """

    modality: str
    codec: str
    item_length: int | str
    instances: int
    accuracy: float
    compression_rate: float | None
    compression_rate_joint: float | None
    precision: float | None
    precision_items: float | None
    raw_bits: int
    coded_bits: int | None
    ideal_bits: float
    container_bits: int | None
    verified: bool
    data: str
    seed: int | None
    limit: int | None
    observer: str


def _ratio(bits: float, over: float) -> float | None:
    return bits / over if over else None


def score(run: Run) -> Score:
    """Compute a run's row."""
    sums: dict[str, Any] = run.sums
    corpus = run.corpus
    table = run.table()
    sizes = read_gzip_sizes(run.folder)
    estimate = sums["coded_bits"] is None
    program_bits, joint = 0.0, 0.0
    columns = (table[name].to_pylist() for name in ("correct", "program_bits", "ideal_bits"))
    coded = table["coded_bits"].to_pylist()
    for (correct, own, ideal), message in zip(zip(*columns, strict=True), coded, strict=True):
        if correct:
            program_bits += own
            joint += ideal if estimate else message
        else:
            joint += 1
    raw = sums["raw_bits"]
    bits = sums["ideal_bits"] if estimate else sums["coded_bits"]
    return Score(
        modality=str(corpus.get("modality", "?")),
        codec=run.codec,
        item_length=corpus.get("item_length", "?"),
        instances=sums["instances"],
        accuracy=sums["correct"] / sums["instances"],
        compression_rate=_ratio(bits, raw),
        compression_rate_joint=_ratio(joint + sizes.joint_wrong, raw) if sizes else None,
        precision=_ratio(program_bits, sizes.joint_right) if sizes else None,
        precision_items=_ratio(program_bits, sizes.items_right) if sizes else None,
        raw_bits=raw,
        coded_bits=sums["coded_bits"],
        ideal_bits=sums["ideal_bits"],
        container_bits=sums["container_bits"],
        verified=not estimate and sums["verified"] == sums["instances"],
        data=str(corpus.get("sha256", "?")),
        seed=corpus.get("seed"),
        limit=corpus.get("limit"),
        observer=str(run.info["spec"]["observer"]),
    )
