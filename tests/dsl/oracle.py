"""KT's language written down a second time, in plain Python, to compare the interpreter with."""

import math
import re


def interleave(a, b):
    out = []
    for j in range(max(len(a), len(b))):
        out += a[j : j + 1] + b[j : j + 1]
    return out


OPERATIONS = {
    "range_func_up": lambda start, end: list(range(start, end + 1)),
    "range_func_interval": lambda start, end, step: list(range(start, end, step)),
    "repeat_num": lambda count, value: [value] * count,
    "set_list": list,
    "repeat_list": lambda times, seq: seq * times,
    "reverse_list": lambda seq: seq[::-1],
    "substitute": lambda seq, old, new: [new if v == old else v for v in seq],
    "get_subsequence_with_jumps": lambda seq, jump: seq[::jump],
    "get_subsequence_between_indices": lambda seq, start, end: seq[start:end],
    "max_n": lambda seq, n: sorted(seq, reverse=True)[:n],
    "min_n": lambda seq, n: sorted(seq)[:n],
    "add_item_list": lambda seq, c: [v + c for v in seq],
    "subtract_item_list": lambda seq, c: [v - c for v in seq],
    "modulo_item_list": lambda seq, c: [v % c for v in seq],
    "filter": lambda keep, seq: [v for v in seq if keep(v)],
    "scan_add": lambda seq: [sum(seq[: j + 1]) for j in range(len(seq))],
    "add_two_lists": lambda a, b: [x + y for x, y in zip(a, b, strict=False)],
    "subtract_two_lists": lambda a, b: [x - y for x, y in zip(a, b, strict=False)],
    "modulo_two_lists": lambda a, b: [x % y for x, y in zip(a, b, strict=False) if y],
    "concatenate": lambda a, b: a + b,
    "interleave": interleave,
}
PREDICATES = {
    "is_even": lambda v: v % 2 == 0,
    "is_odd": lambda v: v % 2 == 1,
    "is_not_zero": lambda v: v != 0,
}
BITS = {
    "range_func_up": 16,
    "range_func_interval": 19,
    "repeat_num": 8 + math.log2(20),
    "repeat_list": 3,
    "get_subsequence_with_jumps": 3,
    "get_subsequence_between_indices": 16,
    "substitute": 16,
    "add_item_list": 8,
    "subtract_item_list": 8,
    "modulo_item_list": 8,
    "max_n": 8,
    "min_n": 8,
}


def run(text):
    """(values of every line, paper bits) of a program in canonical form."""
    known, bits, lines = {}, 0.0, []
    for index, line in enumerate(text.split("\n")):
        target, call = line.split(" = ")
        bits += math.log2(25)
        if target == "output":
            return [*lines, known[call]], bits
        name, arguments = re.fullmatch(r"(\w+)\((.*)\)", call).groups()
        parts = re.findall(r"\[.*?\]|[^,\s]+", arguments)
        values = []
        for part in parts:
            if part.startswith("["):
                values.append([int(v) for v in part[1:-1].split(",") if v.strip()])
                bits += 8 * len(values[-1])
            elif part.startswith("sequence_"):
                values.append(known[part])
                bits += math.log2(index + 1)
            else:
                values.append(PREDICATES[part] if part in PREDICATES else int(part))
        bits += BITS.get(name, 0)
        known[target] = OPERATIONS[name](*values)
        lines.append(known[target])
    raise AssertionError("no output")
