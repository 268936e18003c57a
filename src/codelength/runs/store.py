"""The run folder: `instances.parquet`, `messages.cl`, `times.parquet` and `run.json`, read back."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codelength.coding.atomic import remove_torn, write_atomic
from codelength.coding.messages import Json, canonical_json
from codelength.errors import InputError
from codelength.runs.results import Codelength, Estimate, Row

FORMAT = 3
INSTANCES, MESSAGES, TIMES, INFO, PARTS = (
    "instances.parquet",
    "messages.cl",
    "times.parquet",
    "run.json",
    "parts",
)

ROW_SCHEMA = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("given_length", pa.int64()),
        pa.field("alphabet", pa.int64(), nullable=False),
        pa.field("symbols", pa.int64(), nullable=False),
        pa.field("raw_bits", pa.int64(), nullable=False),
        pa.field("coded_bits", pa.int64()),
        pa.field("ideal_bits", pa.float64(), nullable=False),
        pa.field("verified", pa.bool_(), nullable=False),
        pa.field("correct", pa.bool_(), nullable=False),
        pa.field("program_bits", pa.float64(), nullable=False),
        pa.field("program", pa.string()),
        pa.field("note", pa.string()),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("units", pa.int64(), nullable=False),
        pa.field("given_text", pa.binary()),
        pa.field("reconstruction", pa.binary()),
    ]
)


def totals(rows: pa.Table, file_bytes: int) -> dict[str, Json]:
    """Sums over the rows; coded and container bits are None where a row is an estimate."""
    estimate = rows["coded_bits"].null_count > 0
    coded = None if estimate else sum(rows["coded_bits"].to_pylist())
    return {
        "instances": rows.num_rows,
        "symbols": sum(rows["symbols"].to_pylist()),
        "units": sum(rows["units"].to_pylist()),
        "raw_bits": sum(rows["raw_bits"].to_pylist()),
        "coded_bits": coded,
        "ideal_bits": sum(rows["ideal_bits"].to_pylist()),
        "container_bits": None if coded is None else 8 * file_bytes - coded,
        "correct": sum(rows["correct"].to_pylist()),
        "verified": sum(rows["verified"].to_pylist()),
    }


def check_spec(found: Any, wanted: Mapping[str, Json], folder: Path) -> None:
    """Refuse a folder that belongs to another spec, and name what differs."""
    if found == json.loads(canonical_json(dict(wanted))):
        return
    found = found if isinstance(found, dict) else {}
    differing = [key for key in wanted if found.get(key) != json.loads(canonical_json(wanted[key]))]
    raise InputError(
        f"{folder} holds another run: {', '.join(differing) or 'its spec'} differs"
        f" ({', '.join(_shown(found.get(key), wanted[key]) for key in differing)});"
        " choose another --out or delete the folder"
    )


def _shown(found: Any, wanted: Json) -> str:
    if isinstance(found, dict) and isinstance(wanted, Mapping):
        keys = [key for key in wanted if found.get(key) != wanted[key]]
        return ", ".join(f"{key}: {found.get(key)} there, {wanted[key]} asked" for key in keys)
    return f"{found} there, {wanted} asked"


def read_parquet(path: Path) -> pa.Table:
    """A table from disk.

    Raises:
        InputError: missing, unreadable or damaged.
    """
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "damaged"
        raise InputError(f"cannot read {path}: {what}; measure the run again") from error


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        InputError: missing, unreadable or not an object.
    """
    try:
        value = json.loads(path.read_text())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged: {error}") from error
    if not isinstance(value, dict):
        raise InputError(f"{path} is damaged: not a JSON object")
    return value


def write_json(path: Path, value: Mapping[str, Json]) -> None:
    """A JSON object into a file, at once."""
    write_atomic(path, (json.dumps(value, indent=1) + "\n").encode())


