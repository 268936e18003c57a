"""`codelength roundtrip score|run|table|ablate|reflect`: models asked, and what they are worth."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import GridProgress, note, print_json, print_table
from codelength.errors import InputError

if TYPE_CHECKING:
    from codelength.roundtrip.asking import Plan, Progress
    from codelength.roundtrip.metrics import Scored
    from codelength.roundtrip.responses import Response

Data = Annotated[Path, typer.Argument(help="A folder that `generate` made.")]
ModelName = Annotated[
    str,
    typer.Option(
        "--model",
        help="PROVIDER/MODEL as Inspect names it (openai/..., vllm/BASE:ADAPTER),"
        " transformers/PATH, transformers/PATH:ADAPTER, or scripted/mixed.",
    ),
]
RunOut = Annotated[Path, typer.Option("--out", help="Folder of the run; gone on with if there.")]
SettingNames = Annotated[
    str, typer.Option("--setting", help="all, or a comma list of names or numbers 0..3.")
]
Blind = Annotated[bool, typer.Option("--blind", help="No names of algorithms, in text or code.")]
Shots = Annotated[int, typer.Option("--shots", min=0, max=1, help="Worked examples.")]
Split = Annotated[str, typer.Option("--split", help="train, validation, test, or all.")]
Family = Annotated[str, typer.Option("--family", help="A comma list, or all.")]
Limit = Annotated[
    int,
    typer.Option(
        "--limit", min=0, help="So many records of each family, from all over them; 0: all."
    ),
]
Samples = Annotated[int, typer.Option("--samples", min=1, help="Responses to a question.")]
Tokens = Annotated[int, typer.Option("--tokens", min=1, help="Of a response, at most.")]
Temperature = Annotated[float, typer.Option("--temperature", min=0.0)]
RunSeed = Annotated[int, typer.Option("--seed", min=0, help="For models that take one.")]
Ks = Annotated[str, typer.Option("--k", help="For pass@k, a comma list.")]
By = Annotated[
    Literal["family", "setting", "source", "kind", "length", "entropy", "split"],
    typer.Option("--by", help="Lines of the table."),
]


def score(
    responses: Annotated[Path, typer.Argument(help="JSONL: id, setting, response.")],
    data: Annotated[Path, typer.Option("--data", help="A folder that `generate` made.")],
    k: Ks = "1",
    by: By = "family",
    as_json: AsJson = False,
) -> None:
    """Score responses that any model gave.

    The last complete [ANSWER] block of a response counts. A row may also have sample (0, 1, ...),
    end (stop, length, refusal, failed) and rendering. --json: one row a response, in order.
    """
    from codelength.roundtrip.records import read_records
    from codelength.roundtrip.responses import (
        by_id,
        read_responses,
        response_of,
        score_row,
        scored,
    )

    records = by_id(read_records(data))
    rows, found = [], []
    for number, row in read_responses(responses):
        where = f"{responses}, line {number}"
        one = response_of(row, where)
        found.append((one, scored(one, records, where)))
        rows.append(score_row(*found[-1]))
    if not rows:
        raise InputError(f"{responses} has no rows")
    asked = {(one.record.id, one.setting) for _, one in found}
    settings = {setting for _, setting in asked}
    if missing := len(records) * len(settings) - len(asked):
        note(f"{missing:,} questions of these settings have no row, and are not counted")
    if as_json:
        print_json(rows)
        return
    show({responses.stem: [one for _, one in found]}, _ks(k), by)


def show(runs: dict[str, list["Scored"]], ks: tuple[int, ...], by: str) -> None:
    """Print the tables of runs."""
    from codelength.report.roundtrip import (
        READING,
        paper_table,
        runs_table,
        statuses_table,
        trips_table,
    )
    from codelength.roundtrip.metrics import GROUPS

    print_table(runs_table(runs, ks, by, GROUPS[by]))
    print()
    print_table(paper_table(runs, max(ks)))
    print()
    print_table(trips_table(runs))
    print()
    print_table(statuses_table(runs))
    note("")
    note(READING)


def plan_of(
    model: str, family: str, setting: str, split: str, samples: int, blind: bool, shots: int,
    limit: int, tokens: int, temperature: float, seed: int, own: bool = False,
) -> "Plan":  # fmt: skip
    """The plan of a run's options."""
    from codelength.roundtrip.asking import Plan
    from codelength.roundtrip.families import FAMILIES
    from codelength.roundtrip.prompts import Manner
    from codelength.roundtrip.records import SPLITS
    from codelength.roundtrip.settings import settings
    from codelength.synthesis.prompted.generation import Settings

    if split not in (*SPLITS, "all"):
        raise InputError(f"--split is {', '.join(SPLITS)} or all, not {split!r}")
    families = () if family == "all" else tuple(one.strip() for one in family.split(","))
    unknown = [one for one in families if one not in FAMILIES]
    if unknown:
        raise InputError(f"no family {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    return Plan(
        model,
        tuple(one.name for one in settings(setting)),
        samples,
        (Manner(blind, shots),),
        own,
        Settings(tokens, finite(temperature), seed),
        "" if split == "all" else split,
        families,
        limit,
    )


