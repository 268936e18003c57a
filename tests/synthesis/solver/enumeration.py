"""All programs of up to three lines over tiny domains: the fewest paper bits of each output.

Example: cheapest()[(0, 1, 2, 3)] -> (25.28..., "range_func_up", text).

Written with the language's second implementation (`tests.dsl.oracle`), not with the solver's.
"""

import itertools
import math
from functools import cache
from typing import NamedTuple

from tests.dsl.oracle import BITS, OPERATIONS, PREDICATES

VALUES = range(4)
LONGEST = 8
"""Symbols of an output."""
LITERALS = 3
"""Symbols of a set_list that other lines build on."""
LINE = math.log2(25)


class Best(NamedTuple):
    bits: float
    kind: tuple[str, ...]
    text: str


def reference(line: int) -> float:
    """Bits of a reference on a line, counted from 0."""
    return math.log2(line + 1)


@cache
def initiators(longest: int = LITERALS) -> dict[tuple[int, ...], tuple[float, str, str]]:
    """Values -> (bits, operation, call) of the cheapest initiator."""
    calls = [("range_func_up", pair) for pair in itertools.product(VALUES, VALUES)]
    calls += [
        ("range_func_interval", (start, end, step))
        for start, end, step in itertools.product(VALUES, range(5), (2, 3))
    ]
    calls += [("repeat_num", pair) for pair in itertools.product(range(1, LONGEST + 1), VALUES)]
    calls += [
        ("set_list", (list(values),))
        for size in range(longest + 1)
        for values in itertools.product(VALUES, repeat=size)
    ]
    found: dict[tuple[int, ...], tuple[float, str, str]] = {}
    for name, arguments in calls:
        values = tuple(OPERATIONS[name](*arguments))
        bits = LINE + (8 * len(arguments[0]) if name == "set_list" else BITS[name])
        if values not in found or bits < found[values][0]:
            found[values] = bits, name, f"{name}({', '.join(map(str, arguments))})"
    return found


def unary(values: tuple[int, ...]):
    """(operation, arguments behind and before the sequence as text, output) of one sequence."""
    size = len(values)
    calls = [("repeat_list", (n,)) for n in range(2, 5)] + [("reverse_list", ()), ("scan_add", ())]
    calls += [("substitute", pair) for pair in itertools.permutations(VALUES, 2)]
    calls += [("get_subsequence_with_jumps", (n,)) for n in (2, 3)]
    calls += [
        ("get_subsequence_between_indices", pair)
        for pair in itertools.combinations(range(size + 1), 2)
    ]
    for name in ("max_n", "min_n"):
        calls += [(name, (n,)) for n in range(2, size + 1)]
    for name in ("add_item_list", "subtract_item_list", "modulo_item_list"):
        calls += [(name, (n,)) for n in range(1, 4)]
    for name, arguments in calls:
        first = name == "repeat_list"
        whole = (*arguments, list(values)) if first else (list(values), *arguments)
        text = ", ".join(map(str, ("{}", *arguments) if not first else (*arguments, "{}")))
        yield name, f"{name}({text})", tuple(OPERATIONS[name](*whole))
    for predicate, keep in PREDICATES.items():
        yield "filter", f"filter({predicate}, {{}})", tuple(OPERATIONS["filter"](keep, values))


def binary(a: tuple[int, ...], b: tuple[int, ...]):
    """(operation, output) of two sequences."""
    for name in ("add_two_lists", "subtract_two_lists", "modulo_two_lists", "concatenate",
                 "interleave"):  # fmt: skip
        yield name, tuple(OPERATIONS[name](list(a), list(b)))


def wanted(values: tuple[int, ...]) -> bool:
    return 0 < len(values) <= LONGEST and min(values) >= 0 and max(values) <= VALUES[-1]


@cache
def cheapest() -> dict[tuple[int, ...], Best]:
    """The best of all programs for each output of up to `LONGEST` symbols of `VALUES`."""
    best: dict[tuple[int, ...], Best] = {}

    def offer(values, bits, kind, *calls):
        if wanted(values) and (values not in best or bits + LINE < best[values].bits):
            lines = [f"sequence_{i} = {call}" for i, call in enumerate(calls, 1)]
            lines.append(f"output = sequence_{len(calls)}")
            best[values] = Best(bits + LINE, kind, "\n".join(lines))

    one, two = "sequence_1", "sequence_2"
    for values, (bits, name, call) in initiators().items():
        offer(values, bits, (name,), call)
    seconds = {}
    for first, (bits, name, call) in initiators().items():
        derived = [(op, text.format(one), out) for op, text, out in unary(first)]
        derived += [(op, f"{op}({one}, {one})", out) for op, out in binary(first, first)]
        for op, text, out in derived:
            references = 2 if f"{one}, {one}" in text else 1
            total = bits + LINE + BITS.get(op, 0) + references * reference(1)
            offer(out, total, (name, op), call, text)
            if len(out) <= 3 * LONGEST and total < seconds.get((first, out), (math.inf,))[0]:
                seconds[first, out] = total, (name, op), (call, text)
    for (first, second), (bits, kind, calls) in seconds.items():
        for op, text, out in unary(second):
            total = bits + LINE + BITS.get(op, 0) + reference(2)
            offer(out, total, (*kind, op), *calls, text.format(two))
        for a, b in ((one, two), (two, one), (two, two)):
            left, right = (first if x == one else second for x in (a, b))
            for op, out in binary(left, right):
                total = bits + LINE + 2 * reference(2)
                offer(out, total, (*kind, op), *calls, f"{op}({a}, {b})")
    starts = initiators().items()
    for (a, (a_bits, a_name, a_call)), (b, (b_bits, b_name, b_call)) in itertools.permutations(
        starts, 2
    ):
        for op, out in binary(a, b):
            total = a_bits + b_bits + LINE + 2 * reference(2)
            offer(out, total, (a_name, b_name, op), a_call, b_call, f"{op}({one}, {two})")
    for size in range(LITERALS + 1, LONGEST + 1):
        for values in itertools.product(VALUES, repeat=size):
            if values in best:
                offer(values, LINE + 8 * size, ("set_list",), f"set_list({list(values)})")
    return best
