"""Worked examples for prompts: KT's sampled pairs, their programs written as Python.

Example: worked_examples(2)[0].program -> "output = ...". With any, a prompt is no longer KT's.
"""

from functools import cache

from codelength.dsl.pairs import sample
from codelength.dsl.python import as_python
from codelength.synthesis.prompted.prompts import Shot

SEED = 7_200_001
"""Of the samples; no corpus of KT's is drawn from it by default."""
LONGEST = 64
"""Symbols of an example."""
MOST = 32
"""Examples that can be asked for."""


@cache
def worked_examples(count: int) -> tuple[Shot, ...]:
    """The first so many sampled pairs of at most `LONGEST` symbols."""
    pairs = [pair for pair in sample(SEED, 4 * MOST) if len(pair.sequence) <= LONGEST]
    return tuple(Shot(pair.sequence, as_python(pair.program)) for pair in pairs[:count])
