"""`codelength agentic`: what a component is worth in bits."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import GridProgress, note, print_json, print_table
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.agentic.experiments import Settings
    from codelength.agentic.summary import Summary
    from codelength.agentic.values import Value
    from codelength.runs.store import Run

app = typer.Typer(
    help="What a tool, an environment or more search is worth, in bits.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="A name, or file.py:Class.")]
Condition = Annotated[str, typer.Option("--condition", help="A0, A1, B0, B1, ...")]
Model = Annotated[
    str, typer.Option("--model", help="none, uniform, gzip, ..., or a language model.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="The first so many instances.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Of what is drawn.")]
DataFolder = Annotated[
    Path | None, typer.Option("--data", help="The data folder [env: CODELENGTH_DATA].")
]
Out = Annotated[Path, typer.Option("--out", help="The run folder to write.")]
Runs = Annotated[list[Path], typer.Argument(help="Run folders, in the order of addition.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes.")]


@app.command(name="list")
def list_experiments(as_json: AsJson = False) -> None:
    """Experiments, their conditions, budgets and models."""
    from codelength.agentic.experiments import experiment, experiments
    from codelength.report.tables import Table

    rows = [
        {
            "experiment": name,
            "condition": arm.name,
            "what": arm.about,
            "components": ", ".join(sorted(arm.components)),
            "budgets": ", ".join(f"{key}={value}" for key, value in one.budgets.items()),
            "models": one.models,
        }
        for name in sorted(experiments())
        for one in [experiment(name)]
        for arm in one.arms
    ]
    if as_json:
        print_json(rows)
        return
    header = tuple(rows[0])[:5]
    print_table(Table(header, [[row[key] for key in header] for row in rows], left=5))
    for name, models in dict.fromkeys((row["experiment"], row["models"]) for row in rows):
        print(f"{name}: --model {models}")


def budgets(text: str) -> dict[str, list[int]]:
    """`key=1,2,4,other=3` as values by name.

    Raises:
        InputError: it is no such list.
    """
    found: dict[str, list[int]] = {}
    key = ""
    for piece in text.split(",") if text else []:
        name, equals, value = piece.rpartition("=")
        key = name.strip() if equals else key
        if not key or not value.strip().isdecimal() or len(value) > 12:
            raise InputError(f"--budget is a list such as seeds=1,2,4, not {text!r}")
        found.setdefault(key, []).append(int(value))
    return found


def one_of_each(given: Mapping[str, list[int]]) -> dict[str, int]:
    """One value a budget.

    Raises:
        InputError: several.
    """
    many = [key for key, values in given.items() if len(values) > 1]
    if many:
        raise InputError(f"--budget {many[0]} has several values: codelength agentic sweep")
    return {key: values[0] for key, values in given.items()}


def measured(
    name: str,
    condition: str,
    model: str,
    budget: Mapping[str, int],
    settings: "Settings",
    out: Path,
    workers: int,
) -> "Run":
    """Measure one system of an experiment."""
    from codelength.agentic.codec import spec_of
    from codelength.agentic.experiments import experiment
    from codelength.codecs.registry import build_codec
    from codelength.runs.engine import Engine
    from codelength.runs.measure import measure

    one = experiment(name)
    spec = spec_of(name, one.arm(condition).name, model, one.budget(budget))
    codec, corpus = build_codec(spec), one.corpus(settings)
    with Engine(workers) as engine, GridProgress() as progress:
        run = measure(
            codec,
            corpus,
            out,
            name=spec,
            engine=engine,
            progress=lambda done, total: progress(
                f"{corpus.name} {condition} {model}", done, total
            ),
        )
    lost = run.sums["instances"] - run.sums["verified"]
    if run.sums["coded_bits"] is not None and lost:
        note(f"warning: {lost} messages of {out} did not decode; its bits are estimates")
    return run


def show(runs: "list[Summary]", as_json: bool) -> None:
    """Runs as JSON or as a table."""
    from codelength.report.agentic import run_table, shared_text

    if as_json:
        print_json(summary_row(one) for one in runs)
        return
    print_table(run_table(runs))
    if text := shared_text(runs):
        print(text)


def summary_row(one: "Summary") -> dict[str, Any]:
    """A run as a row of JSON."""
    return asdict(one) | {"components": sorted(one.components)}


@app.command()
def run(
    name: Name,
    condition: Condition,
    out: Out,
    model: Model = "none",
    limit: Limit = None,
    budget: Annotated[str, typer.Option("--budget", help="key=value,...")] = "",
    seed: Seed = 0,
    data: DataFolder = None,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Measure one system of an experiment; every message is decoded again.

    The same command goes on where it was stopped.
    """
    from codelength.agentic.experiments import Settings
    from codelength.agentic.summary import summary

    given = one_of_each(budgets(budget))
    settings = Settings(data, seed, limit)
    show([summary(measured(name, condition, model, given, settings, out, workers))], as_json)


