r"""Texts as a model's own tokens: any of them may come next, and any bytes can be said.

Example: of b"ab\xff" come the token "ab", and an escape with the byte 255.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.codecs.lmic.windows import Rows, Window, WindowCoder, Words
from codelength.coding.compiled import constant
from codelength.coding.grid import weights
from codelength.errors import InputError
from codelength.predictors.lm.exact import Array, Reader
from codelength.predictors.lm.tables import Grid, decode_symbols, encode_window
from codelength.predictors.lm.tokens import Vocabulary


class TextWords(Words):
    """Tokens of a vocabulary, the escape among them; a symbol beyond is an escaped byte.

    Arguments:
        span: tokens that the model is given at most.
        overlap: tokens of the window before that it is given again.
        prompt: tokens that stand before every window.
    """

    def __init__(
        self, vocabulary: Vocabulary, span: int, overlap: int, prompt: Sequence[int]
    ) -> None:
        self.vocabulary, self.start = vocabulary, vocabulary.escape
        self.span, self.overlap, self.prompt = span, overlap, list(prompt)
        self._escape, self._table = constant(vocabulary.escape), weights()

    def size(self, number: int) -> int:
        """Tokens that the window of this number codes at most."""
        return self.span - len(self.prompt) - (self.overlap if number else 0)

    def windows(self, target: bytes) -> list[Window]:
        """See `Words.windows`."""
        symbols = self.vocabulary.split(target)
        found: list[Window] = []
        at = 0
        while at < len(symbols):
            end = at + self.size(len(found))
            found.append(Window(self.context(len(found), symbols[:at]), symbols[at:end]))
            at = end
        return found

    def context(self, number: int, symbols: Sequence[int]) -> list[int]:
        """See `Words.context`."""
        last = symbols[-self.overlap :] if number and self.overlap else []
        again: list[int] = self.given(np.array(last, np.int64)).tolist()
        return self.prompt + again

    def given(self, symbols: Array) -> Array:
        """See `Words.given`: the escape for an escaped byte."""
        return np.where(symbols < self.vocabulary.symbols, symbols, self.start)

    def encode(self, rows: Rows, reader: Reader, grid: Grid, symbols: Array, first: int) -> None:
        """See `Words.encode`."""
        encode_window(
            rows.states, rows.data, grid, symbols, rows.lengths, constant(first), self._escape,
            self._table,
        )  # fmt: skip
        on = np.arange(first, first + symbols.shape[1]) < rows.lengths[:, None]
        bits = reader.bits(self.given(symbols)) + 8.0 * (symbols >= self.vocabulary.symbols)
        rows.ideal += np.where(on, bits, 0.0).sum(axis=1)

    def decode(self, rows: Rows, grid: Grid) -> None:
        """See `Words.decode`."""
        decode_symbols(
            rows.states, rows.data, grid, rows.on, self._escape, self._table, rows.symbols
        )

    def spell(self, rows: Rows, n: int) -> bytes:
        """See `Words.spell`."""
        return self.vocabulary.join([int(rows.symbols[n])])

    def ended(self, number: int, used: int, rows: Rows, n: int) -> bool:
        """See `Words.ended`."""
        return used == self.size(number)


@dataclass(frozen=True, eq=False)
class TextCoder(WindowCoder):
    """Codes texts with a model; see `WindowCoder`.

    Arguments:
        overlap: tokens of a window that the next one is given again, unpaid.
    """

    overlap: int = 0

    @property
    def vocabulary(self) -> Vocabulary:
        """Its tokens; kept with the weights, so that a coder is small where it is sent."""
        return self.weights.vocabulary

    @property
    def words(self) -> TextWords:
        """See `WindowCoder.words`.

        Raises:
            InputError: the overlap leaves less than half of the window.
        """
        prompt = self.prompted
        if 2 * (self.overlap + len(prompt)) > self.span:
            raise InputError(
                f"an overlap of {self.overlap} tokens and a prompt of {len(prompt)} leave less than"
                f" half of a window of {self.span}: take a larger window"
            )
        return TextWords(self.vocabulary, self.span, self.overlap, prompt)
