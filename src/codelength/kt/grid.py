"""A grid: codecs on modalities at item lengths, one run folder a cell, resumable as a whole.

Example: run_grid(GridSpec(("text",), ("gzip", "xz"), (128,)), Path("runs/kt"), data=Path("data")).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import build
from codelength.codecs.standard import GzipPaper
from codelength.coding.atomic import remove_torn
from codelength.coding.messages import Json
from codelength.corpora.instances import Corpus, item_length_name
from codelength.corpora.kt import kt_corpus
from codelength.errors import InputError
from codelength.kt.metrics import keep_gzip_sizes
from codelength.runs.engine import Engine
from codelength.runs.measure import measure
from codelength.runs.store import INFO, Run, check_spec, find_runs, read_json, write_json

FILE = "grid.json"
FORMAT = 1


@dataclass(frozen=True)
class Cell:
    """One codec on one corpus."""

    modality: str
    codec: str
    item_length: int | None
    limit: int | None
    seed: int

    @property
    def folder(self) -> str:
        """The name of its folder in the grid's."""
        name = f"{self.modality}-{item_length_name(self.item_length)}-{self.codec}"
        plain = re.sub(r"[^A-Za-z0-9._=-]+", "_", name)
        return (
            plain
            if plain == name
            else f"{plain[:80]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
        )


@dataclass(frozen=True)
class GridSpec:
    """What a grid measures.

    Arguments:
        item_lengths: symbols an item; None for the whole file.
        limit: the first so many items of each corpus (all by default).
        seed: of the synthetic items.
    """

    modalities: tuple[str, ...]
    codecs: tuple[str, ...]
    item_lengths: tuple[int | None, ...] = (128,)
    limit: int | None = None
    seed: int = 0

    def cells(self) -> Iterator[Cell]:
        """All cells, modality by modality."""
        for modality in dict.fromkeys(self.modalities):
            for item_length in dict.fromkeys(self.item_lengths):
                for codec in dict.fromkeys(self.codecs):
                    yield Cell(modality, codec, item_length, self.limit, self.seed)

    def as_json(self) -> dict[str, Json]:
        """The spec as it stands in `grid.json`."""
        return {
            "modality": list(self.modalities),
            "codec": list(self.codecs),
            "item_length": [item_length_name(length) for length in self.item_lengths],
            "limit": self.limit,
            "seed": self.seed,
        }


Progress = Callable[[str, int, int], None]
"""Is called with a cell's folder name, its instances done, and all of them."""


def run_grid(
    spec: GridSpec,
    out: Path,
    data: Path | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> list[Run]:
    """Measure every cell into `out`, resuming what is there.

    Codecs and corpora are all opened before the first byte is written.

    Raises:
        InputError: bad spec or data, or `out` holds something else.
    """
    cells = list(spec.cells())
    built = {(one.codec, one.item_length): _codec(one) for one in cells}
    if not cells:
        raise InputError("nothing to run: name at least one --modality and one --codec")
    corpora = {(one.modality, one.item_length): _corpus(one, data) for one in cells}
    for codec in built.values():
        if isinstance(codec, Codec):
            codec.open()
    _claim(out, spec)
    runs = []
    for cell in cells:
        corpus = corpora[cell.modality, cell.item_length]
        runs.append(
            _run_cell(
                cell,
                built[cell.codec, cell.item_length],
                corpus,
                out / cell.folder,
                engine,
                progress,
            )
        )
    return runs


def _codec(cell: Cell) -> Codec | Estimator:
    codec = build(cell.codec)
    if isinstance(codec, GzipPaper) and cell.item_length is None:
        return GzipPaper(free=0)  # as in KT's Table 6, column 1MB
    return codec


def _corpus(cell: Cell, data: Path | None) -> Corpus:
    return kt_corpus(cell.modality, cell.item_length, cell.limit, cell.seed, data)


def _claim(out: Path, spec: GridSpec) -> None:
    path = out / FILE
    if path.is_file():
        kept = read_json(path)
        if kept.get("format") != FORMAT:
            raise InputError(f"{path} has format {kept.get('format')}; this version reads {FORMAT}")
        check_spec(kept.get("spec"), spec.as_json(), out)
        return
    try:
        if out.is_dir():
            remove_torn(out)  # of a start that was killed
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InputError(f"{out} exists and is no grid of runs; choose another --out")
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}; choose another place") from error
    write_json(path, {"format": FORMAT, "spec": spec.as_json()})


def _run_cell(
    cell: Cell,
    codec: Codec | Estimator,
    corpus: Corpus,
    folder: Path,
    engine: Engine | None,
    progress: Progress | None,
) -> Run:
    def report(done: int, total: int) -> None:
        if progress:
            progress(cell.folder, done, total)

    run = measure(codec, corpus, folder, name=cell.codec, engine=engine, progress=report)
    keep_gzip_sizes(run, corpus)
    return run


def read_grid(folder: Path) -> GridSpec:
    """The spec of a grid's folder."""
    try:
        kept = read_json(folder / FILE)["spec"]
        return GridSpec(
            tuple(kept["modality"]),
            tuple(kept["codec"]),
            tuple(None if one == "whole" else one for one in kept["item_length"]),
            kept["limit"],
            kept["seed"],
        )
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder / FILE} is damaged ({error}); delete it") from error


def folders_in_order(folder: Path) -> list[Path]:
    """The run folders of a grid in the order in which it was asked for, or a run folder itself.

    Raises:
        InputError: neither.
    """
    if not (folder / FILE).is_file():
        return find_runs(folder)
    cells = list(read_grid(folder).cells())
    for cell in cells:
        path = folder / cell.folder
        if (path / INFO).is_file() and _cell_of(path, cell.seed) != cell:
            raise InputError(f"{folder / cell.folder} holds another run than {FILE} says")
    return [folder / cell.folder for cell in cells]


def _cell_of(folder: Path, seed: int = 0) -> Cell:
    """The cell that a run folder says it is; `seed` where its corpus was not sampled."""
    try:
        kept = read_json(folder / INFO)["spec"]
        corpus = kept["corpus"]
        length = None if corpus["item_length"] == "whole" else corpus["item_length"]
        seed = corpus.get("seed", seed)
        return Cell(corpus["modality"], kept["codec"], length, corpus["limit"], seed)
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder / INFO} is damaged ({error}); delete it") from error


def resume(
    folder: Path,
    data: Path | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> list[Run]:
    """Go on with a grid's folder, or with one run folder of it.

    Raises:
        InputError: neither of them.
    """
    if (folder / FILE).is_file():
        return run_grid(read_grid(folder), folder, data, engine, progress)
    if (folder / INFO).is_file():
        cell = _cell_of(folder)
        opened = _corpus(cell, data)
        return [_run_cell(cell, _codec(cell), opened, folder, engine, progress)]
    raise InputError(f"{folder} is neither a grid nor a run folder: no {FILE}, no {INFO}")
