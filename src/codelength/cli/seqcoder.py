"""`codelength seqcoder`: train models that write programs, evaluate them, make them small."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.options import (
    AsJson,
    Data,
    Workers,
    item_lengths,
    modalities,
    workers_or_cores,
)
from codelength.cli.output import GridProgress, note, print_json, print_table
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.dsl.pairs import Pair
    from codelength.synthesis.seqcoder.decoding import Manner

app = typer.Typer(
    help="Models that write KT's programs, trained on sampled pairs.", no_args_is_help=True
)

Checkpoint = Annotated[Path, typer.Argument(help="A checkpoint's folder.")]
Fresh = Annotated[
    int, typer.Option("--seed", min=1, max=2**32 - 1, help="Of the pairs, from 1 on.")
]

Temperature = Annotated[
    float | None, typer.Option("--temperature", min=0.01, help="Of samples [default: 1].")
]


def manner_of(
    k: int, temperature: float | None, beams: bool = False, alone: bool = False
) -> "Manner":
    """How programs are drawn; refuses what would have no effect."""
    from codelength.synthesis.seqcoder.decoding import Manner

    if temperature is not None and (k == 1 or beams):
        raise InputError("--temperature is of samples: -k 2 or more, and no --beams")
    if beams and k == 1:
        raise InputError("--beams needs -k, their number")
    return Manner(k, (temperature or 1.0) if k > 1 and not beams else 0.0, beams, told=not alone)


def held_out(limit: int, lines: int, longest: int = 0) -> "list[Pair]":
    """Held-out items; refuses limits that leave none."""
    from codelength.synthesis.seqcoder.evaluation import held_out_items

    items = held_out_items(limit, lines, longest)
    if limit and not items:
        raise InputError("no held-out item is so short: programs have two lines or more")
    return items


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
    pool: Annotated[
        int, typer.Option("--pool", min=1, help="Blocks of 2,048 items drawn together.")
    ] = 16,
    easy: Annotated[float, typer.Option("--easy", help="Share of easy pairs kept.")] = 1.0,
    windows: Annotated[
        Path | None, typer.Option("--windows", help="A file whose windows are listed, too.")
    ] = None,
    share: Annotated[
        float | None, typer.Option("--share", help="Of such windows [default: 0.1].")
    ] = None,
    feedback: Annotated[
        int, typer.Option("--feedback", min=0, help="Values of each line's result in its row.")
    ] = 0,
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

    if share is not None and windows is None:
        raise InputError("--share is of --windows FILE, which is missing")
    share = 0.1 if share is None else share
    if not 0 <= easy <= 1 or not 0 <= share <= 1:
        raise InputError("--easy and --share are shares, 0 to 1")
    if not 0 <= rate < 1:
        raise InputError(f"--rate {rate} is no learning rate: 0 for the preset's, else below 1")
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
        pool=pool,
        feedback=feedback,
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
    try:
        done = run(plan, out, note)
    except KeyboardInterrupt:
        note(f"steps since the last checkpoint are lost; there is one every {every} steps")
        raise
    if fingerprint := done.get("sha256"):  # of several processes the first one speaks
        print(f"{out}: {done['parameters']:,} parameters, {done['tokens']:,} tokens, {fingerprint}")


@app.command(name="eval")
def evaluate_checkpoint(
    checkpoint: Checkpoint,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Held-out items.")] = 200,
    k: Annotated[int, typer.Option("-k", min=1, help="Programs an item.")] = 1,
    temperature: Temperature = None,
    beams: Annotated[bool, typer.Option("--beams", help="Beams in place of samples.")] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="It writes results of lines itself (feedback).")
    ] = False,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Items of at most so many.")] = 0,
    longest: Annotated[int, typer.Option("--longest", min=0, help="Items of at most.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Accuracy and bits on held-out items, by lines and by symbols."""
    from codelength.report.seqcoder import table
    from codelength.synthesis.seqcoder.evaluation import Judged, evaluate
    from codelength.synthesis.seqcoder.model import load

    manner = manner_of(k, temperature, beams, alone)
    found = load(checkpoint)
    if alone and not found.feedback:
        raise InputError(f"--alone: {checkpoint} was not trained with execution feedback")
    items = held_out(limit, lines, longest)
    done = evaluate(found, [one.sequence for one in items], manner, note, some=64)
    rows = [Judged.of(pair, one) for pair, one in zip(items, done.outcomes, strict=True)]
    if as_json:
        print_json([one.row() for one in rows])
        return
    print_table(table(rows), "auto")


