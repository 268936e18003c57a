"""Figures of KT's analysis (KT, Fig. 5 to 8 and 11), as PNG files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codelength.kt.analysis import (
    LENGTHS,
    LINES,
    bands,
    grouped,
    length_band,
    lines_band,
    program_lines,
)
from codelength.kt.scoring import Scored
from codelength.report.axes import new_axes

STYLES = ("-", "--", "-.", ":")
"""Of lines, so that equal ones show."""


def _modalities(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    kinds: dict[str, list[Scored]] = {}
    for one in scored:
        kinds.setdefault(one.candidate.modality or "all", []).append(one)
    return kinds


def _accuracy(
    scored: Sequence[Scored], key: Callable[[Scored], str], tops: Sequence[int], label: str
) -> Any:
    figure, axes = new_axes()
    order = bands(tops)
    used = [name for name in order if any(key(one) == name for one in scored)]
    kinds = _modalities(scored)
    width = 0.8 / len(kinds)
    for turn, (modality, items) in enumerate(kinds.items()):
        groups = {one.name: one for one in grouped(items, key, order)}
        across = [at for at, name in enumerate(used) if name in groups]
        heights = [100 * groups[used[at]].accuracy for at in across]
        places = [at + (turn - (len(kinds) - 1) / 2) * width for at in across]
        bars = axes.bar(places, heights, width, label=modality)
        axes.bar_label(bars, [f"{groups[used[at]].items}" for at in across], fontsize=7)
    axes.set_xticks(range(len(used)), used)
    axes.set_ylim(0, 108)
    axes.set_xlabel(f"{label} (above the bars: items)")
    axes.set_ylabel("accuracy, %")
    axes.legend()
    return figure


def accuracy_by_length(scored: Sequence[Scored]) -> Any:
    """Accuracy by symbols of the target (KT, Fig. 5 and 11b)."""
    return _accuracy(scored, length_band, LENGTHS, "symbols of the sequence")


def accuracy_by_lines(scored: Sequence[Scored]) -> Any:
    """Accuracy by lines of the proposed program (KT, Fig. 11a)."""
    return _accuracy(
        [one for one in scored if one.candidate.program], lines_band, LINES, "lines of the program"
    )


def prefix_curve(scored: Sequence[Scored]) -> Any:
    """Share of items whose right prefix has at least so many symbols (KT, Fig. 6)."""
    figure, axes = new_axes()
    for turn, (modality, items) in enumerate(_modalities(scored).items()):
        prefixes, counts = np.unique([one.prefix for one in items], return_counts=True)
        shares = 100 * counts[::-1].cumsum()[::-1] / len(items)
        places = np.concatenate([[0], prefixes])
        style = STYLES[turn % len(STYLES)]
        axes.step(places, [100, *shares], style, where="pre", label=modality)
    axes.set_xlabel("symbols of the longest right prefix, at least")
    axes.set_ylabel("items, %")
    axes.set_ylim(0, 105)
    axes.grid(alpha=0.3)
    axes.legend(framealpha=0.5)
    return figure


def _cumulative(
    scored: Sequence[Scored], of: Callable[[Scored], int], label: str, what: str
) -> Any:
    from matplotlib.ticker import MaxNLocator

    figure, axes = new_axes()
    for turn, (modality, items) in enumerate(_modalities(scored).items()):
        values, counts = np.unique([of(one) for one in items], return_counts=True)
        shares = 100 * counts.cumsum() / len(items)
        places = np.concatenate([values[:1], values])
        style = STYLES[turn % len(STYLES)]
        axes.step(places, [0, *shares], style, where="post", label=modality)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(label)
    axes.set_ylabel(f"{what}, cumulative %")
    axes.set_ylim(0, 105)
    axes.grid(alpha=0.3)
    axes.legend(framealpha=0.5)
    return figure


def sequence_lengths(scored: Sequence[Scored]) -> Any:
    """Symbols of the targets, cumulative (KT, Fig. 7)."""
    return _cumulative(
        scored, lambda one: len(one.candidate.target), "symbols of the sequence", "items"
    )


def program_lengths(scored: Sequence[Scored]) -> Any:
    """Lines of the programs, cumulative (KT, Fig. 8)."""
    with_program = [one for one in scored if one.candidate.program]
    return _cumulative(with_program, program_lines, "lines of the program", "programs")


FIGURES: dict[str, Callable[[Sequence[Scored]], Any]] = {
    "accuracy-by-length": accuracy_by_length,
    "accuracy-by-lines": accuracy_by_lines,
    "prefix": prefix_curve,
    "sequence-lengths": sequence_lengths,
    "program-lengths": program_lengths,
}


def write_figures(scored: Sequence[Scored], folder: Path) -> list[Path]:
    """Write all figures into a folder; those about programs only where there are any.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    programs = any(one.candidate.program for one in scored)
    for name, draw in FIGURES.items():
        if name in ("accuracy-by-lines", "program-lengths") and not programs:
            continue
        figure = draw(scored)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=120)
        pyplot.close(figure)
        written.append(path)
    return written
