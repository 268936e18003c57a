"""Models through Inspect's providers: OpenAI-compatible servers, vLLM, Hugging Face and the rest.

Answers are kept in Inspect's own cache, so a run that was killed does not ask twice.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from codelength.errors import InputError, MissingExtra
from codelength.synthesis.prompted.generation import (
    FAILED,
    LENGTH,
    REFUSAL,
    STOP,
    Generation,
    Model,
    Settings,
)
from codelength.synthesis.prompted.prompts import Prompt

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

ENDS = {"max_tokens": LENGTH, "model_length": LENGTH, "content_filter": REFUSAL}
RETRIES = 5
"""Of a call that fails in a way that may pass."""


def messages(prompt: Prompt) -> "list[ChatMessage]":
    """A conversation as Inspect has it."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {
        "system": ChatMessageSystem,
        "user": ChatMessageUser,
        "assistant": ChatMessageAssistant,
    }
    return [kinds[turn.role](content=turn.text) for turn in prompt]


def config(settings: Settings) -> "GenerateConfig":
    """Settings as Inspect has them. No stop strings: they could fire inside a model's thinking."""
    from inspect_ai.model import GenerateConfig

    return GenerateConfig(
        max_tokens=settings.tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        max_retries=RETRIES,
    )


def generation(output: "ModelOutput") -> Generation:
    """An output of Inspect's as ours: the text without reasoning."""
    usage = output.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    if output.empty:
        return Generation("", FAILED, *tokens, error=output.error or "an empty answer")
    end = ENDS.get(output.stop_reason, STOP)
    return Generation(output.completion, end, *tokens, error=output.error or "")


class InspectModel(Model):
    """A model of one of Inspect's providers.

    Arguments:
        name: `provider/model`, such as `openai/gpt-4o`, `vllm/PATH`, `hf/PATH`,
            `openai-api/SERVER/MODEL`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """See `Model.generate`.

        Raises:
            MissingExtra: inspect_ai is not installed.
            InputError: no provider knows the model, or it lacks a key or a package.
        """
        try:
            import inspect_ai.model
        except ImportError as error:
            raise MissingExtra(
                f"the model {self.name} needs: pip install 'codelength[inspect]'"
            ) from error
        del inspect_ai
        with ThreadPoolExecutor(1) as pool:  # the caller may have an event loop of its own
            return pool.submit(asyncio.run, self._all(prompts, settings)).result()

    async def _all(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        from inspect_ai._util.error import PrerequisiteError
        from inspect_ai.model import CachePolicy, get_model

        try:
            model = get_model(self.name, memoize=False)
        except (PrerequisiteError, ValueError, ImportError) as error:
            raise InputError(f"the model {self.name} cannot be used: {error}") from error
        drawn = config(settings)

        async def one(prompt: Prompt) -> Generation:
            try:
                keep = CachePolicy(expiry=None)
                return generation(await model.generate(messages(prompt), config=drawn, cache=keep))
            except Exception as error:  # noqa: BLE001  a provider may raise anything; it is a row
                return Generation("", FAILED, error=f"{type(error).__name__}: {error}")

        return list(await asyncio.gather(*(one(prompt) for prompt in prompts)))
