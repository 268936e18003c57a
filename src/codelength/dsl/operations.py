"""The 21 operations and 3 predicates of KT's language, and the domain of every argument.

Example: "range_func_interval" takes (value, exclusive end, small) -> sequence.

A program is stored as int64 words: for each line the operation's number and its arguments (a list
as its length and its values, a reference as the 0-based line), last `OUTPUT` and a reference.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from codelength.coding.compiled import constant


class Kind(IntEnum):
    """What an argument is, and so which integers are in the domain of the priors."""

    SEQUENCE = 0
    """A reference to an earlier line."""
    VALUE = 1
    """0..255: values, constants, n, old, new, starts, inclusive ends."""
    EXCLUSIVE_END = 2
    """0..256."""
    SMALL = 3
    """1..8: step, jump, times."""
    COUNT = 4
    """1..25: the count of repeat_num."""
    INDEX = 5
    """0..length of the sequence: slice indices."""
    PREDICATE = 6
    """One of the three predicates."""
    VALUES = 7
    """A literal list of values 0..255."""


@dataclass(frozen=True)
class Operation:
    """A name and the kinds of its arguments, in the order in which they are written."""

    name: str
    arguments: tuple[Kind, ...]


_S, _V = Kind.SEQUENCE, Kind.VALUE

OPERATIONS: tuple[Operation, ...] = (
    Operation("range_func_up", (_V, _V)),
    Operation("range_func_interval", (_V, Kind.EXCLUSIVE_END, Kind.SMALL)),
    Operation("repeat_num", (Kind.COUNT, _V)),
    Operation("set_list", (Kind.VALUES,)),
    Operation("repeat_list", (Kind.SMALL, _S)),
    Operation("reverse_list", (_S,)),
    Operation("substitute", (_S, _V, _V)),
    Operation("get_subsequence_with_jumps", (_S, Kind.SMALL)),
    Operation("get_subsequence_between_indices", (_S, Kind.INDEX, Kind.INDEX)),
    Operation("max_n", (_S, _V)),
    Operation("min_n", (_S, _V)),
    Operation("add_item_list", (_S, _V)),
    Operation("subtract_item_list", (_S, _V)),
    Operation("modulo_item_list", (_S, _V)),
    Operation("filter", (Kind.PREDICATE, _S)),
    Operation("scan_add", (_S,)),
    Operation("add_two_lists", (_S, _S)),
    Operation("subtract_two_lists", (_S, _S)),
    Operation("modulo_two_lists", (_S, _S)),
    Operation("concatenate", (_S, _S)),
    Operation("interleave", (_S, _S)),
)
"""Initiators first: they alone can stand on the first line."""

INITIATORS = constant(4)
PREDICATES = ("is_even", "is_odd", "is_not_zero")

(
    RANGE_UP,
    RANGE_INTERVAL,
    REPEAT_NUM,
    SET_LIST,
    REPEAT_LIST,
    REVERSE,
    SUBSTITUTE,
    JUMPS,
    BETWEEN,
    MAX_N,
    MIN_N,
    ADD_ITEM,
    SUBTRACT_ITEM,
    MODULO_ITEM,
    FILTER,
    SCAN_ADD,
    ADD_TWO,
    SUBTRACT_TWO,
    MODULO_TWO,
    CONCATENATE,
    INTERLEAVE,
    OUTPUT,
) = (constant(number) for number in range(22))

IS_EVEN, IS_ODD, IS_NOT_ZERO = (constant(number) for number in range(3))

ARITY = np.array([len(op.arguments) for op in OPERATIONS] + [1], dtype=np.int64)
"""Arguments of each operation, `OUTPUT` included, int64 `[22]`."""
KINDS = np.zeros((len(OPERATIONS) + 1, 3), dtype=np.int64)
"""Kind of each argument, int64 `[22, 3]`."""
WIDTHS = tuple(1 + len(operation.arguments) for operation in OPERATIONS)
"""Words of a line of each operation; `set_list` has its values besides."""
for _number, _operation in enumerate(OPERATIONS):
    KINDS[_number, : len(_operation.arguments)] = _operation.arguments

LOWEST = np.array([0, 0, 0, 1, 1, 0, 0, 0], dtype=np.int64)
"""Smallest value of each kind, int64 `[8]`."""
HIGHEST = np.array([0, 255, 256, 8, 25, 0, 2, 0], dtype=np.int64)
"""Largest value of each kind where it is fixed (`INDEX` and `SEQUENCE` depend on the line)."""

ZERO = constant(0)
LARGEST_LITERAL = constant(1 << 60)
"""Integers beyond this cannot be written in a program."""
LARGEST_VALUE = constant(1 << 61)
"""No element of a sequence may leave -2^61..2^61."""