@dataclass(frozen=True)
class Run:
    """A complete run on disk.

    Arguments:
        folder: of the run.
        info: the contents of `run.json`.
    """

    folder: Path
    info: dict[str, Any]

    @property
    def codec(self) -> str:
        """The codec as it was typed."""
        return str(self.info["spec"]["codec"])

    @property
    def corpus(self) -> dict[str, Any]:
        """What the corpus says of itself."""
        return dict(self.info["spec"]["corpus"])

    @property
    def total(self) -> Codelength | Estimate:
        """The sum over all instances: a `Codelength` only if every message was decoded."""
        sums = self.sums
        if sums["coded_bits"] is None or sums["verified"] < sums["instances"]:
            return Estimate(sums["ideal_bits"])
        return Codelength(sums["coded_bits"], sums["ideal_bits"], sums["container_bits"])

    @property
    def sums(self) -> dict[str, Any]:
        """Sums over the rows (see `totals`), computed from them and not taken from `run.json`."""
        messages = self.folder / MESSAGES
        return dict(totals(self.table(), messages.stat().st_size if messages.is_file() else 0))

    def changed_files(self) -> list[str]:
        """Files of the run that are missing, or not those that `run.json` has the hashes of."""
        changed = []
        for name, expected in self.info["files"].items():
            try:
                data = (self.folder / name).read_bytes()
            except OSError:
                data = b""
            if sha256(data).hexdigest() != expected:
                changed.append(name)
        return changed

    def table(self) -> pa.Table:
        """The rows as an Arrow table.

        Raises:
            InputError: missing or damaged.
        """
        table = read_parquet(self.folder / INSTANCES)
        if table.schema != ROW_SCHEMA or table["index"].to_pylist() != [*range(len(table))]:
            raise InputError(f"{self.folder / INSTANCES} is damaged; measure the run again")
        return table

    def rows(self) -> list[Row]:
        """The rows."""
        names = [field.name for field in fields(Row)]
        return [Row(**{name: row[name] for name in names}) for row in self.table().to_pylist()]


def load_run(folder: Path | str) -> Run:
    """A run that was measured before.

    Raises:
        InputError: no run folder, or one that is not complete.
    """
    folder = Path(folder)
    if not (folder / INFO).is_file():
        raise InputError(f"{folder} is not a run folder: it has no {INFO}")
    info = read_json(folder / INFO)
    if info.get("format") != FORMAT:
        raise InputError(f"{folder} has format {info.get('format')}; this version reads {FORMAT}")
    if not info.get("complete"):
        raise InputError(f"{folder} is not complete; resume it with the command that started it")
    spec, files = info.get("spec"), info.get("files")
    if not (
        isinstance(spec, dict)
        and all(isinstance(spec.get(key), dict) for key in ("protocol", "corpus"))
        and isinstance(spec.get("codec"), str)
        and isinstance(spec.get("observer"), str | dict)
        and isinstance(files, dict)
        and isinstance(info.get("totals"), dict)
        and INSTANCES in files
        and info["complete"] is True
    ):
        raise InputError(f"{folder / INFO} is damaged: it lacks spec, totals or files")
    return Run(folder, info)


def kept_spec(folder: Path) -> dict[str, Any] | None:
    """The spec in a folder's `run.json`, or None where there is none that can be read."""
    try:
        spec = read_json(folder / INFO).get("spec")
    except InputError:
        return None
    return spec if isinstance(spec, dict) else None


def complete_run(folder: Path, spec: Mapping[str, Json]) -> Run | None:
    """The run in `folder` if it is complete and undamaged; else it is to be measured (again).

    What a kill may have left after the run's end is cleared away.

    Raises:
        InputError: it has another spec.
    """
    kept = kept_spec(folder)
    if kept is None:
        return None
    check_spec(kept, spec, folder)
    try:
        run = load_run(folder)
        if run.changed_files() or run.sums != run.info["totals"]:
            return None
    except InputError:  # not complete, or damaged
        return None
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    remove_torn(folder)
    return run


def find_runs(folder: Path) -> list[Path]:
    """The run folders at or below `folder`, in the order of their names.

    Raises:
        InputError: there is none.
    """
    if (folder / INFO).is_file():
        return [folder]
    found = sorted(path.parent for path in folder.rglob(INFO))
    if not found:
        raise InputError(f"{folder} is not a run folder and holds none")
    return found
