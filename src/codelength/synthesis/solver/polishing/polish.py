"""Small changes of a program, tried one by one with its exact price.

Example: `1 = range_func_up(133, 151)` / `2 = set_list([13, ...])` / `3 = get_subsequence_between_
indices(1, 0, 18)` -> the range ends at 150, the list begins with 151, and line 3 is not needed.

The search before it works with averages; here each change is priced as it is.
"""

import math
import time
from dataclasses import replace

from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import Prior
from codelength.dsl.program import Program
from codelength.errors import ProgramError
from codelength.synthesis.solver.polishing.chain import Chain, Workshop
from codelength.synthesis.solver.polishing.moves import MOVES, Move, tidied

MOST_PIECES = 40
"""Programs with more are left as they are."""


class Polisher:
    """Climbs from one program to a cheaper one until no change helps.

    Arguments:
        target: what programs must output.
        canonical: whether lines come in the sampler's order, else each merge early.
        end: when to stop by `time.monotonic`, if ever.
    """

    def __init__(
        self,
        prior: Prior,
        target: bytes,
        limits: Limits,
        canonical: bool,
        end: float | None = None,
    ) -> None:
        self.prior, self.target, self.limits, self.end = prior, target, limits, end
        self.shop = Workshop(canonical)
        self.seen: set[Program] = set()

    def polished(self, program: Program, trials: int) -> Program:
        """The program or a cheaper one with the same output; prices so many at most."""
        chain = self.shop.chain_of(program, self.limits)
        if len(chain.pieces) + len(chain.streams) > MOST_PIECES:
            return program
        self.best, self.bits = program, self.prior.bits(program, self.limits)
        self.chain, self.trials = chain, trials
        self.rough, self.doubt = self.shop.rough(chain), math.inf
        self.try_chain(chain)
        while self.trials > 0:
            before = self.bits
            for move, doubt in MOVES:
                self.doubt = doubt
                while self.climb(move):
                    pass
            if self.bits > before - 1e-9:
                break
        return self.best

    def climb(self, move: Move) -> bool:
        """Take the first change of one kind that helps; whether there is one."""
        for chain in move(self.shop, self.chain):
            if self.trials <= 0:
                return False
            if self.try_chain(chain):
                return True
        return False

    def try_chain(self, chain: Chain) -> bool:
        """Take a chain if its program is right and cheaper, with its streams as they are or not."""
        rough = self.shop.rough(chain)
        if rough > self.rough + self.doubt:
            return False
        if self.take(chain, rough):
            return True
        other = tidied(self.shop, chain)
        return other.streams != chain.streams and self.take(other, rough)

    def take(self, chain: Chain, rough: float) -> bool:
        """Take a chain if its program is right and cheaper."""
        program = self.shop.program_of(chain)
        if program in self.seen or self.trials <= 0:
            return False
        self.seen.add(program)
        self.trials -= 1
        if self.end is not None and time.monotonic() > self.end:
            self.trials = 0
        try:
            bits = self.prior.bits(program, self.limits)
        except ProgramError:
            return False
        if bits > self.bits - 1e-6 or program.run(self.limits).as_bytes() != self.target:
            return False
        self.best, self.bits, self.rough = program, bits, rough
        known = set(self.shop.needed(chain))
        self.chain = replace(chain, lines={p: x for p, x in chain.lines.items() if p in known})
        return True
