"""Reinforcement learning from verified bits: programs of a group that beat its mean.

Example: reinforce(Bout(start="runs/small", steps=50), Path("runs/rl")).

The reward of a right program is the share of its target's raw bits that it saves under the exact
prior, 0.05 at least; a wrong one has none. What counts is a program's reward less its group's mean,
over the spread (GRPO, arXiv 2402.03300), one step a batch, so that no ratio of policies is needed.
A program without an end counts in the mean, and is not pushed itself. The sampler and the loss see
the same distribution: the model's within the grammar.
"""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from codelength.coding.atomic import write_atomic
from codelength.dsl.operations import OUTPUT
from codelength.errors import InputError
from codelength.synthesis.seqcoder import tokens
from codelength.synthesis.seqcoder.decoding import Manner, decode
from codelength.synthesis.seqcoder.judging import judged
from codelength.synthesis.seqcoder.keeping import CURVE, STATE, begin, save_state
from codelength.synthesis.seqcoder.model import Checkpoint, load, needed, save
from codelength.synthesis.seqcoder.stream import Mix, Stream
from codelength.synthesis.seqcoder.tokens import (
    FIRST_OPERATION,
    FIRST_REFERENCE,
    FIRST_VALUE,
    LINES,
    NO_RESULTS,
    State,
)

KEEP = 30.0
"""Seconds between two savings of a run's state."""


@dataclass(frozen=True)
class Bout:
    """A run of reinforcement.

    Arguments:
        start: the supervised checkpoint.
        targets: a step; `draws`: programs of each.
        budget: tokens that the loss sees at once.
    """

    start: str
    mix: Mix = field(default_factory=lambda: Mix(seed=77))
    steps: int = 50
    targets: int = 64
    draws: int = 16
    rate: float = 1e-5
    rows: int = 1024
    budget: int = 1 << 15
    seed: int = 0
    seconds: float = 0.0


def targets_of(mix: Mix, count: int) -> Iterator[list[bytes]]:
    """Targets of a stream, so many at a time, in random order."""
    stream = Stream(mix)
    waiting: list[bytes] = []
    for number in itertools.count():
        rows = stream.pool(number)
        order = np.random.default_rng([mix.seed, number, 3]).permutation(len(rows))
        starts = rows.ends - rows.lengths
        for k in order:
            given = rows.tokens[starts[k] + 1 : starts[k] + rows.prompts[k] - 1] - FIRST_VALUE
            waiting.append(given.astype(np.uint8).tobytes())
            if len(waiting) == count:
                yield waiting
                waiting = []


def allowed(rows: list[Any], prompts: list[int], width: int) -> Any:
    """What the grammar allows at each place of programs, bool `[rows, width, SIZE]`."""
    found = np.ones((len(rows), width, tokens.SIZE), bool)
    for k, (row, prompt) in enumerate(zip(rows, prompts, strict=True)):
        state, line = int(State.FIRST_LINE), 0
        for at in range(prompt, len(row)):
            rule = tokens.RULES[state].copy()
            rule[FIRST_REFERENCE:] &= np.arange(LINES) < line
            if line >= LINES - 1:  # the last line must be `output`, as decoding has it
                rule[FIRST_OPERATION : FIRST_OPERATION + OUTPUT] = False
            found[k, at] = rule
            after = int(tokens.NEXT[state, row[at]])
            line += after == State.LINE and state != State.LINE
            state = after
    return found


