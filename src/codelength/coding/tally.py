"""What a piece of work calls on, counted from deep inside it: models, tools, rollouts.

Example: before = snapshot(); codec.encode(x); spent = since(before) -> {"model_calls": 12}.
"""

from collections import Counter
from collections.abc import Mapping

_counts: Counter[str] = Counter()


def count(what: str, amount: int = 1) -> None:
    """So many more calls of a kind, in this process."""
    _counts[what] += amount


def snapshot() -> Counter[str]:
    """All counts so far."""
    return _counts.copy()


def since(before: Mapping[str, int]) -> dict[str, int]:
    """What was counted since `before`, by kind."""
    return {what: n - before.get(what, 0) for what, n in _counts.items() if n > before.get(what, 0)}
