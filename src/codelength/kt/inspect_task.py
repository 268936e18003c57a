"""KT as a task of Inspect's: `inspect eval codelength/kt -T modality=dna --model openai/gpt-4o`.

Generation, retries, caching, epochs and logs are Inspect's; prompts, extraction, the sandbox and
the figures are ours, the same code as in `codelength kt run`.
"""

import base64
import math
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio.to_thread
from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Metric,
    SampleScore,
    Score,
    Scorer,
    ScoreReducer,
    Target,
    metric,
    score_reducer,
    scorer,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from codelength.codecs.registry import build_codec
from codelength.corpora.instances import Instance
from codelength.corpora.kt import kt_corpus
from codelength.kt.metrics import GzipSizes, GzipSum
from codelength.sandbox import Limits
from codelength.synthesis.prompted.asking import Answer, Manner, fault, judged
from codelength.synthesis.prompted.generation import FAILED, Settings
from codelength.synthesis.prompted.inspect_calls import answered
from codelength.synthesis.prompted.inspect_model import config, generation, messages
from codelength.synthesis.prompted.prompts import FEEDBACK, prompt
from codelength.synthesis.prompted.shots import worked_examples

VERSION = "1-A"
"""Of the task: a change of prompts, extraction or judging is a new one."""


@task
def kt(
    modality: str = "synthetic",
    item_length: int = 128,
    limit: int | None = None,
    seed: int = 0,
    data: str | None = None,
    style: str = "zero-shot",
    shots: int = 0,
    repairs: int = 0,
    tokens: int = 1024,
    temperature: float = 0.0,
    epochs: int = 1,
    prior: str = "python",
    sandbox: str = "best",
    seconds: float = 5.0,
) -> Task:
    """The KoLMogorov Test: the shortest program that outputs a sequence.

    Arguments:
        modality: text, dna, audio_16bit, audio_8bit, audio_mfcc, synthetic, or file:PATH.
        item_length: symbols an item; synthetic items are uncut.
        limit: the first so many items.
        seed: of synthetic items.
        data: the folder with KT's files; CODELENGTH_DATA by default.
        style: "zero-shot" (KT, Fig. 9) or "cot" (Fig. 10).
        shots: worked examples; with any, the prompt is no longer KT's.
        repairs: further tries with feedback.
        tokens, temperature: of an answer.
        epochs: answers a target; the right one with the fewest bits counts.
        prior: the codec of program texts.
        sandbox: "best", "jail", "wasm", or "none" (unofficial).
        seconds: that a program may run.
    """
    folder = None if data is None else Path(data)
    corpus = kt_corpus(modality, item_length, limit, seed, folder)
    settings, limits = Settings(tokens, temperature), Limits(seconds)
    manner = Manner(
        style, worked_examples(shots), repairs, settings=settings, limits=limits, sandbox=sandbox
    )
    return Task(
        dataset=MemoryDataset([_sample(one, manner) for one in corpus], name=modality),
        solver=ask(manner),
        scorer=program(manner, prior),
        epochs=Epochs(epochs, fewest_bits()),
        config=config(manner.settings),
        name="kt",
        version=VERSION,
    )


def _sample(instance: Instance, manner: Manner) -> Sample:
    return Sample(
        id=instance.id,
        input=messages(prompt(instance.target, manner.style, manner.shots)),
        target=sha256(instance.target).hexdigest(),
        metadata={
            "sequence": base64.b64encode(instance.target).decode(),
            "raw_bits": instance.raw_bits,
        },
    )


def _target(metadata: dict[str, Any] | None) -> bytes:
    return base64.b64decode((metadata or {})["sequence"])


async def _judge(state: TaskState, manner: Manner) -> Answer:
    target = _target(state.metadata)
    return await anyio.to_thread.run_sync(judged, generation(state.output), target, manner)


