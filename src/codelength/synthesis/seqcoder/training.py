"""Supervised training: next tokens of programs, by accelerate; resumes bit-exactly after a kill.

Example: train(Plan(preset="tiny", steps=2000), Path("runs/tiny")) -> runs/tiny/model.safetensors.

Step n sees batch n of the stream, whatever happened before; a checkpoint holds weights, moments and
the number of steps. Of several processes each takes every k-th batch.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from codelength.coding.atomic import write_atomic
from codelength.errors import InputError, MissingExtra
from codelength.synthesis.seqcoder.keeping import CURVE, STATE, begin, save_state
from codelength.synthesis.seqcoder.model import (
    LONGEST,
    MISSING,
    PRESETS,
    load,
    needed,
    new_model,
    prepared,
    save,
)
from codelength.synthesis.seqcoder.stream import Batch, Mix, Stream

Said = Callable[[str], None]
FREE = ("workers", "every", "shown")
"""Of a plan, what changes no weight: a training may go on with others."""
SIZES = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")


@dataclass(frozen=True)
class Plan:
    """How a model is trained.

    Arguments:
        steps: batches; `budget`: tokens of each and process.
        rate: the highest learning rate; 0 takes the preset's.
        heard: the weight of the targets' own tokens in the loss; 0 learns programs alone.
        start: a checkpoint to go on from, with fresh moments.
        every: steps between checkpoints.
        shown: steps between rows of the curve.
        workers: processes that make data; 0 leaves it to a thread.
        seconds: the clock ends the training and sets the rate, `steps` is the most; 0: steps do. By
            the clock no training can be had again.
    """

    preset: str = "tiny"
    mix: Mix = field(default_factory=Mix)
    steps: int = 1000
    budget: int = 1 << 13
    rate: float = 0.0
    heard: float = 0.1
    seed: int = 0
    start: str = ""
    every: int = 500
    shown: int = 50
    workers: int = 0
    seconds: float = 0.0


def rate_at(step: int, steps: int, highest: float) -> float:
    """A short rise, then level, then straight down to nothing in the last 40 %."""
    rise = min(1.0, (step + 1) / min(200, max(1, steps // 10)))
    fall = min(1.0, (steps - step) / max(1, 0.4 * steps))
    return highest * rise * fall


def losses(logits: Any, batch: Any, prompts: Any, lengths: Any, heard: float) -> tuple[Any, ...]:
    """Loss to learn from, nats a program token, and the share of program tokens that are right."""
    import torch
    from torch.nn.functional import cross_entropy

    wanted = batch[:, 1:]
    logits = logits[:, :-1]
    each = cross_entropy(
        logits.reshape(-1, logits.shape[-1]).float(), wanted.reshape(-1), reduction="none"
    ).view(wanted.shape)
    places = torch.arange(1, batch.shape[1], device=batch.device)
    own = (places >= prompts[:, None]) & (places < lengths[:, None])
    given = (places < prompts[:, None] - 1) & (places > 0)
    count = own.sum()
    program = (each * own).sum() / count
    loss = program + heard * (each * given).sum() / count if heard else program
    right = ((logits.argmax(-1) == wanted) & own).sum() / count
    return loss, program.detach(), right


def groups(model: Any) -> list[dict[str, Any]]:
    """Matrices decay, norms and the embeddings do not."""
    parameters = list(model.named_parameters())
    matrices = [p for n, p in parameters if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in parameters if p.ndim != 2 or "embed" in n]
    return [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]


class Ahead:
    """Batches made in a thread while the model works on the one before."""

    def __init__(self, stream: Stream, skip: int, step: int, offset: int, workers: int) -> None:
        self.queue: Queue[Batch | BaseException] = Queue(8)
        Thread(
            target=self._run, args=(stream.batches(skip, workers), step, offset), daemon=True
        ).start()

    def _run(self, batches: Iterator[Batch], step: int, offset: int) -> None:
        try:
            for number, batch in enumerate(batches):
                if number % step == offset:
                    self.queue.put(batch)
        except Exception as error:  # noqa: BLE001  it is raised where batches are taken
            self.queue.put(error)

    def take(self) -> Batch:
        """The next batch."""
        found = self.queue.get()
        if isinstance(found, BaseException):
            raise found
        return found


def train(plan: Plan, out: Path, say: Said = print) -> dict[str, Any]:
    """Train, or go on where a killed training of the same plan stopped; returns what is known.

    Of several processes (torchrun) each calls it; only the first writes, and knows a fingerprint.

    Raises:
        InputError: `out` holds another plan's training; several processes are to heed the clock.
    """
    torch = needed()
    try:
        from accelerate import Accelerator
    except ImportError as error:
        raise MissingExtra(MISSING) from error
    if plan.mix.longest > LONGEST:
        raise InputError(f"rows of {plan.mix.longest} tokens; models hold {LONGEST}")
    cuda = torch.cuda.is_available()
    helper = Accelerator(mixed_precision="no", cpu=not cuda)
    if plan.seconds and helper.num_processes > 1:
        raise InputError("several processes would not stop at one step by the clock: give steps")
    model, start = new_model(plan.preset, plan.seed), ""
    if plan.start:
        found = load(Path(plan.start), "cpu")
        if any(getattr(found.model.config, one) != getattr(model.config, one) for one in SIZES):
            raise InputError(f"{plan.start} is no model of the preset {plan.preset}")
        model.load_state_dict(found.model.state_dict())
        start = found.sha256
    stream = Stream(plan.mix, plan.budget)
    first = next(stream.batches())  # what is wrong with the mix is said before anything is written
    told = {key: value for key, value in asdict(plan).items() if key not in FREE}
    windows = sha256(stream.windows).hexdigest() if stream.windows else ""
    world = helper.num_processes
    begin(out, told | {"start_sha256": start, "windows_sha256": windows, "processes": world})
    highest = plan.rate or PRESETS[plan.preset].rate
    optimizer = torch.optim.AdamW(groups(model), lr=highest, betas=(0.9, 0.98), fused=cuda)
    model, optimizer = helper.prepare(model, optimizer)
    prepared(helper.unwrap_model(model))
    step, seconds, seen, since, steps = 0, 0.0, 0, 0, plan.steps
    sums = torch.zeros(3, device=helper.device)
    if (out / STATE).exists():
        state = torch.load(out / STATE, map_location=helper.device, weights_only=True)
        helper.unwrap_model(model).load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, seconds, seen = state["step"], state["seconds"], state["seen"]
        sums, since = state["sums"].to(helper.device), state["since"]
        steps = state["steps"]
        say(f"going on behind step {step}")
    rows = []
    if (out / CURVE).exists():
        rows = [json.loads(line) for line in (out / CURVE).read_text().splitlines()]
    rows = [row for row in rows if row["step"] <= step]
    del first
    workers, rank = helper.num_processes, helper.process_index
    ahead = Ahead(stream, step * workers, workers, rank, plan.workers)
    began = time.perf_counter() - seconds
    model.train()
    resumed = step
    while step < steps:
        batch = ahead.take()
        if plan.seconds and step - resumed >= 100:
            passed = time.perf_counter() - began
            steps = min(plan.steps, max(step + 1, round(step * plan.seconds / passed)))
        moved = [
            torch.from_numpy(one).to(helper.device, non_blocking=True)
            for one in (batch.tokens, batch.prompts, batch.lengths)
        ]
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, steps, highest)
        logits = model(moved[0])
        loss, program, right = losses(logits, moved[0], moved[1], moved[2], plan.heard)
        helper.backward(loss)
        helper.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        seen += int(batch.lengths.sum()) * workers
        sums += torch.stack([loss.detach(), program, right.float()])
        if step % plan.shown == 0 or step == steps:
            means = (sums / (step - since)).tolist()
            sums.zero_()
            since, passed = step, time.perf_counter() - began
            row = {"step": step, "loss": means[0], "program": means[1], "right": means[2]}
            rows.append(row | {"seconds": round(passed, 2)})
            if rank == 0:
                curve = "".join(json.dumps(one) + "\n" for one in rows)
                write_atomic(out / CURVE, curve.encode())
                say(
                    f"step {step} of {steps}: {means[1] / math.log(2):.3f} bits a token,"
                    f" {100 * means[2]:.1f} % right, {seen / passed:,.0f} tokens/s"
                )
        if rank == 0 and (step % plan.every == 0 or step == steps):
            rest = {"step": step, "seconds": time.perf_counter() - began, "seen": seen}
            rest |= {"sums": sums, "since": since, "steps": steps}
            save_state(out, helper.unwrap_model(model), optimizer, rest)
    done: dict[str, Any] = {
        "plan": asdict(plan),
        "tokens": seen,
        "seconds": round(time.perf_counter() - began, 1),
        "device": torch.cuda.get_device_name() if cuda else "CPU",
        "torch": torch.__version__,
        "loss": rows[-1] if rows else {},
        "parameters": sum(one.numel() for one in model.parameters()),
    }
    if cuda:
        done["memory"] = torch.cuda.max_memory_allocated()
    if rank == 0:
        done["sha256"] = save(helper.unwrap_model(model), out, done)
    helper.end_training()
    return done
