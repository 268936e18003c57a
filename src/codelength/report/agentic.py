"""Tables of experiments: runs, values of components, shares of all orders."""

from collections.abc import Sequence

from codelength.agentic.orders import Lattice
from codelength.agentic.summary import Summary, frontier
from codelength.agentic.values import Value
from codelength.report.tables import Table


def run_table(runs: Sequence[Summary]) -> Table:
    """Runs, a line each; on the frontier where no other is both shorter and cheaper."""
    best = frontier(runs)
    rows = [
        (
            _name(one),
            "" if one.model == "none" else one.model,
            ", ".join(f"{key}={value}" for key, value in one.budget.items()),
            f"{one.instances:,}",
            f"{one.bits:.3f}",
            f"{one.bits * one.units / max(1, one.instances):,.1f}",
            "verified" if one.verified else "estimate",
            f"{one.costs['encode_rollouts'] + one.costs['decode_rollouts']:,.0f}",
            f"{one.costs['encode_model_tokens'] + one.costs['decode_model_tokens']:,.0f}",
            f"{one.costs['encode_tool_calls'] + one.costs['decode_tool_calls']:,.0f}",
            f"{one.costs['encode_seconds']:,.1f}",
            f"{one.costs['decode_seconds']:,.1f}",
            "*" if on else "",
        )
        for one, on in zip(runs, best, strict=True)
    ]
    unit = runs[0].unit if runs else "unit"
    header = (
        "run", "model", "budget", "instances", f"bits/{unit}", "bits/instance", "bits are",
        "rollouts", "model tokens", "tool calls", "encode, s", "decode, s", "frontier",
    )  # fmt: skip
    told = [j for j in range(len(header)) if any(row[j] not in ("", "0", "0.0") for row in rows)]
    if len(rows) == 1:
        told = [j for j in told if header[j] != "frontier"]
    words = sum(j < 3 for j in told)
    return Table([header[j] for j in told], [[row[j] for j in told] for row in rows], left=words)


def _name(one: Summary) -> str:
    return f"{one.experiment} {one.condition}".strip() or one.name


def value_table(values: Sequence[Value]) -> Table:
    """What each system saves against another."""
    rows = [
        (
            one.base,
            one.with_it,
            f"{one.mean_base:.3f}",
            f"{one.mean_with:.3f}",
            f"{one.value:+.3f}",
            f"{one.low:+.3f} .. {one.high:+.3f}",
            f"{one.median:+.3f}",
            f"{one.wins} / {one.losses} / {one.ties}",
            f"{one.p:.2g}",
            "verified" if one.verified else "estimate",
        )
        for one in values
    ]
    unit = values[0].unit if values else "unit"
    header = (
        "base", "with", f"base, bits/{unit}", "with", "value", "95 % interval", "median",
        "wins / losses / ties", "sign test", "bits are",
    )  # fmt: skip
    return Table(header, rows, left=2)


def pair_table(values: Sequence[Value]) -> Table:
    """Every instance of every comparison, largest saving first."""
    rows = [
        (one.base, one.with_it, pair.id, str(pair.units), f"{pair.base:,.1f}",
         f"{pair.with_it:,.1f}", f"{pair.saving:+,.1f}")
        for one in values
        for pair in sorted(one.pairs, key=lambda pair: -pair.saving)
    ]  # fmt: skip
    header = ("base", "with", "instance", "units", "base, bits", "with, bits", "saving, bits")
    return Table(header, rows, left=3)


def order_table(lattice: Lattice) -> Table:
    """What each component saves in each order of addition, and over all orders."""
    rows = []
    for order, savings in lattice.orders().items():
        by = dict(zip(order, savings, strict=True))
        rows.append((" then ".join(order), *(f"{by[one]:+.3f}" for one in lattice.components)))
    shares = [f"{s.value:+.3f} ({s.low:+.3f} .. {s.high:+.3f})" for s in lattice.shapley()]
    rows.append(("all orders (Shapley)", *shares))
    return Table((f"order, bits/{lattice.unit}", *lattice.components), rows)


def shared_text(runs: Sequence[Summary]) -> str:
    """What both ends have and no message pays for, by run, in a line each."""
    lines = []
    for one in runs:
        if one.shared:
            parts = ", ".join(f"{name} {size:,} bytes" for name, size in one.shared.items())
            more = 8 * sum(one.shared.values()) / max(1, one.units)
            lines.append(
                f"{_name(one)}: both ends have {parts}; paid for by these {one.units:,} units,"
                f" {more:,.1f} bits/{one.unit} more"
            )
    return "\n".join(lines)
