"""`codelength demo`: the main jobs, on sampled items and on KT's files where they are present."""

import subprocess
import sys
import tempfile
from pathlib import Path

from codelength.cli.demo_roundtrip import run_roundtrip
from codelength.cli.kt import show
from codelength.cli.output import GridProgress, note
from codelength.corpora.kt import MODALITIES, SYNTHETIC, data_folder
from codelength.errors import CodelengthError
from codelength.kt.grid import GridSpec, run_grid
from codelength.runs.engine import Engine

ITEMS = 1000
CODECS = ("raw", "gzip-paper", "gzip", "xz", "brotli", "ppmd")
GOLD = ("gold:prior=paper", "gold:prior=exact")


def run_demo(out: Path | None, data: Path | None, seed: int, workers: int, as_json: bool) -> None:
    """Run the grids, verify them in a fresh process, print the table."""
    if out is None:
        with tempfile.TemporaryDirectory() as folder:
            _demo(Path(folder), data, seed, workers, as_json)
    else:
        _demo(out, data, seed, workers, as_json)


def _demo(out: Path, data: Path | None, seed: int, workers: int, as_json: bool) -> None:
    folder = data_folder(data)
    natural = tuple(
        name
        for name, modality in MODALITIES.items()
        if name != SYNTHETIC and folder is not None and (folder / modality.file).is_file()
    )
    note(f"Sampling {ITEMS} programs of KT's language (compiling first, on a first run) ...")
    if not natural:
        note(
            "KT's natural files are not here (name their folder with --data or CODELENGTH_DATA);"
            " the demo goes on with synthetic items."
        )
    grids = {"synthetic": GridSpec((SYNTHETIC,), GOLD + CODECS, limit=ITEMS, seed=seed)}
    if natural:
        grids["natural"] = GridSpec(natural, CODECS, limit=ITEMS, seed=seed)
    folders = []
    with Engine(workers) as engine, GridProgress() as progress:
        for name, spec in grids.items():
            runs = run_grid(spec, out / name, data, engine, progress)
            folders += [run.folder for run in runs]
    note("Decoding every message again in a fresh process ...")
    command = [sys.executable, "-m", "codelength", "verify", *(str(out / name) for name in grids)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CodelengthError(f"the fresh process could not verify: {done.stderr.strip()}")
    equal, estimates = (done.stdout.count(word) for word in ("decoded and equal", "an estimate"))
    note(
        f"{equal} message files decoded and equal; {estimates} rows are estimates without messages."
    )
    show(folders, "raw", "auto", as_json)
    note("\nRound-trip code compression: a program is run, or inverted, in a model's head.")
    run_roundtrip(out / "roundtrip", as_json)
