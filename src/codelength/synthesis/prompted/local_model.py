"""Models in this process, through transformers: `transformers/PATH`, a hub's id, a GGUF file.

`transformers/PATH:ADAPTER` has a LoRA adapter merged in, and bears that name everywhere.

Greedy answers are the same each time on one machine; sampled ones follow `seed`.
"""

from collections.abc import Sequence
from typing import Any

from codelength.errors import InputError
from codelength.predictors.lm.adapters import adapted, split
from codelength.predictors.lm.weights import Weights
from codelength.synthesis.prompted.generation import (
    FAILED,
    LENGTH,
    STOP,
    Generation,
    Model,
    Settings,
)
from codelength.synthesis.prompted.prompts import Prompt

BATCH = 16
"""Prompts that are answered in step; of like length, so that little is padded."""


def text_of(prompt: Prompt, tokenizer: Any) -> str:
    """A conversation as the model's own template has it; without one, its turns one by one."""
    turns = [{"role": turn.role, "content": turn.text} for turn in prompt]
    if not tokenizer.chat_template:
        return "\n\n".join(turn.text for turn in prompt) + "\n"
    try:
        text: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # templates are programs of the models' makers
        raise InputError(f"the model's own chat template fails: {error}") from error
    return text


class LocalModel(Model):
    """A model whose weights are here, or come from a hub.

    Arguments:
        name: `transformers/SOURCE` or `transformers/SOURCE:ADAPTER`; see `predictors.lm`.
    """

    together = 4 * BATCH

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = split(name.partition("/")[2])

    def open(self) -> None:
        """See `Model.open`: loads the weights."""
        adapted(*self.source)

    def generate(self, prompts: Sequence[Prompt], settings: Settings) -> list[Generation]:
        """See `Model.generate`."""
        weights = adapted(*self.source)
        texts = [text_of(prompt, weights.tokenizer) for prompt in prompts]
        order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
        found: dict[int, Generation] = {}
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            answers = _answers(weights, [texts[k] for k in some], settings, first)
            found.update(zip(some, answers, strict=True))
        return [found[k] for k in range(len(texts))]


def _answers(
    weights: Weights, texts: Sequence[str], settings: Settings, place: int
) -> list[Generation]:
    """Answer a batch in step.

    Arguments:
        place: of the batch; keeps the draws of one apart from those of another.
    """
    import torch

    tokenizer, model = weights.tokenizer, weights.model
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    plain = not tokenizer.chat_template  # a template has its own special tokens
    given = tokenizer(list(texts), return_tensors="pt", padding=True, add_special_tokens=plain)
    given = {key: given[key].to(weights.device) for key in ("input_ids", "attention_mask")}
    manner: dict[str, Any] = {"do_sample": False}
    if settings.temperature:
        manner = {"do_sample": True, "temperature": settings.temperature, "top_k": 0, "top_p": 1.0}
    width = given["input_ids"].shape[1]
    room = weights.context - width
    if room < 1:
        error = f"a prompt of {width} tokens in a context of {weights.context}"
        return [Generation("", FAILED, error=error) for _ in texts]
    devices = [weights.device] if weights.device.type == "cuda" else []
    with torch.inference_mode(), torch.random.fork_rng(devices):
        torch.manual_seed((settings.seed or 0) * 1_000_003 + place)
        said = model.generate(
            **given,
            max_new_tokens=min(settings.tokens, room),
            pad_token_id=tokenizer.pad_token_id,
            **manner,
        )
    ends = model.generation_config.eos_token_id
    stops = set(ends if isinstance(ends, list) else [ends])
    sizes = given["attention_mask"].sum(dim=1).tolist()
    return [
        _generation(tokenizer, row[width:].tolist(), stops, size)
        for row, size in zip(said, sizes, strict=True)
    ]


def _generation(tokenizer: Any, tokens: list[int], stops: set[int], size: int) -> Generation:
    """One answer, up to its end."""
    count = next((k for k, token in enumerate(tokens) if token in stops), None)
    kept = tokens if count is None else tokens[:count]
    text = tokenizer.decode(kept, skip_special_tokens=True)
    return Generation(text, LENGTH if count is None else STOP, size, len(kept))
