"""`codelength seqcoder`: train models that write programs, evaluate them, make them small."""

import json
from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import note, print_json, print_table
from codelength.errors import InputError

app = typer.Typer(
    help="Models that write KT's programs, trained on sampled pairs.", no_args_is_help=True
)

Checkpoint = Annotated[Path, typer.Argument(help="A checkpoint's folder.")]
Fresh = Annotated[int, typer.Option("--seed", min=1, help="Of the pairs, from 1 on.")]


@app.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="The checkpoint's folder.")],
    preset: Annotated[str, typer.Option("--preset", help="micro, tiny, small or base.")] = "tiny",
    steps: Annotated[int, typer.Option("--steps", min=1)] = 1000,
    budget: Annotated[int, typer.Option("--budget", min=256, help="Tokens of a batch.")] = 4096,
    pairs: Annotated[int, typer.Option("--pairs", min=0, help="Unique pairs; 0: no end.")] = 0,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Of a program; 0: any.")] = 0,
    grow: Annotated[
        int, typer.Option("--grow", min=0, help="Pools within which the limit of lines goes.")
    ] = 0,
    easy: Annotated[float, typer.Option("--easy", help="Share of easy pairs kept.")] = 1.0,
    windows: Annotated[
        Path | None, typer.Option("--windows", help="A file whose windows are listed, too.")
    ] = None,
    share: Annotated[float, typer.Option("--share", help="Of such windows.")] = 0.1,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate; 0: the preset's.")] = 0.0,
    start: Annotated[
        Path | None, typer.Option("--start", help="A checkpoint to go on from.")
    ] = None,
    every: Annotated[int, typer.Option("--every", min=1, help="Steps between checkpoints.")] = 200,
    seed: Fresh = 1,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes for data.")] = 0,
) -> None:
    """Train; the same command goes on where it was stopped."""
    from codelength.synthesis.seqcoder.stream import Mix
    from codelength.synthesis.seqcoder.training import Plan
    from codelength.synthesis.seqcoder.training import train as run

    if not 0 <= easy <= 1 or not 0 <= share <= 1:
        raise InputError("--easy and --share are shares, 0 to 1")
    if windows is not None and not windows.is_file():
        raise InputError(f"--windows {windows} is no file")
    mix = Mix(
        seed=seed,
        pairs=pairs,
        lines=lines,
        grow=grow,
        easy=easy,
        windows=str(windows or ""),
        share=share,
    )
    plan = Plan(
        preset=preset,
        mix=mix,
        steps=steps,
        budget=budget,
        rate=rate,
        start=str(start or ""),
        workers=workers,
        every=every,
    )
    done = run(plan, out, note)
    print(f"{out}: {done['parameters']:,} parameters, {done['tokens']:,} tokens, {done['sha256']}")


@app.command(name="eval")
def evaluate_checkpoint(
    checkpoint: Checkpoint,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Held-out items.")] = 200,
    k: Annotated[int, typer.Option("-k", min=1, help="Programs an item.")] = 1,
    temperature: Annotated[float, typer.Option("--temperature", min=0.01)] = 1.0,
    beams: Annotated[bool, typer.Option("--beams", help="Beams in place of samples.")] = False,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Items of at most so many.")] = 0,
    longest: Annotated[int, typer.Option("--longest", min=0, help="Items of at most.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Accuracy and bits on held-out items, by lines and by symbols."""
    from codelength.report.seqcoder import table
    from codelength.synthesis.seqcoder.decoding import Manner
    from codelength.synthesis.seqcoder.evaluation import Judged, evaluate, held_out_items
    from codelength.synthesis.seqcoder.model import load

    found = load(checkpoint)
    items = held_out_items(limit, lines, longest)
    manner = Manner(k, temperature if k > 1 and not beams else 0.0, beams)
    done = evaluate(found, [one.sequence for one in items], manner, note, some=64)
    rows = [Judged.of(pair, one) for pair, one in zip(items, done.outcomes, strict=True)]
    if as_json:
        print_json([one.row() for one in rows])
        return
    print_table(table(rows), "auto")


@app.command()
def export(
    checkpoint: Checkpoint, out: Annotated[Path, typer.Option("--out", help="A new folder.")]
) -> None:
    """The checkpoint with weights of 8 bits, a quarter of the size."""
    from codelength.synthesis.seqcoder.model import load, save

    found = load(checkpoint, "cpu")
    sha256 = save(found.model, out, {**found.about, "from": found.sha256}, eight_bits=True)
    print(f"{out}: {(out / 'model.safetensors').stat().st_size:,} bytes, sha256 {sha256}")


@app.command()
def card(checkpoint: Checkpoint) -> None:
    """What is known of a checkpoint: data, steps, hardware, fingerprint."""
    from codelength.synthesis.seqcoder.model import load

    found = load(checkpoint, "cpu")
    print(json.dumps(found.about, indent=1))


@app.command()
def study(
    name: Annotated[str, typer.Argument(help="sizes, curricula, feedback or rewards.")],
    out: Annotated[Path, typer.Option("--out", help="The study's folder; it goes on there.")],
    preset: Annotated[str, typer.Option("--preset", help="micro, tiny, small or base.")] = "tiny",
    steps: Annotated[int, typer.Option("--steps", min=1)] = 1000,
    budget: Annotated[int, typer.Option("--budget", min=256, help="Tokens of a batch.")] = 4096,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Of programs; 0: any.")] = 0,
    extra: Annotated[
        float, typer.Option("--extra", help="Seconds of what goes on from another arm.")
    ] = 300.0,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Held-out items.")] = 1000,
    seed: Fresh = 1,
    plots: Annotated[
        Path | None, typer.Option("--plots", help="A folder for figures as PNG.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train models that differ in one thing, and judge them on the same held-out items."""
    from codelength.report.seqcoder import study_table
    from codelength.synthesis.seqcoder.studies import STUDIES, Setting, items_of
    from codelength.synthesis.seqcoder.studies import run as run_study

    if name not in STUDIES:
        raise InputError(f"no study is called {name!r}; there are {', '.join(STUDIES)}")
    setting = Setting(preset, steps, budget, lines, seed, extra)
    results = run_study(STUDIES[name](setting), out, items_of(setting, limit), note)
    if plots is not None:
        from codelength.report.seqcoder_figures import write_figures

        for path in write_figures({one.name: one.rows for one in results}, plots):
            note(f"{path}")
    if as_json:
        print_json([{"arm": one.name, **row.row()} for one in results for row in one.rows])
        return
    print_table(study_table(results), "auto")
