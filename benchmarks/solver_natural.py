"""`natural`: the solver's messages on KT's five natural modalities, and what it found there."""

import argparse
from collections import Counter

from solver_items import Solved, Task, solve_all

from codelength.codecs.registry import build_codec
from codelength.corpora.instances import Instance
from codelength.corpora.kt import MODALITIES, SYNTHETIC, data_folder, kt_corpus
from codelength.dsl.operations import CONCATENATE, OPERATIONS
from codelength.dsl.rewrites.lines import lines_of
from codelength.report.tables import Table

CODEC = "solver:prior=exact"


def natural(options: argparse.Namespace) -> None:
    if data_folder() is None:
        print("natural: skipped, KT's files are not here (set CODELENGTH_DATA)")
        return
    rows = []
    for name in MODALITIES:
        if name == SYNTHETIC:
            continue
        instances = list(kt_corpus(name, limit=options.items or 200))
        tasks = [Task(one.target) for one in instances]
        found = list(solve_all(tasks, "exact", options.budget, options.workers))
        rows.append((name, f"{len(found):,}", *figures(found, instances)))
    header = (
        "modality",
        "items",
        "rate",
        "items with a line that is no literal, %",
        "items sent as programs, %",
        "items under raw, %",
        "operations, % of items",
        "mean ms",
    )
    print(f"128 symbols an item, codec {CODEC}, flag bit included\n")
    print(Table(header, rows).markdown())


def figures(found: list[Solved], instances: list[Instance]) -> tuple[str, ...]:
    """Rate and what was found, of one modality; a few messages are made by the codec itself."""
    check(found[:3], instances[:3])
    raw = [one.raw_bits for one in instances]
    coded = [len(one.message or ()) for one in found]
    plain = [plain_bits(instance) for instance in instances]
    paid = sum(1 + min(pair) for pair in zip(coded, plain, strict=True))
    uses: Counter[str] = Counter()
    for one in found:
        names = {OPERATIONS[line[0]].name for line in lines_of(one.program)[0]}
        uses.update(names - {"set_list", OPERATIONS[CONCATENATE].name})
    share = 100 / len(found)
    some = sum(set(one.program.operations) != {"set_list"} for one in found)
    common = ", ".join(f"{name} {share * times:.0f}" for name, times in uses.most_common(4))
    sent = sum(a <= b for a, b in zip(coded, plain, strict=True))
    under = sum(1 + min(a, b) < r for a, b, r in zip(coded, plain, raw, strict=True))
    seconds = sum(one.seconds for one in found)
    return (
        f"{paid / sum(raw):.4f}",
        f"{share * some:.1f}",
        f"{share * sent:.1f}",
        f"{share * under:.1f}",
        common or "-",
        f"{1000 * seconds / len(found):.1f}",
    )


def plain_bits(instance: Instance) -> int:
    """Bits of the raw message; its length is public."""
    return len(build_codec("raw").encode(instance.target, instance.given))


def check(found: list[Solved], instances: list[Instance]) -> None:
    """The codec's own messages are as long as they are counted here, and decode."""
    codec = build_codec(CODEC)
    for one, instance in zip(found, instances, strict=True):
        bits = codec.encode(instance.target, instance.given)
        if codec.decode(bits, instance.given) != instance.target:
            raise AssertionError("a message does not decode")
        if len(bits) > 1 + min(len(one.message or ()), plain_bits(instance)):
            raise AssertionError(f"the codec's message has {len(bits)} bits")
