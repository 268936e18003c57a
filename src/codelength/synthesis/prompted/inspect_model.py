"""Models through Inspect's providers: OpenAI-compatible servers, vLLM, Hugging Face and the rest.

Answers are kept in Inspect's own cache, so a run that was killed does not ask twice.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from rich.text import Text

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
    import inspect_ai.model
    from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

Result = TypeVar("Result")

ENDS = {"max_tokens": LENGTH, "model_length": LENGTH, "content_filter": REFUSAL}
RETRIES = 5
"""Of a call that fails in a way that may pass."""
TOGETHER = 64
"""Prompts that a provider is given at once; how many it really works on is its own affair."""


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
    return Generation(output.completion, end, *tokens, output.error or "", output.model)


class Loop:
    """An event loop in a thread of its own: what is opened on it stays usable."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        atexit.register(self._close)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of a coroutine, which is cancelled where the wait for it is interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@cache
def the_loop() -> Loop:
    """The one of this process."""
    return Loop()


@cache
def opened(name: str) -> "inspect_ai.model.Model":
    """A model, made once a process: its weights, its connections.

    Raises:
        MissingExtra: inspect_ai is not installed.
        InputError: no provider knows it, or it lacks a key or a package.
    """
    try:
        from inspect_ai.model import get_model
    except ImportError as error:
        raise MissingExtra(f"the model {name} needs: pip install 'codelength[inspect]'") from error

    async def get() -> "inspect_ai.model.Model":
        return get_model(name, memoize=False)

    try:
        return the_loop().run(get())
    except Exception as error:
        said = " ".join(Text.from_markup(str(error)).plain.replace("ERROR:", "").split())
        raise InputError(f"the model {name} cannot be used: {said}") from error


def forget() -> None:
    """In a forked process: its parent's loop has no thread there."""
    opened.cache_clear()
    the_loop.cache_clear()


os.register_at_fork(after_in_child=forget)


class InspectModel(Model):
    """A model of one of Inspect's providers.

    Arguments:
        keeps: whether Inspect's cache gives answers that it has, by the model's name.
        name: `provider/model`, such as `openai/gpt-4o`, `vllm/PATH`, `hf/PATH`,
            `openai-api/SERVER/MODEL`.
    """

    together = TOGETHER

    def __init__(self, name: str, keeps: bool = True) -> None:
        self.name, self.keeps = name, keeps

    def open(self) -> None:
        """See `Model.open`."""
        opened(self.name)

    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """See `Model.generate`.

        Raises:
            MissingExtra: inspect_ai is not installed.
            InputError: no provider knows the model, or it lacks a key or a package.
        """
        model = opened(self.name)
        from inspect_ai.model import CachePolicy

        drawn = config(settings)
        keep = CachePolicy(expiry=None) if self.keeps else False

        async def one(prompt: Prompt) -> Generation:
            try:
                return generation(await model.generate(messages(prompt), config=drawn, cache=keep))
            except Exception as error:  # noqa: BLE001  a provider may raise anything; it is a row
                return Generation("", FAILED, error=f"{type(error).__name__}: {error}")

        async def together() -> list[Generation]:
            return list(await asyncio.gather(*(one(prompt) for prompt in prompts)))

        return the_loop().run(together())
