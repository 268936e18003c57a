"""Plans: which streams were peeled off a target, and the chain that is left.

Example: peel_off(the whole of [7, 1, 8, 1, 9, 1, 5], Peel(3, 3)) -> chain [7, 8, 9, 5], stream
[1, 1, 1].
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.int64]

FAR = 2048
"""Longer chains are not peeled."""


@dataclass(frozen=True)
class Peel:
    """One interleaving undone: interleave(the chain's first `place` symbols, `length` symbols).

    Where `length` <= `place` it may also have happened later.
    """

    place: int
    length: int

    def near(self, other: "Peel") -> bool:
        """Whether the two differ by one symbol at most."""
        return abs(self.place - other.place) <= 1 and abs(self.length - other.length) <= 1

    def longer(self, by: int) -> "Peel":
        """With so many symbols more in the stream."""
        return Peel(self.place + by * (self.place == self.length), self.length + by)


@dataclass(frozen=True, eq=False)
class Plan:
    """What was peeled, from the outermost inwards, and what is left.

    Arguments:
        chain: int64, what is left.
        active: only so many first symbols of the chain may be peeled further.
        cuts: where the chain must have a border.
        peels: one for each stream, outermost first.
        streams: int64 each.
        bits: an estimate of what the streams cost, in bits.
    """

    chain: Array
    active: int
    cuts: tuple[int, ...] = ()
    peels: tuple[Peel, ...] = ()
    streams: tuple[Array, ...] = ()
    bits: float = 0.0

    @property
    def cut(self) -> int:
        """The last border that the chain must have, 0 for none."""
        return max(self.cuts, default=0)

    @property
    def peelable(self) -> bool:
        """Whether another stream may be looked for."""
        return 4 <= self.active <= FAR

    def beside(self, other: "Plan") -> bool:
        """Whether the two differ in their last peels alone, and these are near."""
        return self.peels[:-1] == other.peels[:-1] and self.peels[-1].near(other.peels[-1])


def peel_off(plan: Plan, peel: Peel, bits: float = 0.0) -> Plan:
    """Take a stream off a plan's chain; `bits`: an estimate of the stream's own."""
    chain, place, length = plan.chain, peel.place, peel.length
    pairs = min(place, length)
    cuts = tuple(cut - length for cut in plan.cuts)
    evens, odds = chain[0 : 2 * pairs : 2], chain[1 : 2 * pairs : 2]
    if length > place:
        stream = np.concatenate([odds, chain[2 * pairs : place + length]])
        left = np.concatenate([evens, chain[place + length :]])
        active, cuts = place, (*cuts, place)
    else:
        stream, left, active = odds.copy(), chain[2 * pairs :], plan.active - length
        left = np.concatenate([evens, left])
    return Plan(left, active, cuts, (*plan.peels, peel), (*plan.streams, stream), plan.bits + bits)
