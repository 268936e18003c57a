"""Lists of numbers in decimal, as KT's paper gives them to language models: `12,5,255,`.

Only what can come next has a share: a digit that goes on to a number of the alphabet, or the comma
that ends one. So commas cost something only where a longer number might have come, and of an
alphabet of eight they cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from codelength.codecs.lmic.windows import Rows, Window, WindowCoder, Words
from codelength.coding.arithmetic import decode_step, decode_target, encode_step
from codelength.coding.compiled import constant, inner, kernel
from codelength.coding.grid import weights
from codelength.errors import InputError
from codelength.predictors.lm.exact import Array, Floats, Reader
from codelength.predictors.lm.tables import SPARE, Buffer, Grid
from codelength.predictors.lm.tokens import Vocabulary

COMMA = b","
ZERO, ONE = constant(0), constant(1)
BYTES = 256


class NumberWords(Words):
    """The tokens of decimal numbers, as a tree that ends in numbers.

    Edge e of a node goes by the token `columns[edges[e]]` to `nodes[e]`, which is a node, or for a
    number v is -1 - v. The edges of node i are `bounds[i]` .. `bounds[i + 1]`.

    Arguments:
        alphabet: numbers are below it.
        span: tokens that the model is given at most.
        prompt: tokens that stand before every window.
    """

    def __init__(
        self, vocabulary: Vocabulary, alphabet: int, span: int, prompt: Sequence[int]
    ) -> None:
        self.start, self.span, self.prompt = vocabulary.escape, span - len(prompt), list(prompt)
        self._spelled = [vocabulary.split(b"%d" % v + COMMA) for v in range(alphabet)]
        self.longest = max(map(len, self._spelled))
        if self.longest > self.span:
            raise InputError(f"a window of {self.span} tokens is too small for a number")
        if any(token >= vocabulary.symbols for one in self._spelled for token in one):
            raise InputError("the model's tokens spell no digits; use mode=text")
        self.columns = np.array(sorted({t for one in self._spelled for t in one}), np.int64)
        column = {token: k for k, token in enumerate(self.columns.tolist())}
        tree: list[dict[int, int]] = [{}]
        for value, tokens in enumerate(self._spelled):
            here = 0
            for token in tokens[:-1]:
                there = tree[here].setdefault(token, len(tree))
                if there == len(tree):
                    tree.append({})
                here = there
            tree[here][tokens[-1]] = -1 - value
        self._bounds = np.array([0, *accumulate(map(len, tree))], np.int64)
        self._edges = np.array([column[t] for node in tree for t in sorted(node)], np.int64)
        self._nodes = np.array([node[t] for node in tree for t in sorted(node)], np.int64)
        self._table = weights()

    def windows(self, target: bytes) -> list[Window]:
        """See `Words.windows`: whole numbers, while another one surely fits."""
        found: list[Window] = []
        symbols: list[int] = []
        for value in target:
            symbols += self._spelled[value]
            if len(symbols) + self.longest > self.span:
                found.append(Window(self.prompt, symbols))
                symbols = []
        return [*found, Window(self.prompt, symbols)] if symbols else found

    def context(self, number: int, symbols: Sequence[int]) -> list[int]:
        """See `Words.context`."""
        return self.prompt

    def given(self, symbols: Array) -> Array:
        """See `Words.given`."""
        return symbols

    def encode(self, rows: Rows, reader: Reader, grid: Grid, symbols: Array, first: int) -> None:
        """See `Words.encode`."""
        encode_choices(
            rows.states, rows.data, grid, reader.logits(), np.searchsorted(self._columns, symbols),
            rows.lengths, constant(first), rows.nodes, self._bounds, self._edges, self._nodes,
            self._table, rows.ideal,
        )  # fmt: skip

    def decode(self, rows: Rows, grid: Grid) -> None:
        """See `Words.decode`."""
        decode_choices(
            rows.states, rows.data, grid, rows.on, rows.nodes, self._bounds, self._edges,
            self._nodes, self._table, self._columns, rows.symbols,
        )  # fmt: skip

    def spell(self, rows: Rows, n: int) -> bytes:
        """See `Words.spell`: the number, behind its last token."""
        node = int(rows.nodes[n])
        return bytes([-1 - node]) if node < 0 else b""

    def ended(self, number: int, used: int, rows: Rows, n: int) -> bool:
        """See `Words.ended`."""
        return bool(rows.nodes[n] < 0) and used + self.longest > self.span

    @property
    def _columns(self) -> Array:
        if self.columns is None:
            raise AssertionError("a tree has columns")
        return self.columns


@dataclass(frozen=True, eq=False)
class DecimalCoder(WindowCoder):
    """Codes lists of numbers; see `WindowCoder`.

    Arguments:
        alphabet: numbers are 0..alphabet-1.
    """

    alphabet: int = BYTES

    @property
    def words(self) -> NumberWords:
        """See `WindowCoder.words`; kept with the weights, since the tree takes a while to make."""
        key = (self.alphabet, self.span, self.prompt)
        kept: dict[object, NumberWords] = self.weights.kept
        if key not in kept:
            kept[key] = NumberWords(
                self.weights.vocabulary, self.alphabet, self.span, self.prompted
            )
        return kept[key]


@inner
def shares_of(grid: Grid, low: int, high: int, edges: Array, table: Array, shares: Array) -> int:
    """The counts of a node's edges into `shares`; their sum."""
    top = np.int64(grid[edges[low]])
    for e in range(low, high):
        top = max(top, np.int64(grid[edges[e]]))
    whole, last = ZERO, len(table) - 1
    for e in range(low, high):
        whole += table[min(top - grid[edges[e]], last)]
    total = ZERO
    for e in range(low, high):
        shares[e - low] = ONE + table[min(top - grid[edges[e]], last)] * SPARE // whole
        total += shares[e - low]
    return total