def reinforce(bout: Bout, out: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Train by rewards, or go on where a killed run of the same bout stopped; what is known of it.

    Raises:
        InputError: `out` holds another bout, or the checkpoint was trained with results of lines.
    """
    torch = needed()
    cuda = torch.cuda.is_available()
    device = "cuda" if cuda else "cpu"
    learner = load(Path(bout.start), device)
    if learner.feedback:
        raise InputError(f"{bout.start} writes results of lines, which rewards cannot steer yet")
    model = learner.model
    drawn = targets_of(bout.mix, bout.targets)
    first = next(drawn)  # what is wrong with the mix is said before anything is written
    begin(out, asdict(bout) | {"start_sha256": learner.sha256})
    optimizer = torch.optim.AdamW(model.parameters(), lr=bout.rate, betas=(0.9, 0.95))
    rows: list[dict[str, float]] = []
    step, before = 0, 0.0
    if (out / STATE).exists():
        state = torch.load(out / STATE, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, before, rows = state["step"], state["seconds"], state["rows"]
        say(f"going on behind step {step}")
    began = time.perf_counter() - before
    drawn = itertools.islice(itertools.chain([first], drawn), step, None)
    kept = time.perf_counter()
    over = False
    while not over:
        over = step >= bout.steps
        if bout.seconds:
            over = over or time.perf_counter() - began > bout.seconds
        if not over:
            rows.append(one_step(model, optimizer, next(drawn), bout, step, device))
            step += 1
        if over or time.perf_counter() - kept > KEEP:
            kept = time.perf_counter()
            passed = kept - began
            save_state(out, model, optimizer, {"step": step, "seconds": passed, "rows": rows})
            write_atomic(out / CURVE, "".join(json.dumps(row) + "\n" for row in rows).encode())
        if step % 5 == 0 and not over:
            told = ", ".join(
                f"{key} {np.mean([row[key] for row in rows[-5:]]):.4g}" for key in rows[0]
            )
            say(f"{told}; {time.perf_counter() - began:.0f} s")
    done: dict[str, Any] = {
        "bout": asdict(bout),
        "start": learner.sha256,
        "steps": step,
        "seconds": round(time.perf_counter() - began, 1),
        "device": torch.cuda.get_device_name() if cuda else "CPU",
        "parameters": sum(one.numel() for one in model.parameters()),
    }
    done["sha256"] = save(model, out, done)
    return done


def one_step(
    model: Any, optimizer: Any, targets: list[bytes], bout: Bout, step: int, device: str
) -> dict[str, float]:
    """Programs for some targets, their rewards, and a step along the gradient."""
    model.eval()
    seed = bout.seed * 1_000_003 + step
    manner = Manner(bout.draws, 1.0, longest=256, rows=bout.rows, seed=seed)
    written = decode(Checkpoint(model, {}, "", device), targets, manner)
    programs = [one.words for all_of in written for one in all_of]
    wanted = [one for one in targets for _ in range(bout.draws)]
    bits = judged(programs, wanted).exact
    raw = np.array([8.0 * len(one) for one in wanted])
    reward = np.where(np.isfinite(bits), np.maximum(0.05, 1 - bits / raw), 0.0)
    grouped = reward.reshape(-1, bout.draws)
    better = grouped - grouped.mean(1, keepdims=True)
    advantage = (better / (grouped.std(1, keepdims=True) + 0.05)).ravel()
    pushed = push(model, optimizer, programs, wanted, advantage, bout, device)
    right = np.isfinite(bits).reshape(-1, bout.draws)
    return {
        "step": float(step + 1),
        "reward": float(reward.mean()),
        "right": float(right.mean()),
        "any": float(right.any(1).mean()),
        "loss": pushed,
    }


def push(
    model: Any,
    optimizer: Any,
    programs: list[Any],
    targets: list[bytes],
    advantage: Any,
    bout: Bout,
    device: str,
) -> float:
    """One step along the gradient; returns the loss."""
    torch = needed()
    model.train()
    made = []
    for words, target, weight in zip(programs, targets, advantage.tolist(), strict=True):
        if words is None or abs(weight) < 1e-3:
            continue
        row = np.zeros(len(target) + 4 * len(words) + 16, np.int16)
        told = tokens.prompt(target)
        row[: len(told)] = told
        end = tokens.write_program(words, 0, row, len(told), NO_RESULTS, NO_RESULTS, 0)
        if end > 0:
            made.append((row[:end], len(told), weight))
    made.sort(key=lambda one: len(one[0]))
    total, first = 0.0, 0
    count = sum(len(row) - prompt for row, prompt, _ in made) or 1
    while first < len(made):
        last = first
        while last < len(made) and (last + 1 - first) * len(made[last][0]) <= bout.budget:
            last += 1
        part = made[first : max(last, first + 1)]
        first += len(part)
        width = max(len(row) for row, _, _ in part)
        given = np.zeros((len(part), width), np.int64)
        weights = np.zeros((len(part), width), np.float32)
        for place, (one, prompt, weight) in enumerate(part):
            given[place, : len(one)] = one
            weights[place, prompt : len(one)] = weight
        rules = torch.from_numpy(
            allowed([one for one, _, _ in part], [prompt for _, prompt, _ in part], width)
        ).to(device)
        shown = torch.from_numpy(given).to(device)
        logits = model(shown)
        masked = logits[:, :-1].float().masked_fill(~rules[:, 1:], float("-inf"))
        chances = masked.log_softmax(-1).gather(2, shown[:, 1:, None])[..., 0]
        steered = torch.from_numpy(weights).to(device)[:, 1:]
        loss = -(torch.where(steered != 0, chances, 0.0) * steered).sum() / count
        loss.backward()
        total += float(loss.detach())
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return total
