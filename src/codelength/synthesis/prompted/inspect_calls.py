"""Calls to models in tasks of Inspect's: one that fails is an answer too."""

from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, TaskState
from inspect_ai.util import LimitExceededError


async def answered(state: TaskState, generate: Generate) -> TaskState:
    """Generate; a call that fails is an answer too, and stays in the denominator."""
    try:
        return await generate(state)
    except LimitExceededError:
        raise
    except Exception as error:  # noqa: BLE001  a provider may raise anything
        state.output = ModelOutput(model=str(state.model), error=f"{type(error).__name__}: {error}")
        return state
