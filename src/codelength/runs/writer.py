"""Writing a run folder: parts while the run goes on, joined at its end.

A part is one file with the rows and messages of some instances, in place at once or not at all, so
a run may be killed at any moment. The folder of a run that was killed and resumed is the same, byte
for byte, as that of one that never was, but for its times.
"""

import fcntl
import io
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from codelength.coding.atomic import remove_torn, write_atomic
from codelength.coding.bits import Bits
from codelength.coding.messages import Json, fingerprint, pack_messages
from codelength.errors import InputError
from codelength.runs.results import COSTS, Cost, Row
from codelength.runs.store import (
    FORMAT,
    INFO,
    INSTANCES,
    MESSAGES,
    PARTS,
    ROW_SCHEMA,
    TIMES,
    check_spec,
    kept_spec,
    read_parquet,
    totals,
    write_json,
)

TIME_COLUMNS = ["index"] + [
    f"{end}_{what}" for end in ("encode", "decode") for what in ("seconds", *COSTS)
]
PART_SCHEMA = pa.schema(
    [*ROW_SCHEMA, ("message", pa.binary()), *((name, pa.float64()) for name in TIME_COLUMNS[1:])]
)


@dataclass(frozen=True)
class Entry:
    """A row with its message and what its two ends took, on the way into a part."""

    row: Row
    message: Bits | None
    encode: Cost
    decode: Cost


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _part_table(entries: Iterable[Entry]) -> pa.Table:
    rows = [
        asdict(entry.row)
        | {
            "message": None if entry.message is None else bytes(entry.message),
        }
        | dict(zip(TIME_COLUMNS[1:], _costs(entry), strict=True))
        for entry in entries
    ]
    return pa.Table.from_pylist(rows, schema=PART_SCHEMA)


def _costs(entry: Entry) -> list[float]:
    ends = (entry.encode, entry.decode)
    return [number for end in ends for number in (end.seconds, *end.counts)]


class RunWriter:
    """Writes one run folder. Use it as a context manager: it holds the folder's lock.

    Arguments:
        folder: made if missing.
        spec: identifies the run; a folder of another spec is refused.

    Raises:
        InputError: another spec, another process, or a folder that cannot be written.
    """

    def __init__(self, folder: Path, spec: Mapping[str, Json]) -> None:
        self.folder = folder
        self._spec = dict(spec)
        self._parts = folder / PARTS
        self._lock: BinaryIO | None = None

    def __enter__(self) -> Self:
        try:
            self._parts.mkdir(parents=True, exist_ok=True)
            self._lock = (self._parts / ".lock").open("wb")
        except OSError as error:
            raise InputError(
                f"cannot write {self.folder}: {error.strerror}; choose another place"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise InputError(f"another process is writing {self.folder}; wait for it") from error
        spec = kept_spec(self.folder)
        if spec is not None:
            check_spec(spec, self._spec, self.folder)
        else:
            for part in self._part_files():  # of a run whose run.json was lost
                part.unlink()
            info: dict[str, Json] = {"format": FORMAT, "complete": False, "spec": self._spec}
            write_json(self.folder / INFO, info)
        remove_torn(self._parts)
        remove_torn(self.folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def done(self) -> set[int]:
        """Indices of the instances that are in parts already."""
        found: set[int] = set()
        for part in self._part_files():
            try:
                found.update(read_parquet(part)["index"].to_pylist())
            except InputError:  # a loss of power may leave one behind
                part.unlink()
        return found

    def reconstructions(self) -> dict[int, bytes]:
        """What messages decode to that is not their target, by index."""
        found: dict[int, bytes] = {}
        for part in self._part_files():
            table = read_parquet(part).select(["index", "reconstruction"]).to_pylist()
            found.update(
                (row["index"], row["reconstruction"])
                for row in table
                if row["reconstruction"] is not None
            )
        return found

    def _part_files(self) -> list[Path]:
        return sorted(self._parts.glob("part-*.parquet"))

    def add(self, entries: list[Entry]) -> None:
        """Put some instances in place."""
        first = entries[0].row.index
        name = f"part-{first:09d}-{len(entries)}.parquet"
        write_atomic(self._parts / name, _parquet(_part_table(entries)), sync=False)

    def finish(self, count: int, digest: bytes, extra: Mapping[str, Json]) -> None:
        """Join the parts of `count` instances and mark the run as complete.

        Arguments:
            digest: see `TargetDigest`.
            extra: more of `run.json`: versions, machine.
        """
        whole = pa.concat_tables([read_parquet(part) for part in self._part_files()])
        whole = whole.sort_by("index")
        if whole["index"].to_pylist() != list(range(count)):
            raise InputError(f"{self.folder} does not hold each of {count} instances once")
        rows = whole.select(ROW_SCHEMA.names).cast(ROW_SCHEMA)
        files = {INSTANCES: _parquet(rows)}
        size = 0
        if whole["message"].null_count == 0:
            header = {key: self._spec[key] for key in ("codec", "corpus")}
            header["fingerprint"] = fingerprint(self._spec)
            header["corpus"] = fingerprint(self._spec["corpus"])
            files[MESSAGES] = pack_messages(header, _messages(whole), digest)
            size = len(files[MESSAGES])
        write_atomic(self.folder / TIMES, _parquet(whole.select(TIME_COLUMNS)))
        for name, data in files.items():
            write_atomic(self.folder / name, data)
        info: dict[str, Json] = {"format": FORMAT, "complete": True, "spec": self._spec}
        info["totals"] = totals(rows, size)
        info["files"] = {name: sha256(data).hexdigest() for name, data in files.items()}
        write_json(self.folder / INFO, info | dict(extra))
        shutil.rmtree(self._parts, ignore_errors=True)


def _messages(table: pa.Table) -> Iterator[Bits]:
    for data, length in zip(table["message"], table["coded_bits"], strict=True):
        yield Bits.from_bytes(data.as_py(), length.as_py())
