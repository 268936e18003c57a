"""Base models by name: language models, and what needs none.

Example: text_codec("gzip", 1024), predictor("smollm2-135m", 2048).
"""

from functools import cache
from pathlib import Path

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.context_mixing import ContextMixing
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.errors import InputError
from codelength.predictors.adaptive import Adaptive
from codelength.predictors.plain import Frequencies
from codelength.predictors.protocol import Predictor

NONE, UNIFORM, FREQUENCY = "none", "uniform", "frequency"
COMPRESSORS = ("gzip", "bz2", "xz", "zstd", "brotli", "ppmd")
ROWS = 32
"""Texts that a language model reads in step."""
MOVES = Path(__file__).parent / "chess_moves.txt"
"""How often moves were made, a line each; `benchmarks/fit_chess.py` makes it."""


def text_codec(model: str, window: int) -> Codec:
    """A codec for texts.

    Arguments:
        model: a compressor's name, "none" for adaptive context mixing, "uniform" for plain bytes,
            else a language model.
        window: tokens that a language model is given.
    """
    if model == UNIFORM:
        return Raw()
    if model == NONE:
        return Fallback(ContextMixing(), Raw())
    if model in COMPRESSORS:
        return build_codec(f"{model}:fallback=raw")
    if model == FREQUENCY:
        raise InputError("the model frequency knows whole moves, and prices no text without them")
    return build_codec(f"lmic:model={model},window={window},batch={ROWS}")


def predictor(model: str, window: int) -> Predictor:
    """A predictor to be restricted to what is legal; names as in `text_codec`, but by moves.

    Raises:
        InputError: a compressor, which predicts nothing.
    """
    if model == UNIFORM:
        return Frequencies({})  # of no move it knows anything: all that are legal are alike
    if model == FREQUENCY:
        return Frequencies(move_counts())
    if model == NONE:
        return Adaptive()
    if model in COMPRESSORS:
        raise InputError(f"{model} predicts no symbols; take none, uniform, or a language model")
    from codelength.predictors.lm.predictor import LanguageModel

    return LanguageModel(model, window, ROWS)


@cache
def move_counts() -> dict[bytes, int]:
    """How often moves were made in games that are never measured."""
    lines = (line.split() for line in MOVES.read_bytes().splitlines())
    return {move: int(count) for move, count in lines}
