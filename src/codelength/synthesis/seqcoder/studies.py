"""Studies: models trained alike but for one thing, judged on the same held-out items.

Example: run(feedback(Setting()), Path("runs/feedback"), 1000) -> an arm's items each.

An arm is trained by a plan of its own, or goes on from another arm's checkpoint; all that is done
is kept in the study's folder, so that the same call goes on where it was stopped.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from codelength.coding.atomic import write_atomic
from codelength.dsl.pairs import Pair
from codelength.errors import InputError
from codelength.synthesis.seqcoder.decoding import Manner
from codelength.synthesis.seqcoder.evaluation import Judged, evaluate, held_out_items
from codelength.synthesis.seqcoder.model import ABOUT, load
from codelength.synthesis.seqcoder.reinforcement import Bout, reinforce
from codelength.synthesis.seqcoder.stream import POOL, Mix
from codelength.synthesis.seqcoder.training import Plan, train

Said = Callable[[str], None]
BASE = "as sampled"
"""New pairs without end, supervised: an arm of most studies, trained once in a folder."""
GREEDY = Manner(rows=128)
MANY = 50_000_000
"""Tokens from which on a million pairs are not the same as pairs without end."""


@dataclass(frozen=True)
class Setting:
    """What all arms of a study share.

    Arguments:
        preset: the model's size.
        steps, budget: of each supervised training.
        lines: programs of at most so many lines, in training and in the items; 0: all.
        extra: seconds that arms which go on from another have, each the same.
    """

    preset: str = "tiny"
    steps: int = 1000
    budget: int = 1 << 12
    lines: int = 0
    seed: int = 1
    extra: float = 300.0

    def plan(self, **changes: Any) -> Plan:
        """A supervised training, its mix changed."""
        mix = replace(Mix(seed=self.seed, lines=self.lines, pool=2), **changes)
        return Plan(preset=self.preset, mix=mix, steps=self.steps, budget=self.budget, every=200)


@dataclass(frozen=True)
class Arm:
    """One model of a study.

    Arguments:
        name: in tables.
        trained: how; None takes the model of `after` as it is.
        after: the arm whose checkpoint it goes on from.
        manner: how it writes the held-out items' programs.
    """

    name: str
    trained: Plan | Bout | None
    after: str = ""
    manner: Manner = field(default=GREEDY)


@dataclass(frozen=True)
class Result:
    """Of an arm.

    Arguments:
        rows: an entry an item.
        told: what its training left: tokens, seconds, fingerprint.
    """

    name: str
    rows: list[Judged]
    told: dict[str, Any]


def sizes(setting: Setting) -> list[Arm]:
    """How many unique pairs are trained on, in as many steps (KT, Fig. 4 and Table 7).

    Few pairs fill batches less well; pairs without end come in pools as large as a set of 32,768.
    """
    counts = [1_000, 10_000, 100_000]
    if setting.steps * setting.budget > MANY:
        counts.append(1_000_000)
    arms = [Arm(f"{count:,} pairs", setting.plan(pairs=count)) for count in counts]
    return [*arms, Arm("new pairs without end", setting.plan(pool=POOL))]


def curricula(setting: Setting) -> list[Arm]:
    """Short programs first, and fewer easy ones, against pairs as they are sampled.

    Raises:
        InputError: the setting limits lines; then all programs are short.
    """
    if setting.lines:
        raise InputError("the study of curricula is of programs of any length: leave --lines out")
    return [
        Arm(BASE, setting.plan()),
        Arm("short programs first", setting.plan(lines=4, grow=10)),
        Arm("three in ten easy pairs", setting.plan(easy=0.3)),
    ]


def feedback(setting: Setting) -> list[Arm]:
    """Results of lines in training, and told by the interpreter or not (KT, section 5.3)."""
    with_results = setting.plan(feedback=128)
    return [
        Arm(BASE, setting.plan()),
        Arm("results that it writes itself", with_results, manner=replace(GREEDY, told=False)),
        Arm("results that it is told", None, "results that it writes itself"),
    ]


def rewards(setting: Setting) -> list[Arm]:
    """Reinforcement, and more supervised training, for as many seconds."""
    mix = Mix(seed=setting.seed + 76, lines=setting.lines, pool=2)
    more = replace(setting.plan(), mix=mix, steps=1 << 30, rate=1e-3, seconds=setting.extra)
    bout = Bout("", mix, 1 << 30, 16, 16, 1e-4, rows=256, budget=1 << 13, seconds=setting.extra)
    return [
        Arm(BASE, setting.plan()),
        Arm("more supervised training", more, BASE),
        Arm("reinforcement", bout, BASE),
    ]


STUDIES: dict[str, Callable[[Setting], list[Arm]]] = {
    "sizes": sizes,
    "curricula": curricula,
    "feedback": feedback,
    "rewards": rewards,
}


def folder_of(out: Path, arm: str) -> Path:
    """Where an arm's model is."""
    return out / arm.replace(" ", "-").replace(",", "")


def made(arm: Arm, out: Path, say: Said) -> Path:
    """The folder of an arm's model, trained if it is not there."""
    folder = folder_of(out, arm.name)
    start = folder_of(out, arm.after) if arm.after else None
    if arm.trained is None:
        return folder_of(out, arm.after)
    told = arm.trained if start is None else replace(arm.trained, start=str(start))
    kept = folder / "arm.json"
    wanted = json.dumps(asdict(told), sort_keys=True)
    if (folder / ABOUT).exists() and kept.exists() and kept.read_text() == wanted:
        return folder
    say(f"{arm.name}:")
    if isinstance(told, Bout):
        reinforce(told, folder, say)
    else:
        train(told, folder, say)
    write_atomic(kept, wanted.encode())
    return folder


def judged_rows(folder: Path, arm: Arm, items: Sequence[Pair], say: Said) -> list[Judged]:
    """What a model makes of items; kept beside it for the next call."""
    found = load(folder)
    manner = json.dumps([found.sha256, asdict(arm.manner), [one.index for one in items]])
    kept = folder / f"judged-{'told' if arm.manner.told else 'alone'}.json"
    if kept.exists():
        known = json.loads(kept.read_text())
        if known["manner"] == manner:
            return [Judged(**row) for row in known["rows"]]
    say(f"{arm.name}: judged on {len(items):,} items")
    done = evaluate(found, [one.sequence for one in items], arm.manner, None)
    rows = [Judged.of(pair, one) for pair, one in zip(items, done.outcomes, strict=True)]
    content = json.dumps({"manner": manner, "rows": [one.row() for one in rows]})
    write_atomic(kept, content.encode())
    return rows


def run(arms: Sequence[Arm], out: Path, items: Sequence[Pair], say: Said) -> list[Result]:
    """Train and judge all arms."""
    results = []
    for arm in arms:
        folder = made(arm, out, say)
        rows = judged_rows(folder, arm, items, say)
        results.append(Result(arm.name, rows, json.loads((folder / ABOUT).read_text())))
    return results


def items_of(setting: Setting, limit: int) -> list[Pair]:
    """The held-out items of a study."""
    return held_out_items(limit, setting.lines)
