"""Trains, reinforces and evaluates SeqCoder where only PyTorch and numba are installed.

PYTHONPATH=src python benchmarks/seqcoder.py train '{"preset": "small", "steps": 1000}' OUT
PYTHONPATH=src python benchmarks/seqcoder.py items FOLDER '{"draws": 8, "temperature": 1}' FILE
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch.profiler import profile

from codelength.synthesis.seqcoder.decoding import Manner
from codelength.synthesis.seqcoder.evaluation import evaluate, held_out_items
from codelength.synthesis.seqcoder.model import load, new_model, prepared
from codelength.synthesis.seqcoder.reinforcement import Bout, reinforce
from codelength.synthesis.seqcoder.stream import Mix, Stream
from codelength.synthesis.seqcoder.training import Plan, losses, train


def say(text):
    print(text, flush=True)


def with_mix(made):
    return {**made, "mix": Mix(**made.get("mix", {"seed": 1}))}


def run_train(options, out):
    say(json.dumps(train(Plan(**with_mix(json.loads(options))), Path(out), say)))


def run_reinforce(options, out):
    say(json.dumps(reinforce(Bout(**with_mix(json.loads(options))), Path(out), say)))


def run_items(checkpoint, options, out, limit="0", lines="0", longest="0"):
    """One line an item: number, symbols, lines, gold's bits, what the model did."""
    found = load(Path(checkpoint))
    items = held_out_items(int(limit) or None, int(lines), int(longest))
    done = evaluate(found, [one.sequence for one in items], Manner(**json.loads(options)), say)
    rows = []
    for pair, one in zip(items, done.outcomes, strict=True):
        row = {
            "index": pair.index,
            "symbols": len(pair.sequence),
            "lines": pair.program.lines,
            "gold_paper": pair.paper_bits,
            "gold_exact": pair.exact_bits,
            **asdict(one),
        }
        row["program"] = None if one.program is None else one.program.tolist()
        rows.append(json.dumps(row))
    Path(out).write_text("\n".join(rows) + "\n")
    solved = sum(one.right > 0 for one in done.outcomes)
    say(f"{solved} of {len(rows)} solved, {done.seconds:.1f} s: {out}")


def run_profile(preset, budget):
    """How long pairs are, and where the time of a step of training goes."""
    cuda = torch.cuda.is_available()
    device = "cuda" if cuda else "cpu"
    model = prepared(new_model(preset).to(device)).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=cuda)
    stream = Stream(Mix(seed=5), int(budget))
    rows = stream.pool(0)
    say(f"{len(rows.tokens) / len(rows):.1f} tokens a pair")
    batches = stream.batches()

    def steps(number):
        for _ in range(number):
            batch = next(batches)
            parts = (batch.tokens, batch.prompts, batch.lengths)
            moved = [torch.from_numpy(one).to(device) for one in parts]
            losses(model(moved[0]), *moved, 0.1)[0].backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        if cuda:
            torch.cuda.synchronize()

    steps(6)
    began = time.perf_counter()
    steps(10)
    say(f"{(time.perf_counter() - began) / 10:.4f} s a step")
    with profile() as found:
        steps(3)
    by = "self_device_time_total" if cuda else "self_cpu_time_total"
    say(found.key_averages().table(sort_by=by, row_limit=14))


COMMANDS = {
    "train": run_train,
    "reinforce": run_reinforce,
    "items": run_items,
    "profile": run_profile,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
