"""Figures of experiments (agentic codelength, Fig. 2 to 5), as PNG files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codelength.agentic.summary import Summary, axis, frontier
from codelength.agentic.values import Value
from codelength.report.axes import new_axes

BASE, WITH, LOSS = "#8a8f98", "#1b7f5a", "#c0392b"


def label(one: Summary) -> str:
    """A run under its bar."""
    budget = ", ".join(f"{key}={value}" for key, value in one.budget.items())
    parts = (one.condition or one.name, one.model, budget)
    return "\n".join(part for part in parts if part)


def bars(runs: Sequence[Summary]) -> Any:
    """Bits a unit of each run (Fig. 2)."""
    figure, axes = new_axes()
    colours = [WITH if one.components else BASE for one in runs]
    drawn = axes.bar(range(len(runs)), [one.bits for one in runs], color=colours)
    axes.bar_label(drawn, [f"{one.bits:.3f}" for one in runs], fontsize=8)
    axes.set_xticks(range(len(runs)), [label(one) for one in runs], fontsize=8)
    kind = "decoded" if all(one.verified for one in runs) else "some estimates"
    axes.set_ylabel(f"bits/{runs[0].unit} ({kind})")
    axes.set_title(f"{runs[0].experiment or 'runs'}: {runs[0].instances} instances")
    axes.margins(y=0.12)
    return figure


def savings(value: Value) -> Any:
    """What the component saves on each instance, sorted (Fig. 3)."""
    figure, axes = new_axes()
    each = np.sort([pair.saving / max(1, pair.units) for pair in value.pairs])[::-1]
    colours = [WITH if one >= 0 else LOSS for one in each]
    axes.bar(range(1, 1 + len(each)), each, color=colours, width=0.9 if len(each) < 60 else 1.0)
    axes.locator_params(axis="x", integer=True)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.axhline(value.value, color="black", linewidth=0.8, linestyle="--")
    axes.axhspan(value.low, value.high, color="black", alpha=0.12, linewidth=0)
    axes.set_xlabel(
        f"instances, sorted ({value.wins} wins, {value.losses} losses, {value.ties} ties)"
    )
    axes.set_ylabel(f"saving, bits/{value.unit}")
    axes.set_title(f"{value.base} -> {value.with_it}: {value.value:+.3f} bits/{value.unit}")
    return figure


def ladder(runs: Sequence[Summary]) -> Any:
    """Bits under stronger and stronger observers (Fig. 4)."""
    figure, axes = new_axes()
    axes.plot(range(len(runs)), [one.bits for one in runs], marker="o", color=WITH)
    axes.set_xticks(range(len(runs)), [one.observer for one in runs], rotation=20, fontsize=8)
    axes.set_xlabel("observer, the weakest first")
    axes.set_ylabel(f"bits/{runs[0].unit}")
    axes.set_ylim(bottom=0)
    return figure


def compute(runs: Sequence[Summary]) -> Any:
    """Bits by what the encoder spends, and the frontier of runs that none beats (Fig. 5)."""
    figure, axes = new_axes()
    best, what = frontier(runs), axis(runs)
    spent = [one.costs[what] for one in runs]
    axes.scatter(spent, [one.bits for one in runs], color=BASE)
    edge = sorted((x, one.bits) for x, one, on in zip(spent, runs, best, strict=True) if on)
    axes.plot(*np.array(edge).T, marker="o", color=WITH, drawstyle="steps-post")
    for x, one in zip(spent, runs, strict=True):
        text = ", ".join(f"{key}={value}" for key, value in one.budget.items()) or one.condition
        axes.annotate(text, (x, one.bits), fontsize=7, xytext=(4, 4), textcoords="offset points")
    if all(spent):
        axes.set_xscale("log")
    axes.set_xlabel(f"the encoder's {what.removeprefix('encode_').replace('_', ' ')}")
    axes.set_ylabel(f"bits/{runs[0].unit}")
    return figure


def draw(runs: Sequence[Summary], values: Sequence[Value], folder: Path) -> list[Path]:
    """The figures that these runs allow; where they lie.

    Arguments:
        runs: in order; `values`: of one after the other.
    """
    figures = {"bars": bars(runs)}
    for k, value in enumerate(values, 1):
        figures[f"savings-{k}"] = savings(value)
    if len({one.observer for one in runs}) == len(runs) > 1:
        figures["ladder"] = ladder(runs)
    if len({(tuple(one.budget.items())) for one in runs}) == len(runs) > 1:
        figures["frontier"] = compute(runs)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=150)
        paths.append(path)
        _close(figure)
    return paths


def _close(figure: Any) -> None:
    from matplotlib import pyplot

    pyplot.close(figure)
