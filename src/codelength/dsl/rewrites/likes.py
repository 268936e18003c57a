"""Lines that are like an earlier one: its values backwards, or moved by a constant.

Example: `1 = range_func_up(3, 9)` / `2 = range_func_up(53, 59)` -> `2 = add_item_list(1, 50)`.
"""

from collections.abc import Iterator, Sequence

from codelength.dsl.operations import ADD_ITEM, REVERSE, SUBTRACT_ITEM
from codelength.dsl.rewrites.draft import Draft
from codelength.dsl.rewrites.lines import Line
from codelength.dsl.rewrites.sharing import Values

LARGEST = 255
FEWEST = 2
"""A shorter list is cheaper than a reference and a constant."""


class Likes:
    """Which earlier line each line is like.

    Arguments:
        order: lines, sources first; only what comes before a line may define it.
    """

    def __init__(self, draft: Draft, order: Sequence[int]) -> None:
        self.draft = draft
        self.ranks = {i: rank for rank, i in enumerate(order)}
        self.shapes: dict[Values, int] = {}
        self.bases: dict[int, int] = {}
        for i in order:
            values = draft.values[i]
            if len(values) >= FEWEST:
                least = values[0]
                shape = tuple([value - least for value in values])
                self.bases[i] = self.shapes.setdefault(shape, i)

    def of(self, i: int) -> Iterator[Line]:
        """Line i as an operation on an earlier line."""
        values = self.draft.values[i]
        mirror = self.draft.by_values.get(values[::-1], i)
        if self.ranks.get(mirror, self.ranks[i]) < self.ranks[i]:
            yield (int(REVERSE), mirror)
        base = self.bases.get(i, i)
        if base != i and self.draft.uses[base]:
            shift = values[0] - self.draft.values[base][0]
            if 0 < shift <= LARGEST:
                yield (int(ADD_ITEM), base, shift)
            elif 0 < -shift <= LARGEST:
                yield (int(SUBTRACT_ITEM), base, -shift)