@solver
def ask(manner: Manner) -> Solver:
    """One answer, and as many more with feedback as the manner says."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await answered(state, generate)
        for _ in range(manner.repairs):
            answer = await _judge(state, manner)
            if answer.right or answer.generation.end == FAILED:
                break
            said = fault(answer, _target(state.metadata))
            if not isinstance(state.messages[-1], ChatMessageAssistant):
                state.messages.append(ChatMessageAssistant(content=answer.generation.text))
            state.messages.append(ChatMessageUser(content=FEEDBACK.format(fault=said)))
            state = await answered(state, generate)
        return state

    return solve


def _mean(of: Callable[[SampleScore], float]) -> Metric:
    def compute(scores: list[SampleScore]) -> float:
        return math.fsum(map(of, scores)) / len(scores) if scores else math.nan

    return compute


def _kept(one: SampleScore) -> dict[str, Any]:
    return one.score.metadata or {}


@metric
def accuracy() -> Metric:
    """Share of items with a right program."""
    return _mean(lambda one: float(_kept(one)["correct"]))


@metric
def failed() -> Metric:
    """Share of items whose call failed: they count as wrong, and say nothing of the model."""
    return _mean(lambda one: float(_kept(one)["failed"]))


@metric
def executable() -> Metric:
    """Share of items with a program that ran to its end."""
    return _mean(lambda one: float(_kept(one)["executable"]))


@metric
def compression_rate() -> Metric:
    """(1 + bits of the right program, or of the target) over raw bits, over the corpus."""

    def compute(scores: list[SampleScore]) -> float:
        bits = math.fsum(
            1 + (_kept(one)["bits"] if _kept(one)["correct"] else _kept(one)["raw_bits"])
            for one in scores
        )
        raw = sum(_kept(one)["raw_bits"] for one in scores)
        return bits / raw if raw else math.nan

    return compute


def _over_gzip(size: Callable[[GzipSizes], int]) -> Metric:
    def compute(scores: list[SampleScore]) -> float:
        sums = GzipSum()
        right = [one for one in scores if _kept(one)["correct"]]
        for one in right:
            sums.add(True, _target(one.sample_metadata))
        over = size(sums.sizes())
        return math.fsum(_kept(one)["bits"] for one in right) / over if over else math.nan

    return compute


@metric
def precision() -> Metric:
    """Bits of right programs over one joint gzip (paper) of their items."""
    return _over_gzip(lambda sizes: sizes.joint_right)


@metric
def precision_items() -> Metric:
    """Bits of right programs over a gzip (paper) of each of their items."""
    return _over_gzip(lambda sizes: sizes.items_right)


@score_reducer
def fewest_bits() -> ScoreReducer:
    """Of several answers to a target: the right one with the fewest bits, else the first."""

    def reduce(scores: list[Score]) -> Score:
        right = [one for one in scores if one.metadata and one.metadata["correct"]]
        return min(right, key=lambda one: (one.metadata or {})["bits"]) if right else scores[0]

    return reduce


@scorer(metrics=[accuracy(), executable(), failed(), compression_rate(), precision(),
                 precision_items()])  # fmt: skip
def program(manner: Manner, prior: str = "python") -> Scorer:
    """Runs the program of an answer in the sandbox, and prices its text."""
    text = build_codec(prior)

    async def score(state: TaskState, target: Target) -> Score:
        answer = await _judge(state, manner)
        verdict, raw = answer.verdict, state.metadata["raw_bits"]
        bits = float(len(text.encode((answer.program or "").encode()))) if answer.right else raw
        return Score(
            value=CORRECT if answer.right else INCORRECT,
            answer=answer.program,
            explanation=answer.note,
            metadata={
                "correct": answer.right,
                "failed": answer.generation.end == FAILED,
                "executable": verdict is not None and verdict.first.executable,
                "status": verdict.first.status.value if verdict else None,
                "prefix": verdict.prefix if verdict else 0,
                "seconds": verdict.first.seconds if verdict else None,
                "bits": bits,
                "raw_bits": raw,
                "program_sha256": sha256((answer.program or "").encode()).hexdigest(),
                "layers": list(verdict.first.layers) if verdict else [],
            },
        )

    return score
