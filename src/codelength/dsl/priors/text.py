"""The text prior: a program costs what its text takes on a disk.

Example: `sequence_1 = range_func_up(0, 9)` / `output = sequence_1` -> 8 x 55 = 440 bits.

KT's figure for its model's programs under this prior is a CompressionRate of 5.26 (its "raw").
"""

from codelength.dsl.interpreter import Limits
from codelength.dsl.priors.base import Prior
from codelength.dsl.priors.paper import check_domain
from codelength.dsl.program import Program


class TextPrior(Prior):
    """8 bits a byte of the printed program, in UTF-8, without a newline behind it."""

    name = "text"

    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The cost in bits; see `Prior.bits`."""
        check_domain(program, limits)
        return 8.0 * len(str(program).encode())
