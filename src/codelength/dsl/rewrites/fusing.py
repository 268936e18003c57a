"""Local rewrites that leave fewer or cheaper lines for the same values.

Example: `3 = set_list([5, 9])` / `4 = concatenate(2, 3)` / `5 = set_list([1])` /
`6 = concatenate(4, 5)` -> `3 = set_list([5, 9, 1])` / `4 = concatenate(2, 3)`.
"""

from collections.abc import Callable, Iterator

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import (
    ADD_ITEM,
    BETWEEN,
    CONCATENATE,
    INITIATORS,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_LIST,
    REPEAT_NUM,
    SET_LIST,
    SUBTRACT_ITEM,
)
from codelength.dsl.program import Program
from codelength.dsl.rewrites.draft import Draft, line_bits
from codelength.dsl.rewrites.likes import Likes
from codelength.dsl.rewrites.lines import Line, needed, program_of
from codelength.dsl.rewrites.sharing import Values, without_copies

LONGEST_RANGE, MOST_REPEATS, LARGEST_SMALL, LARGEST = 256, 25, 8, 255


def fused(program: Program, limits: Limits | None = None) -> Program:
    """`shared`, then every local rewrite that saves something; lines come in the order `needed`.

    What it saves are rough bits: under a given prior the result may cost a bit more.

    Raises:
        ProgramError: the program does not run.
    """
    draft = Draft(*without_copies(program, limits))
    fuse(draft)
    return program_of(draft.lines, draft.result, needed(draft.lines, draft.result))


def fuse(draft: Draft) -> None:
    """Rewrite from the output down until nothing saves a bit.

    Likenesses come first: a list that swallowed two like lists would hide them.
    """
    sweep(draft, Likes.of)
    while sweep(draft, proposals):
        pass


def sweep(draft: Draft, offers: Callable[[Likes, int], Iterator[Line]]) -> bool:
    """Go over all lines once, each rewritten while an offer saves something; whether one did."""
    changed = False
    order = needed(draft.lines, draft.result)
    likes = Likes(draft, order)
    for i in reversed(order):
        while draft.uses[i] and take(draft, i, offers(likes, i)):
            changed = True
    return changed


def take(draft: Draft, i: int, offers: Iterator[Line]) -> bool:
    """Put the first offer that saves something in the place of line i; whether there is one."""
    for line in offers:
        if draft.saved(i, line) > 1e-6:
            draft.replace(i, line)
            return True
    return False


def proposals(likes: Likes, i: int) -> Iterator[Line]:
    """Other lines with the values of line i."""
    draft = likes.draft
    line = draft.lines[i]
    alone = initiator(draft, draft.values[i])
    if alone is not None:
        yield alone
    if line[0] == CONCATENATE:
        yield from repetitions(draft, line)
        yield from regrouped(draft, i)
    elif line[0] >= INITIATORS:
        yield from composed(draft, line)
    yield from likes.of(i)


def initiator(draft: Draft, values: Values) -> Line | None:
    """The cheapest line without references that makes the values, if one may be worth it."""
    count = len(values)
    if count == 0:
        return (int(SET_LIST), 0)
    literal = 8 * count < draft.bits
    if count > LONGEST_RANGE and not literal:
        return None
    step = values[1] - values[0] if count > 1 else 1
    straight = 0 <= step <= LARGEST_SMALL and all(
        values[j] + step == values[j + 1] for j in range(count - 1)
    )
    if not (straight or literal) or min(values) < 0 or max(values) > LARGEST:
        return None
    found: list[Line] = []
    if straight and step == 0:
        if count <= MOST_REPEATS:
            found.append((int(REPEAT_NUM), count, values[0]))
    elif straight and step == 1:
        found.append((int(RANGE_UP), values[0], values[-1]))
    elif straight:
        found.append((int(RANGE_INTERVAL), values[0], values[-1] + 1, step))
    if literal:
        found.append((int(SET_LIST), count, *values))
    return min(found, key=line_bits) if found else None


def repetitions(draft: Draft, line: Line) -> Iterator[Line]:
    """A concatenate of copies of one line as a repeat_list."""
    (left, left_times), (right, right_times) = (
        copies(draft, line[1]),
        copies(draft, line[2]),
    )
    times = left_times + right_times
    if left == right and 3 <= times <= LARGEST_SMALL:
        yield (int(REPEAT_LIST), times, left)


def copies(draft: Draft, i: int) -> tuple[int, int]:
    """Which line, how many times, line i is."""
    line = draft.lines[i]
    if line[0] == REPEAT_LIST and line[1] > 0:
        return line[2], line[1]
    if line[0] == CONCATENATE and line[1] == line[2]:
        return line[1], 2
    return i, 1


def regrouped(draft: Draft, i: int) -> Iterator[Line]:
    """A concatenate of three, its neighbours joined the other way: (x p) q as x (p q) and back."""
    _, left, right = draft.lines[i]
    if draft.lines[left][0] == CONCATENATE:
        _, head, middle = draft.lines[left]
        joined = join(draft, i, middle, right)
        if joined is not None:
            yield (int(CONCATENATE), head, joined)
    if draft.lines[right][0] == CONCATENATE:
        _, middle, tail = draft.lines[right]
        joined = join(draft, i, left, middle)
        if joined is not None:
            yield (int(CONCATENATE), joined, tail)


def join(draft: Draft, i: int, left: int, right: int) -> int | None:
    """A line for line i to use that makes the values of two others: one there is, or a new one."""
    values = draft.values[left] + draft.values[right]
    known = draft.by_values.get(values)
    if known is not None and not draft.depends(known, i):
        return known
    alone = initiator(draft, values)
    return None if known is not None or alone is None else draft.add(alone, values)


def composed(draft: Draft, line: Line) -> Iterator[Line]:
    """An operation on the result of the same operation, as one of them."""
    operation = line[0]
    source = line[2] if operation == REPEAT_LIST else line[1]
    below = draft.lines[source]
    if operation in (ADD_ITEM, SUBTRACT_ITEM) and below[0] in (ADD_ITEM, SUBTRACT_ITEM):
        total = sum(part[2] if part[0] == ADD_ITEM else -part[2] for part in (line, below))
        if abs(total) <= LARGEST:
            yield (int(ADD_ITEM if total >= 0 else SUBTRACT_ITEM), below[1], abs(total))
        return
    if operation != below[0]:
        return
    if operation == REPEAT_LIST:
        if min(line[1], below[1]) > 0 and line[1] * below[1] <= LARGEST_SMALL:
            yield (operation, line[1] * below[1], below[2])
    elif operation == JUMPS:
        if min(line[2], below[2]) > 0 and line[2] * below[2] <= LARGEST_SMALL:
            yield (operation, below[1], line[2] * below[2])
    elif operation == BETWEEN:
        (start, end), (first, last) = line[2:], below[2:]
        if 0 <= start <= end <= len(draft.values[source]) and 0 <= first <= last <= len(
            draft.values[below[1]]
        ):
            yield (operation, below[1], first + start, first + end)
    elif operation in (MAX_N, MIN_N):
        yield (operation, below[1], min(line[2], below[2]))
    elif operation == MODULO_ITEM and min(line[2], below[2]) > 0 and below[2] % line[2] == 0:
        yield (operation, below[1], line[2])
