"""The ablation: the same questions with values written in other ways, compared item by item.

Example: compare(scored) -> [Compared("huffman:hex", ...)].
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from codelength.roundtrip.asking import Plan
from codelength.roundtrip.metrics import Interval, Scored, mean, mean_interval
from codelength.roundtrip.prompts import Manner
from codelength.roundtrip.renderings import JSON, RENDERINGS


@dataclass(frozen=True)
class Compared:
    """A rendering beside plain JSON, on the questions that were asked in both.

    Arguments:
        plain, rendered: shares of right responses.
        difference: mean over questions, and its interval.
        better, worse: questions that are right more often, and less often.
    """

    rendering: str
    family: str
    questions: int
    plain: float
    rendered: float
    difference: Interval
    better: int
    worse: int


def manners(names: Iterable[str], blind: bool, shots: int) -> tuple[Manner, ...]:
    """Plain JSON, then the renderings asked for; "all" of them."""
    chosen = [name for one in names for name in (RENDERINGS if one == "all" else (one,))]
    return tuple(Manner(blind, shots, name) for name in dict.fromkeys((JSON, *chosen)))


def compare(scored: Iterable[tuple[str, Scored]]) -> list[Compared]:
    """Each rendering of each family beside plain JSON, question by question.

    Arguments:
        scored: each with the name of the rendering in which was asked.
    """
    shares: dict[tuple[str, str], dict[tuple[str, str], list[Scored]]] = {}
    for name, one in scored:
        asked = shares.setdefault((one.record.family, name), {})
        asked.setdefault((one.record.id, one.setting), []).append(one)
    found = []
    for (family, name), asked in shares.items():
        plain = shares.get((family, JSON), {})
        both = [key for key in asked if key in plain]
        if name == JSON or not both:
            continue
        pairs = [(_share(plain[key]), _share(asked[key])) for key in both]
        by_item: dict[Hashable, list[float]] = {}
        for key, (before, after) in zip(both, pairs, strict=True):
            by_item.setdefault(asked[key][0].record.input, []).append(after - before)
        found.append(
            Compared(
                name,
                family,
                len(both),
                mean(before for before, _ in pairs),
                mean(after for _, after in pairs),
                mean_interval(by_item),
                sum(after > before for before, after in pairs),
                sum(after < before for before, after in pairs),
            )
        )
    return found


def _share(some: list[Scored]) -> float:
    return mean(float(one.judged.correct) for one in some)


def plan(base: Plan, names: Iterable[str]) -> Plan:
    """A plan that also asks in other renderings."""
    first = base.manners[0]
    return replace(base, manners=manners(names, first.blind, first.shots))
