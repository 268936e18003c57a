"""float64 throughout: what a model computes in float32 by itself, and what it computed when made.

Rotary angles are the second kind: they are in no file, and their float32 powers differ in the last
bit between instruction sets, which moves logits by 1e-4.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def double() -> Iterator[None]:
    """Within, what asks for float32 gets float64: norms, softmax and rotary angles of any model."""
    import torch
    from torch.overrides import TorchFunctionMode

    def widened(value: Any) -> Any:
        return torch.float64 if value is torch.float32 else value

    class Widening(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, kinds: Any, given: Any = (), named: Any = None
        ) -> Any:
            if function is torch.Tensor.float:
                return given[0].double()
            if named:
                named = {key: widened(value) for key, value in named.items()}
            return function(*[widened(value) for value in given], **(named or {}))

    with Widening():
        yield


def in_double(model: Any) -> Any:
    """A model of transformers made anew in float64, with the weights of `model`."""
    import torch
    from transformers.initialization import no_init_weights

    with double(), no_init_weights():
        made = type(model)(copy.deepcopy(model.config))
    if hasattr(made, "set_experts_implementation"):
        made.set_experts_implementation("eager")  # others have no float64
    made = made.to(model.device, torch.float64)
    made.load_state_dict(model.state_dict())
    return made.eval()
