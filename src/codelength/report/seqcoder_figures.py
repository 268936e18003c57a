"""Figures of SeqCoder: accuracy by lines and symbols (KT, Fig. 11), and of a study's arms (Fig. 4).

Example: write_figures({"tiny": rows}, Path("figures")) -> accuracy-by-lines.png and more.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from codelength.report.axes import new_axes
from codelength.report.seqcoder import BY_LINES, BY_SYMBOLS, accuracy, named
from codelength.synthesis.seqcoder.evaluation import Judged

Rows = Mapping[str, Sequence[Judged]]
"""Judged items by the model's name."""


def spread(share: float, ends: Sequence[float]) -> list[list[float]]:
    """An interval's ends as matplotlib has them: below and above, in percent."""
    return [[max(0.0, 100 * (share - ends[0]))], [max(0.0, 100 * (ends[1] - share))]]


def bands(
    rows: Rows, edges: Sequence[tuple[int, int]], key: Callable[[Judged], int], label: str
) -> Any:
    """Accuracy by bands, with intervals, bars of each model side by side."""
    figure, axes = new_axes()
    used = [
        (low, high)
        for low, high in edges
        if any(low <= key(one) <= high for some in rows.values() for one in some)
    ]
    width = 0.8 / len(rows)
    for turn, (name, some) in enumerate(rows.items()):
        shift = (turn - (len(rows) - 1) / 2) * width
        for at, (low, high) in enumerate(used):
            inside = [one for one in some if low <= key(one) <= high]
            if not inside:
                continue
            share, *ends = accuracy(inside)
            axes.bar(
                at + shift,
                100 * share,
                width,
                yerr=spread(share, ends),
                color=f"C{turn}",
                ecolor="0.3",
                label=name if not at else None,
            )
    numbers = [
        len([one for one in next(iter(rows.values())) if low <= key(one) <= high])
        for low, high in used
    ]
    axes.set_xticks(
        range(len(used)),
        [f"{named(*edge)}\n{count} items" for edge, count in zip(used, numbers, strict=True)],
    )
    axes.set_ylim(0, 105)
    axes.set_xlabel(label)
    axes.set_ylabel("Accuracy, % (95 % intervals)")
    axes.legend()
    return figure


def by_lines(rows: Rows) -> Any:
    """Accuracy by lines of the item's own program."""
    return bands(rows, BY_LINES, lambda one: one.lines, "lines of the program")


def by_symbols(rows: Rows) -> Any:
    """Accuracy by symbols of the item."""
    return bands(rows, BY_SYMBOLS, lambda one: one.symbols, "symbols of the sequence")


def arms(rows: Rows) -> Any:
    """Accuracy of each arm with its interval."""
    figure, axes = new_axes()
    for at, some in enumerate(rows.values()):
        share, *ends = accuracy(some)
        axes.errorbar(100 * share, at, xerr=spread(share, ends), fmt="o", color="C0", capsize=4)
        axes.annotate(
            f"{100 * share:.1f}", (100 * share, at), (0, 7), textcoords="offset points", ha="center"
        )
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("Accuracy, % (95 % intervals)")
    axes.grid(alpha=0.3, axis="x")
    return figure


FIGURES: dict[str, Callable[[Rows], Any]] = {
    "accuracy-by-lines": by_lines,
    "accuracy-by-symbols": by_symbols,
}


def write_figures(rows: Rows, folder: Path) -> list[Path]:
    """Write the figures; that of the arms only where there are several.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    drawn = dict(FIGURES)
    if len(rows) > 1:
        drawn["arms"] = arms
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in drawn.items():
        figure = draw(rows)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=120)
        from matplotlib import pyplot

        pyplot.close(figure)
        written.append(path)
    return written
