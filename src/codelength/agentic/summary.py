"""Runs of experiments in figures: bits a unit, what is shared, what it took; and the frontier."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codelength.agentic.experiments import experiment
from codelength.agentic.values import is_verified, unit_of
from codelength.codecs.registry import Spec
from codelength.errors import InputError
from codelength.runs.results import COSTS
from codelength.runs.store import TIMES, Run, load_run, read_parquet

ENDS = ("encode", "decode")


@dataclass(frozen=True)
class Summary:
    """A run in figures.

    Arguments:
        name: of its folder.
        experiment, condition, model, budget: as it was asked for; empty for other runs.
        components: of its system.
        bits: bits a unit, by the message where all were decoded.
        median: bits of an instance.
        costs: by end and what it is: "encode_seconds", "decode_model_calls", ...
        shared: bytes that both ends have, by name.
    """

    name: str
    experiment: str
    condition: str
    model: str
    budget: dict[str, int]
    components: frozenset[str]
    observer: str
    unit: str
    instances: int
    units: int
    bits: float
    median: float
    coded_bits: int | None
    container_bits: int | None
    verified: bool
    costs: dict[str, float]
    shared: dict[str, int]


def summary(folder: Path | Run) -> Summary:
    """The figures of a run.

    Raises:
        InputError: it is no complete run.
    """
    run = folder if isinstance(folder, Run) else load_run(folder)
    rows, sums, verified = run.rows(), run.sums, is_verified(run)
    bits = [float(row.coded_bits or 0) if verified else row.ideal_bits for row in rows]
    times = read_parquet(run.folder / TIMES)
    names = [f"{end}_{what}" for end in ENDS for what in ("seconds", *COSTS)]
    name, condition, model, budget = _asked(run)
    observer = run.info["spec"]["observer"]
    return Summary(
        name=run.folder.name,
        experiment=name,
        condition=condition,
        model=model,
        budget=budget,
        components=components_of(run),
        observer=observer if isinstance(observer, str) else str(observer["observer"]),
        unit=unit_of(run),
        instances=len(rows),
        units=sums["units"],
        bits=sum(bits) / max(1, sums["units"]),
        median=sorted(bits)[len(bits) // 2],
        coded_bits=sums["coded_bits"],
        container_bits=sums["container_bits"],
        verified=verified,
        costs={one: float(sum(times[one].to_pylist())) for one in names},
        shared=dict(run.info.get("shared", {})),
    )


def _asked(run: Run) -> tuple[str, str, str, dict[str, int]]:
    if not run.codec.startswith("agentic:"):
        return "", run.codec, "", {}
    options = dict(Spec.parse(run.codec).options)
    name, condition = options.pop("experiment"), options.pop("condition")
    model = options.pop("model", "none")
    return name, condition, model, {key: int(value) for key, value in options.items()}


def components_of(run: Run) -> frozenset[str]:
    """The components of the system that a run measured; none for other runs than experiments'."""
    name, condition, _, _ = _asked(run)
    return experiment(name).arm(condition).components if name else frozenset()


def by_components(runs: Sequence[Run]) -> dict[frozenset[str], Run]:
    """Runs by the components of their systems, all else the same.

    Raises:
        InputError: two have the same components, or they are of other experiments, models, budgets.
    """
    found: dict[frozenset[str], Run] = {}
    for run in runs:
        own = components_of(run)
        if own in found:
            what = ", ".join(sorted(own)) or "no"
            raise InputError(f"{found[own].folder} and {run.folder} both have {what} components")
        found[own] = run
        name, _, *rest = _asked(run)
        first, _, *others = _asked(runs[0])
        if (name, rest) != (first, others):
            raise InputError(f"{run.folder} is of another experiment, model or budget")
    return found


AXES = ("encode_rollouts", "encode_model_tokens", "encode_tool_calls", "encode_seconds")
"""What a frontier may have on its axis."""


def axis(runs: Sequence[Summary]) -> str:
    """The cost by which runs are compared: the first of `AXES` that differs, all having some."""
    for what in AXES:
        costs = [one.costs[what] for one in runs]
        if all(costs) and len(set(costs)) > 1:
            return what
    return AXES[-1]


def frontier(runs: Sequence[Summary]) -> list[bool]:
    """Which runs no other one beats in both, cost of encoding and bits."""
    what = axis(runs)

    def beaten(one: Summary) -> bool:
        return any(
            other.costs[what] <= one.costs[what]
            and other.bits <= one.bits
            and (other.costs[what], other.bits) != (one.costs[what], one.bits)
            for other in runs
        )

    return [not beaten(one) for one in runs]


def same_unit(runs: Sequence[Summary]) -> str:
    """The unit of all.

    Raises:
        InputError: they have several.
    """
    units = sorted({one.unit for one in runs})
    if len(units) > 1:
        raise InputError(f"the runs are by {' and by '.join(units)}; show them apart")
    return units[0]