@app.command()
def sweep(
    name: Name,
    condition: Condition,
    budget: Annotated[str, typer.Option("--budget", help="key=1,2,4: the values to try.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the runs.")],
    model: Model = "none",
    limit: Limit = None,
    seed: Seed = 0,
    data: DataFolder = None,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Measure a system under each of several budgets, and mark the frontier.

    On the frontier is what no other budget beats in both bits and cost.
    """
    from codelength.agentic.experiments import Settings
    from codelength.agentic.summary import summary

    given = budgets(budget)
    swept = [key for key, values in given.items() if len(values) > 1]
    if len(swept) != 1:
        raise InputError(f"--budget sweeps one budget, such as seeds=1,2,4, not {budget!r}")
    (key,) = swept
    others = {one: values[0] for one, values in given.items() if one != key}
    settings = Settings(data, seed, limit)
    runs = [
        measured(
            name, condition, model, others | {key: value}, settings, out / f"{key}={value}", workers
        )
        for value in given[key]
    ]
    show([summary(one) for one in runs], as_json)


def value_row(one: "Value", instances: bool) -> dict[str, Any]:
    """A value as a row of JSON."""
    row = asdict(one)
    pairs = row.pop("pairs")
    row["with"] = row.pop("with_it")
    if instances:
        row["instances"] = [pair | {"with": pair.pop("with_it")} for pair in map(dict, pairs)]
    return row


@app.command()
def value(
    runs: Runs,
    instances: Annotated[bool, typer.Option("--instances", help="A row an instance.")] = False,
    shapley: Annotated[
        bool, typer.Option("--shapley", help="All orders, from runs of all subsets.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What each run saves against the one before it.

    A mean over the same instances, a bootstrap interval and a sign test; of three runs and more,
    the first against the last too.
    """
    from codelength.agentic.orders import lattice_of
    from codelength.agentic.summary import by_components
    from codelength.agentic.values import chain
    from codelength.report.agentic import order_table, pair_table, value_table
    from codelength.runs.store import load_run

    loaded = [load_run(folder) for folder in runs]
    if shapley:
        lattice = lattice_of(by_components(loaded))
        if as_json:
            print_json(asdict(share) | {"unit": lattice.unit} for share in lattice.shapley())
        else:
            print_table(order_table(lattice))
        return
    values = chain(loaded)
    if as_json:
        print_json(value_row(one, instances) for one in values)
        return
    print_table(value_table(values))
    if instances:
        print_table(pair_table(values))


@app.command()
def plot(
    runs: Runs,
    out: Annotated[Path, typer.Option("--out", help="A folder for the figures.")] = Path("figures"),
) -> None:
    """Draw bars, savings by instance and, where runs differ by them, ladder and frontier."""
    from codelength.agentic.summary import same_unit, summary
    from codelength.agentic.values import chain
    from codelength.report.agentic_figures import draw
    from codelength.runs.store import load_run

    loaded = [load_run(folder) for folder in runs]
    shown = [summary(one) for one in loaded]
    same_unit(shown)
    one_observer = len({one.observer for one in shown}) == 1
    values = chain(loaded) if len(loaded) > 1 and one_observer else []
    for path in draw(shown, values, out):
        print(path)