@kernel
def encode_choices(
    states: Array,
    outs: Buffer,
    grid: Grid,
    logits: Floats,
    symbols: Array,
    lengths: Array,
    first: int,
    places: Array,
    bounds: Array,
    edges: Array,
    nodes: Array,
    table: Array,
    ideal: Floats,
) -> None:
    """Encode a slice of several messages; a node with one edge costs nothing.

    Arguments:
        grid, logits: `[n, k, columns]`, in steps and unrounded.
        symbols: int64 `[n, k]`, columns.
        places: int64 `[n]`, the node of each row, below 0 behind a number.
        ideal: float64 `[n]`, to which the bits by unrounded logits are added.
    """
    shares = np.empty(len(edges), np.int64)
    for n in range(grid.shape[0]):
        for k in range(min(grid.shape[1], lengths[n] - first)):
            node = max(places[n], ZERO)
            low, high = bounds[node], bounds[node + 1]
            own = low
            while edges[own] != symbols[n, k]:
                own += 1
            if high - low > 1:
                total = shares_of(grid[n, k], low, high, edges, table, shares)
                start, top = ZERO, logits[n, k, edges[low]]
                for e in range(low, high):
                    if e < own:
                        start += shares[e - low]
                    top = max(top, logits[n, k, edges[e]])
                encode_step(states[n], outs[n], start, shares[own - low], total)
                sum_ = 0.0
                for e in range(low, high):
                    sum_ += np.exp(logits[n, k, edges[e]] - top)
                ideal[n] += (np.log(sum_) + top - logits[n, k, edges[own]]) / np.log(2.0)
            places[n] = nodes[own]


@kernel
def decode_choices(
    states: Array,
    data: Buffer,
    grid: Grid,
    on: np.ndarray[tuple[int], np.dtype[np.bool_]],
    places: Array,
    bounds: Array,
    edges: Array,
    nodes: Array,
    table: Array,
    columns: Array,
    symbols: Array,
) -> None:
    """Decode the next symbol of each message that is `on`; see `encode_choices`."""
    shares = np.empty(len(edges), np.int64)
    for n in range(grid.shape[0]):
        if not on[n]:
            continue
        node = max(places[n], ZERO)
        low, high = bounds[node], bounds[node + 1]
        own = low
        if high - low > 1:
            total = shares_of(grid[n], low, high, edges, table, shares)
            target = decode_target(states[n], total)
            start = ZERO
            while start + shares[own - low] <= target:
                start += shares[own - low]
                own += 1
            decode_step(states[n], data, start, shares[own - low], total)
        symbols[n] = columns[edges[own]]
        places[n] = nodes[own]
