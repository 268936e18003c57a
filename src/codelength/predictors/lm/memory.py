"""Keys and values of a model in room to spare: a step writes behind what is there.

transformers joins what it keeps and what is new at every step, which takes longer the more there
is; here attention looks at so much of the room as is filled, and the room doubles when it is full.
"""

from functools import cache
from typing import Any

from codelength.coding.grid import Array

FIRST = 256
"""Tokens that there is room for at first."""


@cache
def roomy() -> Any:
    """The layer of transformers' caches that has room to spare; made once transformers is here."""
    from transformers.cache_utils import DynamicLayer

    plain: Any = DynamicLayer

    class Roomy(plain):  # type: ignore[misc]  # transformers is untyped
        """Keeps keys and values `[rows, heads, tokens, width]`."""

        is_croppable = False
        rooms: tuple[Any, ...] = ()
        keys: Any
        values: Any

        def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> Any:
            """Put new ones behind the others; all so far."""
            if not self.is_initialized:
                self.lazy_initialization(key_states, value_states)
            start = self.get_seq_length()
            end = start + key_states.shape[2]
            if not self.rooms or end > self.rooms[0].shape[2]:
                size = FIRST
                while size < end:
                    size *= 2
                self.rooms = tuple(
                    one.new_empty((*one.shape[:2], size, one.shape[3]))
                    for one in (key_states, value_states)
                )
                if start:
                    for one, old in zip(self.rooms, (self.keys, self.values), strict=True):
                        one[:, :, :start] = old
            for one, new in zip(self.rooms, (key_states, value_states), strict=True):
                one[:, :, start:end] = new
            self.keys, self.values = (one[:, :, :end] for one in self.rooms)
            return self.keys, self.values

        def keep(self, slots: Any) -> None:
            """Of each row only those slots, int64 `[rows, slots]`, in that order."""
            self.rooms = tuple(
                one.gather(2, slots[:, None, :, None].expand(-1, one.shape[1], -1, one.shape[3]))
                for one in (self.keys, self.values)
            )
            self.keys, self.values = self.rooms

        def select(self, rows: Any) -> None:
            """Only those rows, int64 `[rows]`."""
            self.rooms = tuple(one.index_select(0, rows) for one in (self.keys, self.values))
            self.keys, self.values = self.rooms

    return Roomy


def new_memory(config: Any) -> Any:
    """An empty cache of transformers for a model of this configuration.

    Layers that keep other things than all keys and values stay as transformers has them.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    plain: Any = DynamicLayer
    cache: Any = DynamicCache(config=config)
    cache.layers = [roomy()() if type(layer) is plain else layer for layer in cache.layers]
    if cache.layer_class_to_replicate is plain:
        cache.layer_class_to_replicate = roomy()
    return cache


class Slots:
    """A cache whose layers all keep keys and values in slots, for masks that say who sees which."""

    def __init__(self) -> None:
        from transformers import DynamicCache

        self.cache: Any = DynamicCache()
        self.cache.layer_class_to_replicate = roomy()

    def keep(self, slots: Array) -> None:
        """Of each row only those slots, int64 `[rows, slots]`, in that order."""
        import torch

        for layer in self.cache.layers:
            layer.keep(torch.from_numpy(slots).to(layer.keys.device))

    def select(self, rows: Array) -> None:
        """Only those rows, int64 `[rows]`."""
        import torch

        for layer in self.cache.layers:
            layer.select(torch.from_numpy(rows).to(layer.keys.device))