@app.command()
def natural(
    checkpoint: Checkpoint,
    modality: Annotated[
        list[str], typer.Option("--modality", help="As in `kt run`: a comma list, may repeat.")
    ],
    item_length: Annotated[
        str, typer.Option("--item-length", help="Symbols an item; a comma list.")
    ] = "16,32,64,128",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Items of each.")] = 100,
    k: Annotated[int, typer.Option("-k", min=1, help="Programs an item.")] = 1,
    temperature: Temperature = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Accuracy and the longest right prefixes on natural sequences, by length."""
    from codelength.corpora.kt import kt_corpus
    from codelength.report.seqcoder import natural_row, natural_table
    from codelength.synthesis.seqcoder.evaluation import evaluate
    from codelength.synthesis.seqcoder.model import load

    manner = manner_of(k, temperature)
    found = load(checkpoint)
    rows = []
    for name in modalities(modality):
        for length in item_lengths(item_length):
            corpus = kt_corpus(name, length, limit, 0, data)
            items = list(corpus)
            note(f"{name}, {length} symbols: {len(items):,} items")
            done = evaluate(found, [one.target for one in items], manner)
            rows.append(natural_row(name, length, items, done.outcomes))
    if as_json:
        print_json(rows)
        return
    print_table(natural_table(rows), "auto")


@app.command()
def export(
    checkpoint: Checkpoint, out: Annotated[Path, typer.Option("--out", help="A new folder.")]
) -> None:
    """The checkpoint with weights of 8 bits, a quarter of the size."""
    from codelength.synthesis.seqcoder.model import ABOUT, load, save

    if (out / ABOUT).exists():
        raise InputError(f"{out} holds a checkpoint; take a new folder")
    found = load(checkpoint, "cpu")
    sha256 = save(found.model, out, {**found.about, "from": found.sha256}, eight_bits=True)
    print(f"{out}: {(out / 'model.safetensors').stat().st_size:,} bytes, sha256 {sha256}")


@app.command()
def card(
    checkpoint: Checkpoint,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Held-out items; 0: none.")] = 200,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Items of at most so many.")] = 0,
    as_json: AsJson = False,
) -> None:
    """A model card: data, steps, hardware, fingerprint, and figures measured now."""
    from codelength.report.seqcoder_card import card as written
    from codelength.synthesis.seqcoder.evaluation import Judged, evaluate
    from codelength.synthesis.seqcoder.model import load

    found = load(checkpoint)
    items = held_out(limit, lines)
    done = evaluate(found, [one.sequence for one in items], manner_of(1, None), note, some=64)
    rows = [Judged.of(pair, one) for pair, one in zip(items, done.outcomes, strict=True)]
    if as_json:
        print_json([{"about": found.about, "items": [one.row() for one in rows]}])
        return
    which = f"of at most {lines} lines, " if lines else ""
    print(written(str(checkpoint), found.about, rows, which), end="")


@app.command()
def reinforce(
    start: Checkpoint,
    out: Annotated[Path, typer.Option("--out", help="The new checkpoint's folder.")],
    steps: Annotated[int, typer.Option("--steps", min=1)] = 100,
    targets: Annotated[int, typer.Option("--targets", min=1, help="Of a step.")] = 16,
    draws: Annotated[int, typer.Option("-k", min=2, help="Programs of a target.")] = 16,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.")] = 1e-4,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Of a program; 0: any.")] = 0,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Written at once.")] = 256,
    budget: Annotated[int, typer.Option("--budget", min=2048, help="Tokens at once.")] = 8192,
    seconds: Annotated[float, typer.Option("--seconds", help="At most; 0: no clock.")] = 0.0,
    seed: Fresh = 77,
) -> None:
    """Reinforce a checkpoint by verified savings in bits; the same command goes on."""
    from codelength.synthesis.seqcoder.reinforcement import Bout
    from codelength.synthesis.seqcoder.reinforcement import reinforce as run
    from codelength.synthesis.seqcoder.stream import Mix

    mix = Mix(seed=seed, lines=lines, pool=2)
    bout = Bout(str(start), mix, steps, targets, draws, rate, rows, budget, seconds=seconds)
    done = run(bout, out, note)
    print(f"{out}: {done['steps']:,} steps, {done['seconds']:,} s, {done['sha256']}")


@app.command()
def finetune(
    model: Annotated[str, typer.Argument(help="As transformers/ names it: a folder, a hub's id.")],
    out: Annotated[Path, typer.Option("--out", help="The model's or adapter's folder.")],
    steps: Annotated[int, typer.Option("--steps", min=1)] = 1000,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pairs of a step.")] = 8,
    lines: Annotated[int, typer.Option("--lines", min=0, help="Of a program; 0: any.")] = 0,
    longest: Annotated[int, typer.Option("--longest", min=64, help="Tokens of a pair.")] = 1024,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.")] = 2e-4,
    lora: Annotated[int, typer.Option("--lora", min=0, help="Rank; 0: all weights.")] = 0,
    every: Annotated[int, typer.Option("--every", min=1, help="Steps between checkpoints.")] = 100,
    seed: Fresh = 1,
) -> None:
    """Fine-tune a language model on pairs in the text form; the same command goes on."""
    from codelength.synthesis.seqcoder.finetuning import Tuning
    from codelength.synthesis.seqcoder.finetuning import finetune as run

    tuning = Tuning(model, steps, batch, lines, longest, rate, lora, seed, every)
    done = run(tuning, out, note)
    text = f"{model}:{out}" if lora else f"{out}"
    print(f"{out}: {done['tokens']:,} tokens, {done['seconds']:,} s, loss {done['loss']:.4f}")
    note(f"codelength kt run --modality synthetic --codec seqcoder:text={text},k=8 --out FOLDER")


@app.command()
def quick(
    out: Annotated[Path, typer.Option("--out", help="A folder; it goes on there.")],
    steps: Annotated[int, typer.Option("--steps", min=1)] = 1200,
    items: Annotated[int, typer.Option("--items", min=1, help="Held-out items, judged.")] = 200,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Items of KT's table.")] = 100,
    workers: Workers = None,
) -> None:
    """The whole path on a CPU: pairs, training, held-out items, rows of KT's table."""
    from codelength.cli.kt import show
    from codelength.corpora.kt import SYNTHETIC
    from codelength.kt.grid import GridSpec, run_grid
    from codelength.runs.engine import Engine

    model = out / "model"
    train(model, preset="tiny", steps=steps, budget=4096, lines=4, every=100)
    note(f"codelength seqcoder eval {model} --limit {items} --lines 4")
    evaluate_checkpoint(model, limit=items, lines=4)
    codecs = (f"seqcoder:checkpoint={model.resolve()},k=8", "gzip", "solver", "gold")
    spec = GridSpec((SYNTHETIC,), codecs, limit=limit)
    note(f"codelength kt run --modality synthetic --limit {limit} --codec {','.join(codecs)}")
    with Engine(workers_or_cores(workers)) as engine, GridProgress() as progress:
        runs = run_grid(spec, out / "kt", None, engine, progress)
    show([found.folder for found in runs], "raw", "auto", False)


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
