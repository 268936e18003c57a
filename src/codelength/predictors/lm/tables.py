"""A model's logits as integer frequency tables (`coding.grid`), for many messages in step."""

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    decode_step,
    decode_target,
    decode_uniform,
    encode_step,
    encode_uniform,
)
from codelength.coding.compiled import constant, inner, kernel
from codelength.coding.grid import REACH, SHARED, Array

Grid = npt.NDArray[np.int32]
Buffer = npt.NDArray[np.uint8]

SPARE = constant(SHARED)
ZERO, ONE, BYTES = constant(0), constant(1), constant(256)
FARTHEST = constant(REACH)


@inner
def weigh(grid: Grid, table: Array) -> tuple[int, int]:
    """The largest step of a row, and the sum of all weights."""
    top = np.int64(grid[0])
    for step in grid:
        top = max(top, np.int64(step))
    total = ZERO
    for step in grid:
        total += table[min(top - step, FARTHEST)]
    return top, total


@inner
def share_out(whole: int, table: Array, shares: Array) -> None:
    """The counts by steps below the largest logit, into `shares`: one, and a share of `SPARE`."""
    for d in range(len(table)):
        shares[d] = ONE + table[d] * SPARE // whole


@kernel
def encode_window(
    states: Array,
    outs: Buffer,
    grid: Grid,
    symbols: Array,
    lengths: Array,
    first: int,
    escape: int,
    table: Array,
) -> None:
    """Encode a slice of several messages.

    Arguments:
        states: int64 `[n, 6]`, the coders'.
        outs: uint8 `[n, bits]`, one bit a byte.
        grid: int32 `[n, k, symbols]`, logits in steps.
        symbols: int64 `[n, k]`; one beyond the model's is the escape and then one of 256.
        lengths: int64 `[n]`, symbols of each message in all.
        first: the slice's first position.
        table: see `weights`.
    """
    count = grid.shape[2]
    shares = np.empty(len(table), np.int64)
    for n in range(grid.shape[0]):
        for k in range(min(grid.shape[1], lengths[n] - first)):
            own = symbols[n, k] if symbols[n, k] < count else escape
            top, whole = weigh(grid[n, k], table)
            share_out(whole, table, shares)
            start, total = ZERO, ZERO
            for s in range(count):
                if s == own:
                    start = total
                total += shares[min(top - grid[n, k, s], FARTHEST)]
            encode_step(
                states[n], outs[n], start, shares[min(top - grid[n, k, own], FARTHEST)], total
            )
            if symbols[n, k] >= count:
                encode_uniform(states[n], outs[n], symbols[n, k] - count, BYTES)


@kernel
def decode_symbols(
    states: Array,
    data: Buffer,
    grid: Grid,
    on: npt.NDArray[np.bool_],
    escape: int,
    table: Array,
    symbols: Array,
) -> None:
    """Decode the next symbol of each message that is `on` into `symbols`; see `encode_window`.

    Arguments:
        data: the packed bits in which all messages stand, where their states say.
        grid: int32 `[n, symbols]`.
    """
    count = grid.shape[1]
    shares = np.empty(len(table), np.int64)
    for n in range(grid.shape[0]):
        if not on[n]:
            continue
        top, whole = weigh(grid[n], table)
        share_out(whole, table, shares)
        total = ZERO
        for s in range(count):
            total += shares[min(top - grid[n, s], FARTHEST)]
        target = decode_target(states[n], total)
        start = ZERO
        for s in range(count):
            share = shares[min(top - grid[n, s], FARTHEST)]
            if start + share > target:
                decode_step(states[n], data, start, share, total)
                symbols[n] = s
                break
            start += share
        if symbols[n] == escape:
            symbols[n] = count + decode_uniform(states[n], data, BYTES)