def finite(temperature: float) -> float:
    """A temperature that is a number.

    Raises:
        InputError: it is none.
    """
    if not math.isfinite(temperature):
        raise InputError(f"--temperature is a finite number, not {temperature}")
    return temperature


@contextmanager
def told(name: str) -> Iterator["Progress"]:
    """A bar of responses."""
    with GridProgress("responses") as progress:
        yield lambda done, total: progress(name, done, total)


def run(
    data: Data,
    model: ModelName,
    out: RunOut,
    samples: Samples = 1,
    family: Family = "all",
    setting: SettingNames = "all",
    split: Split = "all",
    blind: Blind = False,
    shots: Shots = 0,
    own: Annotated[
        bool, typer.Option("--own", help="Also give each output back and ask for its input.")
    ] = False,
    limit: Limit = 0,
    tokens: Tokens = 16_384,
    temperature: Temperature = 0.2,
    seed: RunSeed = 0,
    k: Ks = "1",
    as_json: AsJson = False,
) -> None:
    """Ask a model, and print what its responses are worth.

    A run that was stopped goes on with the same command.
    """
    from codelength.roundtrip import asking
    from codelength.roundtrip.models import model as model_named
    from codelength.roundtrip.records import read_records

    plan = plan_of(model, family, setting, split, samples, blind, shots, limit, tokens,
                   temperature, seed, own)  # fmt: skip
    if max(_ks(k)) > samples:
        raise InputError(f"pass@{max(_ks(k))} needs as many responses: --samples {max(_ks(k))}")
    asked = model_named(model)
    asked.open()
    with told(model) as progress:
        asking.run(plan, asked, data, read_records(data), out, progress)
    table([out], k, "family", None, as_json)


def _ks(text: str) -> tuple[int, ...]:
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(piece.isdecimal() and 0 < int(piece) < 10**6 for piece in pieces):
        raise InputError(f"--k is a comma list of numbers such as 1,5, not {text!r}")
    return tuple(dict.fromkeys(map(int, pieces)))


