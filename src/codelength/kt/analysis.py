"""What KT's analysis asks of judged programs: shares, prefixes, errors, repetition.

Source: KT, sections 5.3 and B.3. Example: summarise(scored).accuracy -> 0.447
"""

import ast
import gzip
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from codelength.kt.metrics import GzipSum
from codelength.kt.scoring import KT_PRIORS, PYTHON_PRIORS, Scored

PREFIXES = (16, 32, 64, 128)
REPETITION = 0.8
"""A program repeats its target where its literals hold at least this share of the values. The
paper's labels are by hand; of its printed examples, those called repetition hold 0.84 to 1, those
that compute 0 to 0.71."""
SHORTEST_COPY = 4
"""Values in a row that count as copied."""
TEXT_MAKERS = re.compile(r"\bord\s*\(|\.encode\s*\(|\bbytes\s*\(|\bbytearray\s*\(")


def literals(program: str) -> list[list[int]]:
    """The lists of `SHORTEST_COPY` values and more that stand in a Python program.

    Values are 0..255; strings and bytes are read as codes, strings also as the numbers in them.

    Example: literals("a = [1, 2, 3, 4]; b = 'ABCD'") -> [[1, 2, 3, 4], [65, 66, 67, 68]].
    """
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[list[int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            found.append([])
            for one in node.elts:
                value = one.value if isinstance(one, ast.Constant) else None
                if type(value) is int and 0 <= value < 256:
                    found[-1].append(value)
                else:  # something else stands between the values
                    found.append([])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(list(node.value.encode("utf-8", "surrogatepass")))
            numbers = [int(one) for one in re.findall(r"\d{1,3}", node.value)]
            found.append([one for one in numbers if one < 256])
        elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            found.append(list(node.value))
    return [one for one in found if len(one) >= SHORTEST_COPY]


def copied_share(program: str, target: bytes) -> float:
    """Share of the target that is copied from literals: runs of `SHORTEST_COPY` values and more.

    Greedy from the left: at each place the longest run that stands in one literal, and in all no
    more than the literals hold. Programs of KT's language are read through their `set_list` lines.
    """
    lists = [bytes(one) for one in literals(program)]
    if not target:
        return 0.0
    at = covered = 0
    while at < len(target):
        length = 0
        for one in lists:
            while at + length < len(target) and target[at : at + length + 1] in one:
                length += 1
        if length >= SHORTEST_COPY:
            covered += length
            at += length
        else:
            at += 1
    return min(covered, sum(map(len, lists))) / len(target)


def repeats(one: Scored) -> bool:
    """Whether a program only repeats its target (KT, Tab. 9), measured by its literals."""
    program = one.candidate.program
    return program is not None and copied_share(program, one.candidate.target) >= REPETITION


def error_class(one: Scored) -> str:
    """Of a wrong program (KT, Tab. 10): "unicode", "repetition" or "execution".

    Unicode: it turns text into numbers. Repetition: it copies most of the target, and errs in it.
    Execution: every other one, those without a program included.
    """
    program = one.candidate.program or ""
    if TEXT_MAKERS.search(program):
        return "unicode"
    return "repetition" if repeats(one) else "execution"


def program_lines(one: Scored) -> int:
    """Lines of a program that are not empty."""
    return sum(bool(line.strip()) for line in (one.candidate.program or "").splitlines())


@dataclass(frozen=True)
class Group:
    """Items of one kind together.

    Arguments:
        name: of the kind.
        items: how many.
        executable, accuracy: shares of all items.
        executable_accuracy: share of right ones among executable programs; None without any.
        prefix: mean symbols of the longest right prefix.
        at_prefix: (k, share of the items of k symbols and more whose first k are right).
        raw_bits: of all targets.
        rates: (prior, CompressionRate): 1 + bits of the right program, else of the target.
        precisions: (prior, bits of right programs over one joint gzip (paper) of their targets).
        precisions_items: the same over a gzip (paper) of each target.
        joint_gzip: one gzip of all right programs over one (paper) of their targets (KT's way).
        joint_rate: CompressionRate with that gzip: flags, programs together, other targets raw.
        repetition: share of right programs that only repeat; None without any.
        errors: (class, share of the wrong items).
        statuses: (status, items), most frequent first.
        official: every program was confined.
    """

    name: str
    items: int
    executable: float
    accuracy: float
    executable_accuracy: float | None
    prefix: float
    at_prefix: tuple[tuple[int, float | None], ...]
    raw_bits: int
    rates: tuple[tuple[str, float], ...]
    precisions: tuple[tuple[str, float | None], ...]
    precisions_items: tuple[tuple[str, float | None], ...]
    joint_gzip: float | None
    joint_rate: float
    repetition: float | None
    errors: tuple[tuple[str, float], ...]
    statuses: tuple[tuple[str, int], ...]
    official: bool


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def priors_of(scored: Sequence[Scored]) -> list[str]:
    """The priors that price some right program; without one, those of the language."""
    names = list(dict.fromkeys(name for one in scored if one.correct for name, _ in one.prices))
    if not names:
        names = list(KT_PRIORS if all(one.language == "kt" for one in scored) else PYTHON_PRIORS)
    return names


def summarise(scored: Sequence[Scored], name: str = "all") -> Group:
    """The figures of some items.

    Raises:
        ValueError: there are none.
    """
    if not scored:
        raise ValueError("no items to summarise")
    right = [one for one in scored if one.correct]
    wrong = [one for one in scored if not one.correct]
    ran = [one for one in scored if one.executable]
    raw = sum(one.candidate.raw_bits for one in scored)
    sums = GzipSum()
    for one in right:
        sums.add(True, one.candidate.target)
    joint, alone = sums.sizes().joint_right, sums.sizes().items_right
    texts = "\n".join(one.candidate.program or "" for one in right).encode("utf-8", "replace")
    together = 8 * len(gzip.compress(texts, 9, mtime=0)) if right else 0
    plain = len(scored) + sum(one.candidate.raw_bits for one in wrong)
    rates, precisions, precisions_items = [], [], []
    for prior in priors_of(scored):
        bits = [one.bits(prior) for one in right]
        paid = [
            one.candidate.raw_bits if price is None else price
            for one, price in zip(right, bits, strict=True)
        ]
        rates.append((prior, (plain + math.fsum(paid)) / raw if raw else math.nan))
        spent = None if None in bits else math.fsum(paid)
        precisions.append((prior, None if spent is None else _share(spent, joint)))
        precisions_items.append((prior, None if spent is None else _share(spent, alone)))
    classes = Counter(error_class(one) for one in wrong)
    at_prefix = []
    for k in PREFIXES:
        long = [one for one in scored if len(one.candidate.target) >= k]
        at_prefix.append((k, _share(sum(one.prefix >= k for one in long), len(long))))
    return Group(
        name,
        len(scored),
        len(ran) / len(scored),
        len(right) / len(scored),
        _share(sum(one.correct for one in ran), len(ran)),
        sum(one.prefix for one in scored) / len(scored),
        tuple(at_prefix),
        raw,
        tuple(rates),
        tuple(precisions),
        tuple(precisions_items),
        _share(together, joint),
        (plain + together) / raw if raw else math.nan,
        _share(sum(map(repeats, right)), len(right)),
        tuple((kind, count / len(wrong)) for kind, count in sorted(classes.items())),
        tuple(Counter(one.status for one in scored).most_common()),
        all(one.official for one in scored),
    )


def grouped(
    scored: Iterable[Scored], key: Callable[[Scored], str], order: Sequence[str] = ()
) -> list[Group]:
    """A summary of each kind, in the given order, then by name."""
    kinds: dict[str, list[Scored]] = {}
    for one in scored:
        kinds.setdefault(key(one), []).append(one)
    names = [name for name in order if name in kinds] + sorted(set(kinds) - set(order))
    return [summarise(kinds[name], name) for name in names]


LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
LINES = (1, 2, 4, 8, 16, 32)


def _band(value: int, tops: Sequence[int]) -> str:
    low = 0
    for top in tops:
        if value <= top:
            return f"{low + 1}-{top}" if low + 1 < top else f"{top}"
        low = top
    return f"> {tops[-1]}"


def length_band(one: Scored) -> str:
    """The band of lengths of a target. Example: 20 symbols -> "17-32"."""
    return _band(max(1, len(one.candidate.target)), LENGTHS)


def lines_band(one: Scored) -> str:
    """The band of a program's lines; "none" without a program."""
    return _band(program_lines(one), LINES) if one.candidate.program else "none"


def bands(tops: Sequence[int]) -> list[str]:
    """All bands in order."""
    return [_band(top, tops) for top in tops] + [_band(tops[-1] + 1, tops)]
