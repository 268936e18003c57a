"""The tables of KT's analysis: one for each question that the paper asks of its programs."""

from collections.abc import Sequence

from codelength.kt.analysis import (
    LENGTHS,
    LINES,
    PREFIXES,
    Group,
    bands,
    grouped,
    length_band,
    lines_band,
)
from codelength.kt.scoring import Scored
from codelength.report.tables import Table

ERRORS = ("execution", "repetition", "unicode")


def percent(share: float | None) -> str:
    """A share in percent, or a dash."""
    return "-" if share is None else f"{100 * share:.1f}"


def number(value: float | None, form: str = ".3f") -> str:
    """A number, or a dash."""
    return "-" if value is None else format(value, form)


def by_modality(scored: Sequence[Scored]) -> list[Group]:
    """A group for each modality."""
    return grouped(scored, lambda one: one.candidate.modality or "all")


def overview(groups: Sequence[Group]) -> Table:
    """Executable programs and accuracy (KT, Tab. 1, 4, 5 and 8)."""
    header = ("items of", "items", "executable %", "accuracy %", "acc. of executable %", "prefix")
    rows = [
        (
            one.name,
            f"{one.items:,}",
            percent(one.executable),
            percent(one.accuracy),
            percent(one.executable_accuracy),
            f"{one.prefix:.1f}",
        )
        for one in groups
    ]
    return Table(header, rows)


def prefixes(groups: Sequence[Group]) -> Table:
    """Shares of items with right first symbols (KT, Fig. 6)."""
    header = ("items of", *(f"first {k} right %" for k in PREFIXES))
    rows = [(one.name, *(percent(share) for _, share in one.at_prefix)) for one in groups]
    return Table(header, rows)


def prices(groups: Sequence[Group]) -> Table:
    """CompressionRate and Precision under each prior of the program's text."""
    rows = []
    for one in groups:
        joint, alone = dict(one.precisions), dict(one.precisions_items)
        for prior, rate in one.rates:
            ratios = (number(joint[prior]), number(alone[prior]))
            rows.append((one.name, prior, f"{rate:.4f}", *ratios))
        if one.joint_gzip is not None:
            rate, ratios = one.joint_rate, (number(one.joint_gzip), "-")
            rows.append((one.name, "gzip of all (paper)", f"{rate:.4f}", *ratios))
    header = ("items of", "prior", "CompressionRate", "Precision", "Precision (items)")
    return Table(header, rows, left=2)


def errors(groups: Sequence[Group]) -> Table:
    """Repetition among right programs, classes of wrong ones (KT, Tab. 9 and 10), statuses."""
    header = ("items of", "right: only repeat %", *(f"wrong: {kind} %" for kind in ERRORS))
    rows = []
    for one in groups:
        classes = dict(one.errors)
        wrong = [percent(classes.get(kind, 0.0) if classes else None) for kind in ERRORS]
        rows.append((one.name, percent(one.repetition), *wrong))
    return Table(header, rows)


def statuses(groups: Sequence[Group]) -> Table:
    """How programs ended."""
    rows = [(one.name, status, f"{count:,}") for one in groups for status, count in one.statuses]
    return Table(("items of", "status", "items"), rows, left=2)


def by_length(scored: Sequence[Scored]) -> Table:
    """Accuracy and rate by symbols of the target (KT, Tab. 2, Fig. 5 and 11b)."""
    return _banded("symbols", grouped(scored, length_band, bands(LENGTHS)))


def by_lines(scored: Sequence[Scored]) -> Table:
    """Accuracy and rate by lines of the program (KT, Fig. 11a)."""
    return _banded("lines", grouped(scored, lines_band, bands(LINES)))


def _banded(name: str, groups: Sequence[Group]) -> Table:
    header = (name, "items", "accuracy %", "executable %", "prefix", "prior", "CompressionRate")
    rows = []
    for one in groups:
        prior, rate = one.rates[-1] if one.rates else ("-", None)
        rows.append(
            (
                one.name,
                f"{one.items:,}",
                percent(one.accuracy),
                percent(one.executable),
                f"{one.prefix:.1f}",
                prior,
                number(rate, ".4f"),
            )
        )
    return Table(header, rows)


def tables(scored: Sequence[Scored]) -> list[tuple[str, Table]]:
    """All tables with their titles."""
    groups = by_modality(scored)
    return [
        ("Programs (KT, Tab. 1, 4, 5, 8)", overview(groups)),
        ("Bits (KT, Tab. 1)", prices(groups)),
        ("Longest right prefix (KT, Fig. 6)", prefixes(groups)),
        ("Repetition and errors (KT, Tab. 9, 10)", errors(groups)),
        ("How programs ended", statuses(groups)),
        ("By sequence length (KT, Tab. 2, Fig. 5, 11b)", by_length(scored)),
        ("By program length (KT, Fig. 11a)", by_lines(scored)),
    ]
