"""`losses`: the kinds of items whose program costs more than gold, largest loss first."""

import argparse
from collections import Counter, defaultdict

from solver_items import Solved, Task, sampled, solve_all
from solver_rates import NEAR

from codelength.dsl.operations import CONCATENATE, INITIATORS, INTERLEAVE, OPERATIONS
from codelength.dsl.program import Program
from codelength.dsl.rewrites.lines import lines_of, needed
from codelength.report.tables import Table

MERGES = (int(CONCATENATE), int(INTERLEAVE))


def losses(options: argparse.Namespace) -> None:
    tasks = sampled(options.seed, options.symbols, options.items)
    for name in options.prior:
        if name == "exact":
            continue
        found = list(solve_all(tasks, name, options.budget, options.workers))
        pairs = zip(found, tasks, strict=True)
        over = [(one, task) for one, task in pairs if one.bits > one.gold_bits + NEAR]
        gold = sum(one.gold_bits for one in found)
        print(f"\n{name}: {len(over)} of {len(found)} items over gold\n")
        print(kinds(over, gold))
        print(f"\n{name}: operations of gold that the found programs lack\n")
        print(missing(over, gold))
        print(f"\n{name}: the largest losses\n")
        print(largest(over))


def kind(program: Program) -> tuple[str, str, str]:
    """(interleaves, whether a stream that was interleaved is derived, derived lines)."""
    lines, result = lines_of(program)
    used = [lines[i] for i in needed(lines, result)]
    interleaves = sum(line[0] == INTERLEAVE for line in used)
    streams = [line[2] for line in used if line[0] == INTERLEAVE]
    derived = any(INITIATORS <= lines[i][0] < CONCATENATE for i in streams)
    count = sum(INITIATORS <= line[0] < CONCATENATE for line in used)
    return (
        str(interleaves) if interleaves < 3 else "3+",
        ("yes" if derived else "no") if interleaves else "-",
        str(count) if count < 5 else "5+",
    )


def operations(program: Program) -> Counter[str]:
    """Operations of the lines that the output needs, merges left out."""
    lines, result = lines_of(program)
    used = [lines[i][0] for i in needed(lines, result)]
    return Counter(OPERATIONS[number].name for number in used if number not in MERGES)


def kinds(over: list[tuple[Solved, Task]], gold: float) -> str:
    """Loss by kind of item."""
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    count: Counter[tuple[str, str, str]] = Counter()
    for one, task in over:
        key = kind(Program(task.gold))
        total[key] += one.bits - one.gold_bits
        count[key] += 1
    rows = [
        (*key, str(count[key]), f"{bits:.0f}", f"{100 * bits / gold:.3f}")
        for key, bits in sorted(total.items(), key=lambda pair: -pair[1])
    ]
    header = ("interleaves", "stream derived", "derived lines", "items", "loss, bits", "% of gold")
    return Table(header, rows, left=3).markdown()


def missing(over: list[tuple[Solved, Task]], gold: float) -> str:
    """Loss by what gold uses and the found program does not; an item counts for each."""
    total: dict[str, float] = defaultdict(float)
    count: Counter[str] = Counter()
    for one, task in over:
        lacks = operations(Program(task.gold)) - operations(one.program)
        for name in sorted(lacks) or ["none"]:
            total[name] += one.bits - one.gold_bits
            count[name] += 1
    rows = [
        (name, str(count[name]), f"{bits:.0f}", f"{100 * bits / gold:.3f}")
        for name, bits in sorted(total.items(), key=lambda pair: -pair[1])
    ]
    return Table(("operation", "items", "loss, bits", "% of gold"), rows).markdown()


def largest(over: list[tuple[Solved, Task]], most: int = 10) -> str:
    """The items with the largest loss."""
    rows = []
    for one, task in sorted(over, key=lambda pair: pair[0].gold_bits - pair[0].bits)[:most]:
        program = Program(task.gold)
        lacks = operations(program) - operations(one.program)
        text = ", ".join(f"{times} {name}" for name, times in sorted(lacks.items())) or "none"
        rows.append(
            (
                text,
                " / ".join(kind(program)),
                str(len(one.sequence)),
                f"{one.gold_bits:.1f}",
                f"{one.bits:.1f}",
                f"{one.bits - one.gold_bits:.1f}",
            )
        )
    header = (
        "operations missing",
        "interleaves / derived stream / derived lines",
        "symbols",
        "gold bits",
        "solver bits",
        "loss",
    )
    return Table(header, rows, left=2).markdown()
