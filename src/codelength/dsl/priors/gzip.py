"""The gzip prior: a program costs what gzip makes of its text (KT, section 4).

Example: joint_bits([program] * 1000) is little more than GzipPrior().bits(program).

KT's figure for its model's programs is a CompressionRate of 0.59, with one gzip of all programs; a
gzip file each pays 18 bytes of header, and sees no other program.
"""

import gzip
from collections.abc import Iterable

from codelength.dsl.interpreter import Limits
from codelength.dsl.priors.base import Prior
from codelength.dsl.priors.paper import check_domain
from codelength.dsl.program import Program


class GzipPrior(Prior):
    """The bits of a gzip file (level 9) of the printed program."""

    name = "gzip"

    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The cost in bits; see `Prior.bits`."""
        check_domain(program, limits)
        return joint_bits([program])


def joint_bits(programs: Iterable[Program]) -> float:
    """The bits of one gzip file of all programs' texts, an empty line between two."""
    text = "\n\n".join(str(program) for program in programs)
    return 8.0 * len(gzip.compress(text.encode(), 9, mtime=0))
