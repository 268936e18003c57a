"""Results of lines while a program is being written: what the interpreter says goes into its row.

Example: behind `range_up(1, 3)` a row gets RESULT 1 2 3 END_RESULT, whatever the model would say.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codelength.dsl.interpreter import FINE, words_of_line
from codelength.dsl.interpreter import run as interpret
from codelength.dsl.operations import OUTPUT
from codelength.synthesis.seqcoder.tokens import (
    FIRST_OPERATION,
    FIRST_REFERENCE,
    read_program,
    write_result,
)

LENGTH, STEPS = 1 << 13, 1 << 16


class Results:
    """The interpreter behind the rows of a batch.

    Arguments:
        rows: how many.
        shown: values of a result that are told.
    """

    def __init__(self, rows: int, shown: int) -> None:
        self.shown = shown
        self.waiting: list[deque[int]] = [deque() for _ in range(rows)]
        self.arena = np.empty(1 << 18, np.int64)

    def forced(self, row: int) -> int:
        """The token that a row must go on with, or -1."""
        return self.waiting[row].popleft() if self.waiting[row] else -1

    def ended(self, row: int, written: npt.NDArray[np.int64]) -> bool:
        """A row has ended a line: it is run, and its result waits. False: it fails."""
        told = self.result(written)
        if told is None:
            return False
        self.waiting[row].extend(told)
        return True

    def result(self, written: npt.NDArray[np.int64]) -> Sequence[int] | None:
        """The result of the last line of an unfinished program, as tokens; None if it fails."""
        ended = np.append(written, [FIRST_OPERATION + OUTPUT, FIRST_REFERENCE]).astype(np.int16)
        words = np.zeros(2 * len(ended) + 8, np.int64)
        read_program(ended, words)
        here, lines = 0, 0
        while words[here] != OUTPUT:
            here += int(words_of_line(words, here))
            lines += 1
        bounds = np.zeros(lines + 2, np.int64)
        if interpret(words, 0, self.arena, bounds, LENGTH, STEPS)[0] != FINE:
            return None
        row = np.zeros(self.shown + 2, np.int16)
        stop = write_result(
            self.arena, int(bounds[lines - 1]), int(bounds[lines]), self.shown, row, 0
        )
        return [int(one) for one in row[:stop]]