def table(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs.")],
    k: Ks = "1",
    by: By = "family",
    data: Annotated[
        Path | None, typer.Option("--data", help="The data of the runs [default: where it was].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the tables of runs: what is right, feasible, pass@k, round trips, how answers ended."""
    found = {}
    for folder in runs:
        label, scored, info = load(folder, data)
        if "rounds" in info["plan"]:
            raise InputError(
                f"{folder} is a reflection: the same `reflect` command prints its table"
            )
        first = info["plan"]["manners"][0]["rendering"]
        scored = [pair for pair in scored if pair[0].rendering == first]  # of an ablation
        found[label if label not in found else f"{label} ({folder})"] = scored
    if as_json:
        rows = [_row(label, name, some, _ks(k)) for label, name, some in _groups(found, by)]
        print_json(rows)
    else:
        show({label: [one for _, one in scored] for label, scored in found.items()}, _ks(k), by)


def _groups(
    found: dict[str, list[tuple["Response", "Scored"]]], by: str
) -> Iterator[tuple[str, str, list["Scored"]]]:
    from codelength.report.roundtrip import plain
    from codelength.roundtrip.metrics import GROUPS, grouped

    for label, scored in found.items():
        every = [one for _, one in scored]
        for name, some in {**grouped(plain(every), GROUPS[by]), "all": every}.items():
            yield label, name, some


def _row(label: str, name: str, some: list["Scored"], ks: tuple[int, ...]) -> dict[str, Any]:
    from dataclasses import asdict

    from codelength.report.roundtrip import back_from_own, plain, refuse_few
    from codelength.roundtrip.metrics import figures, round_trips

    own, back = plain(some), back_from_own(some)
    refuse_few(own, ks, label)
    trips = {key: asdict(one) for key, one in round_trips(own).items()}
    row = {"run": label, "group": name, **asdict(figures(own, ks)), "round_trips": trips}
    return row | {"back_from_own": back}


def load(
    folder: Path, data: Path | None = None
) -> tuple[str, list[tuple["Response", "Scored"]], dict[str, Any]]:
    """A run: its label, its responses with their scores, and what was asked.

    Raises:
        InputError: the data are not where they were, or others.
    """
    from hashlib import sha256

    from codelength.roundtrip import asking
    from codelength.roundtrip.records import data_file, read_records
    from codelength.roundtrip.responses import OWN, by_id, scored

    info, responses = asking.load(folder)
    place = data or Path(info["data"]["path"])
    if not place.exists():
        raise InputError(f"the data of {folder} are not at {place} any more; name them with --data")
    if sha256(data_file(place).read_bytes()).hexdigest() != info["data"]["sha256"]:
        raise InputError(f"{place} are not the data of {folder}: another checksum")
    records = by_id(read_records(place))
    plan = info["plan"]
    words = [plan["model"]]
    words += ["blind"] if plan["manners"][0]["blind"] else []
    words += [f"{plan['manners'][0]['shots']} shot"] if plan["manners"][0]["shots"] else []
    pairs = [(one, scored(one, records, str(folder))) for one in responses]
    if not pairs:
        raise InputError(f"{folder} has no responses yet")
    own = sum(one.setting.startswith(OWN) or one.round > 0 for one in responses)
    if (there := len(responses) - own) < info.get("questions", 0):
        note(
            f"{folder}: {there:,} of {info['questions']:,} responses: it is not at its end, and"
            " what is missing is not counted"
        )
    return ", ".join(words), pairs, info


def ablate(
    data: Data,
    model: ModelName,
    out: RunOut,
    rendering: Annotated[
        str, typer.Option("--rendering", help="A comma list such as huffman:hex,lzw:csv, or all.")
    ] = "all",
    samples: Samples = 1,
    family: Family = "all",
    setting: SettingNames = "all",
    split: Split = "all",
    blind: Blind = False,
    shots: Shots = 0,
    limit: Limit = 0,
    tokens: Tokens = 16_384,
    temperature: Temperature = 0.2,
    seed: RunSeed = 0,
    as_json: AsJson = False,
) -> None:
    """Ask the same with values written in other ways, and compare with JSON by question."""
    from dataclasses import asdict

    from codelength.report.roundtrip import ablation_table
    from codelength.roundtrip import ablation, asking
    from codelength.roundtrip.models import model as model_named
    from codelength.roundtrip.records import read_records

    base = plan_of(model, family, setting, split, samples, blind, shots, limit, tokens,
                   temperature, seed)  # fmt: skip
    plan = ablation.plan(base, [one.strip() for one in rendering.split(",")])
    asked = model_named(model)
    asked.open()
    with told(model) as progress:
        asking.run(plan, asked, data, read_records(data), out, progress)
    _, pairs, _ = load(out, data)
    found = ablation.compare((response.rendering, one) for response, one in pairs)
    if as_json:
        print_json(asdict(one) for one in found)
    else:
        print_table(ablation_table(found))


def reflect(
    data: Data,
    model: ModelName,
    out: RunOut,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=20)] = 2,
    samples: Samples = 1,
    family: Family = "all",
    setting: SettingNames = "all",
    split: Split = "all",
    blind: Blind = False,
    shots: Shots = 0,
    limit: Limit = 0,
    tokens: Tokens = 16_384,
    temperature: Temperature = 0.2,
    seed: RunSeed = 0,
    as_json: AsJson = False,
) -> None:
    """Have a model look at its own answers and answer again, without ever seeing the right ones.

    After each round the last answer counts.
    """
    from dataclasses import asdict

    from codelength.report.roundtrip import reflection_table
    from codelength.roundtrip import reflection
    from codelength.roundtrip.models import model as model_named
    from codelength.roundtrip.records import read_records
    from codelength.roundtrip.responses import by_id

    plan = plan_of(model, family, setting, split, samples, blind, shots, limit, tokens,
                   temperature, seed)  # fmt: skip
    asked = model_named(model)
    asked.open()
    with told(model) as progress:
        responses = reflection.reflect(plan, rounds, asked, data, read_records(data), out, progress)
    found = reflection.figures(responses, by_id(read_records(data)))
    if as_json:
        print_json([asdict(found)])
        return
    print_table(reflection_table(found))
    note(f"{found.questions:,} questions; the last answer counts; oracle-best is no result")
