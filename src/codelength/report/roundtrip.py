"""Tables of round-trip runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from codelength.errors import InputError
from codelength.report.tables import Table
from codelength.roundtrip.ablation import Compared
from codelength.roundtrip.metrics import (
    Figures,
    Interval,
    Scored,
    figures,
    grouped,
    pass_at_k,
    questions,
    round_trips,
)
from codelength.roundtrip.reflection import Reflected
from codelength.roundtrip.responses import OWN
from codelength.roundtrip.settings import PAIRS

READING = (
    "correct: strictly equal, of all responses; feasible: the answer, run through the code, gives"
    " the side that was shown; pass@k: unbiased, with 95 % intervals by bootstrap over inputs."
    " The last complete answer of a response counts, however it ended; failed calls, refusals and"
    " responses that were cut off stay in the denominator. How responses ended is told beside what"
    " they answered: a response may be cut off and without an answer."
)


def plain(scored: Iterable[Scored]) -> list[Scored]:
    """Responses to the data's own questions, without those to a model's own answers."""
    return [one for one in scored if not one.setting.startswith(OWN)]


def percent(share: float) -> str:
    """A share in percent, one digit behind the point."""
    return f"{100 * share:.1f}"


def between(found: Interval) -> str:
    """A mean with its interval, in percent."""
    return f"{percent(found.mean)} [{percent(found.low)}, {percent(found.high)}]"


def runs_table(runs: Mapping[str, Sequence[Scored]], ks: Sequence[int], by: str,
               key: Callable[[Scored], str]) -> Table:  # fmt: skip
    """Figures of runs, a line for each group of each, and for all of each.

    Raises:
        InputError: a k is more than there are responses to a question.
    """
    rows = []
    for label, every in runs.items():
        scored = plain(every)
        refuse_few(scored, ks, label)
        for name, group in {**grouped(scored, key), "all": scored}.items():
            rows.append([label, name, *cells(figures(group, ks), ks)])
    header = ("run", by, "questions", "correct", "feasible", "edit similarity")
    return Table((*header, *(f"pass@{k}" for k in ks), "no answer"), rows, left=2)


def refuse_few(scored: Sequence[Scored], ks: Sequence[int], label: str) -> None:
    """Refuse a k that is more than there are responses to a question.

    Raises:
        InputError: it is.
    """
    for some in questions(scored).values():
        for k in ks:
            try:
                pass_at_k(len(some), 0, k)
            except InputError as error:
                raise InputError(f"{label}: {error}") from error


def cells(found: Figures, ks: Sequence[int]) -> list[str]:
    """The figures of a group as cells."""
    answered = found.statuses.get("correct", 0) + found.statuses.get("wrong", 0)
    return [
        f"{found.questions:,}",
        percent(found.correct),
        percent(found.feasible),
        percent(found.edit_similarity),
        *(between(found.passes[k]) for k in ks),
        percent(1 - answered / found.responses if found.responses else 0.0),
    ]


def paper_table(runs: Mapping[str, Sequence[Scored]], k: int) -> Table:
    """pass@k by family, averaged over the settings, as the paper's main table has it."""
    names = list(dict.fromkeys(one.record.family for some in runs.values() for one in some))
    rows = []
    for label, scored in runs.items():
        shares = []
        for name in names:
            own = [one for one in plain(scored) if one.record.family == name]
            by_setting = [figures(some, (k,)).passes for some in
                          grouped(own, lambda one: one.setting).values()]  # fmt: skip
            shares.append([found[k].mean for found in by_setting if k in found])
        means = [sum(some) / len(some) if some else None for some in shares]
        known = [one for one in means if one is not None]
        cells = ["-" if one is None else percent(one) for one in means]
        rows.append([label, *cells, percent(sum(known) / len(known)) if known else "-"])
    return Table((f"pass@{k}, mean of settings", *names, "mean"), rows)


def trips_table(runs: Mapping[str, Sequence[Scored]]) -> Table:
    """Round trips: both ways right, and back from the model's own answer."""
    rows = []
    for label, scored in runs.items():
        trips = round_trips(scored)
        for name, group in {**grouped(scored, lambda one: one.record.family),
                            "all": list(scored)}.items():  # fmt: skip
            own = round_trips(group) if name != "all" else trips
            back = back_from_own(group)
            rows.append([
                label,
                name,
                *(between(own[first]) if first in own else "-" for first, _ in PAIRS),
                "-" if back is None else percent(back),
            ])  # fmt: skip
    header = ("run", "family", "both ways", "both ways, inverted", "back from its own answer")
    return Table(header, rows, left=2)


def back_from_own(scored: Sequence[Scored]) -> float | None:
    """The share of forward responses from which the model found back; None if it was not asked."""
    back = [one for one in scored if one.setting.startswith(OWN)]
    forward = sum(one.setting in dict(PAIRS) for one in scored)
    return sum(one.judged.correct for one in back) / forward if back and forward else None


def statuses_table(runs: Mapping[str, Sequence[Scored]]) -> Table:
    """How responses ended: what they answered, and why there was no answer."""
    columns = ("correct", "wrong", "malformed", "missing", "length", "refusal", "failed")
    rows = []
    for label, scored in runs.items():
        found = figures(scored, ())
        counts = {**found.statuses, **found.ends}
        tokens = [f"{count:,}" for count in found.tokens]
        rows.append([label, f"{found.responses:,}", *(f"{counts.get(one, 0):,}" for one in columns),
                     *tokens])  # fmt: skip
    ends = ("cut off", "refused", "failed")
    return Table(("run", "responses", *columns[:4], *ends, "tokens in", "out"), rows)


def ablation_table(compared: Iterable[Compared]) -> Table:
    """Renderings beside plain JSON, paired by question."""
    rows = [
        [
            one.rendering,
            one.family,
            f"{one.questions:,}",
            percent(one.plain),
            percent(one.rendered),
            between(one.difference),
            f"{one.better}",
            f"{one.worse}",
        ]
        for one in compared
    ]
    header = ("rendering", "family", "questions", "as JSON", "rendered", "difference", "better",
              "worse")  # fmt: skip
    return Table(header, rows, left=2)


def reflection_table(found: Reflected) -> Table:
    """Reflection by round; the last line is not a result."""
    rows = [
        [
            "first answer" if one.number == 0 else f"round {one.number}",
            percent(one.correct),
            f"{one.mended}" if one.number else "",
            f"{one.broken}" if one.number else "",
            f"{one.calls:,}",
            f"{one.tokens[0]:,}",
            f"{one.tokens[1]:,}",
        ]
        for one in found.rounds
    ]
    rows.append(["oracle-best (picked with the gold answer)", percent(found.oracle_best),
                 *[""] * 5])  # fmt: skip
    return Table(("", "correct", "mended", "broken", "calls", "tokens in", "out"), rows)
