"""Programs from a model, many at once: greedy, sampled or by beams, within the grammar.

Example: decode(checkpoint, [b"..."], Manner(draws=8)) -> eight programs for each target.

A row of the batch is one program being written. What may follow is a table (see `tokens`), on the
model's device; rows that are done leave the batch. A model that was trained with execution feedback
is told each line's result by the interpreter, or writes it itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.dsl.operations import OUTPUT
from codelength.errors import InputError
from codelength.synthesis.seqcoder import tokens
from codelength.synthesis.seqcoder.feedback import Results
from codelength.synthesis.seqcoder.model import LONGEST, Checkpoint, needed
from codelength.synthesis.seqcoder.noise import Noise
from codelength.synthesis.seqcoder.tokens import FIRST_OPERATION, FIRST_REFERENCE, LINES, State

Array = npt.NDArray[np.int64]
ROOM = 64
"""Places by which a cache grows."""
WITH_RESULTS = 1024
"""Tokens that a program with its lines' results may have, at the least."""


@dataclass(frozen=True)
class Manner:
    """How programs are drawn.

    Arguments:
        draws: programs a target; of beams: the width.
        temperature: of sampling; 0 takes the likeliest token each time (then `draws` is 1).
        beams: whether to search by beams instead.
        longest: tokens of a program, at most.
        rows: programs that are written at once; beams of a target are never parted.
        seed: of sampling; a draw's noise depends on it, the target and the draw's number alone.
        told: of models that were trained with execution feedback: whether the interpreter tells
            them results; else they write these themselves.
    """

    draws: int = 1
    temperature: float = 0.0
    beams: bool = False
    longest: int = 384
    rows: int = 64
    seed: int = 0
    told: bool = True

    def fit(self, checkpoint: Checkpoint) -> "Manner":
        """The manner for a checkpoint: one beam is no search, results need room.

        Raises:
            InputError: beams are to be told results.
        """
        found = replace(self, beams=self.beams and self.draws > 1)
        if not checkpoint.feedback:
            return found
        if found.beams and found.told:
            raise InputError("beams cannot be told results as they go: sample instead")
        return replace(found, longest=max(found.longest, WITH_RESULTS))


@dataclass(frozen=True)
class Written:
    """A program that was written.

    Arguments:
        words: of the program; None where it was not finished in time.
        log_probability: of its tokens under the grammar's renormalised model, in nats; results that
            the interpreter told stand with what the model would have paid for its own tokens.
    """

    words: Array | None
    log_probability: float


class Grammar:
    """The tables of `tokens` on a device.

    Arguments:
        results: of programs with their lines' results.
    """

    def __init__(self, device: str, results: bool) -> None:
        torch = needed()
        rules, after = tokens.RULES, tokens.NEXT
        if results:
            rules, after = tokens.RULES_SHOWN, tokens.NEXT_SHOWN
        self.rules = torch.from_numpy(rules).to(device)
        self.after = torch.from_numpy(after).to(device)
        self.numbers = torch.arange(int(LINES), device=device)

    def masked(self, logits: Any, states: Any, lines: Any) -> Any:
        """Log-probabilities of what may follow, float32; all else has none."""
        allowed = self.rules[states].clone()
        first = int(FIRST_REFERENCE)
        allowed[:, first:] &= self.numbers < lines[:, None]
        full = lines >= int(LINES) - 1  # the last line must be `output`
        start, stop = int(FIRST_OPERATION), int(FIRST_OPERATION + OUTPUT)
        allowed[:, start:stop] &= ~full[:, None]
        return logits.float().masked_fill(~allowed, float("-inf")).log_softmax(-1)

    def follow(self, states: Any, lines: Any, chosen: Any) -> tuple[Any, Any]:
        """States and numbers of lines behind the chosen tokens."""
        after = self.after[states, chosen]
        return after, lines + ((after == State.LINE) & (states != State.LINE)).long()


def decode(checkpoint: Checkpoint, targets: Sequence[bytes], manner: Manner) -> list[list[Written]]:
    """Programs for each target, as they were drawn; beams: likeliest first.

    A target that leaves no room for a program gets none.
    """
    torch = needed()
    manner = manner.fit(checkpoint)
    if manner.draws > manner.rows and not manner.beams:  # a target's programs in several goes
        goes = [
            range(first, min(first + manner.rows, manner.draws))
            for first in range(0, manner.draws, manner.rows)
        ]
    else:
        goes = [range(manner.draws)]
    grammar = Grammar(checkpoint.device, bool(checkpoint.feedback))
    room = LONGEST - manner.longest - 2
    order = [k for k, one in enumerate(targets) if 0 < len(one) <= room]
    order.sort(key=lambda k: len(targets[k]))
    together = max(1, manner.rows // manner.draws)
    nothing = [Written(None, -math.inf)] * manner.draws
    found: list[list[Written]] = [nothing for _ in targets]
    with torch.inference_mode():
        for first in range(0, len(order), together):
            some = order[first : first + together]
            asked = [targets[k] for k in some]
            several = [Rows(checkpoint, grammar, asked, manner, draws).run() for draws in goes]
            for place, k in enumerate(some):
                found[k] = [one for written in several for one in written[place]]
    return found


class Rows:
    """A batch of programs being written.

    Arguments:
        numbers: of the draws of each target.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        grammar: Grammar,
        targets: Sequence[bytes],
        manner: Manner,
        numbers: range,
    ) -> None:
        torch = needed()
        self.torch, self.model, self.device = torch, checkpoint.model, checkpoint.device
        self.grammar, self.manner = grammar, manner
        prompts = [tokens.prompt(one) for one in targets]
        longest = max(map(len, prompts))
        given = np.full((len(prompts), longest), int(tokens.PAD), np.int64)
        there = np.zeros((len(prompts), longest), bool)
        for k, one in enumerate(prompts):
            given[k, longest - len(one) :] = one
            there[k, longest - len(one) :] = True
        known = torch.from_numpy(there).to(self.device)
        places = (known.long().cumsum(-1) - 1).clamp(min=0)
        ids = torch.from_numpy(given).to(self.device)
        logits, self.cache = self.model(ids, places, known, room=ROOM)
        logits, draws = logits[:, -1], len(numbers)
        self.draws = draws
        if draws > 1:
            every = torch.arange(len(targets), device=self.device).repeat_interleave(draws)
            self.cache.select(every)
            logits = logits[every]
        self.logits = logits
        self.places = places[:, -1:].repeat_interleave(draws, 0)
        count = len(logits)
        self.states = torch.full((count,), int(State.FIRST_LINE), device=self.device)
        self.lines = torch.zeros(count, dtype=torch.long, device=self.device)
        self.scores = torch.zeros(count, device=self.device)
        self.owners = torch.arange(count, device=self.device)
        self.out = torch.zeros((count, manner.longest), dtype=torch.long, device=self.device)
        self.noise = None
        if manner.temperature:
            self.noise = Noise(manner.seed, targets, numbers, self.device)
        self.results = None
        if checkpoint.feedback and manner.told:
            self.results = Results(count, checkpoint.feedback)

    def run(self) -> list[list[Written]]:
        """Write until all are done."""
        draws = self.draws
        if self.manner.beams:
            self.scores = self.scores.view(-1, draws)
            self.scores[:, 1:] = float("-inf")
            self.scores = self.scores.view(-1)
        for at in range(self.manner.longest):
            chances = self.grammar.masked(self.logits, self.states, self.lines)
            if self.manner.beams:
                chosen = self.beams(chances)
            elif self.noise:
                noise = self.noise.at(at, self.owners)
                chosen = (chances / self.manner.temperature + noise).argmax(-1)
            else:
                chosen = chances.argmax(-1)
            if not self.manner.beams:
                self.scores[self.owners] += chances.gather(1, chosen[:, None])[:, 0]
            if self.results:
                chosen = self.told(self.results, at, chosen)
            self.states, self.lines = self.grammar.follow(self.states, self.lines, chosen)
            self.out[self.owners, at] = chosen
            if at % 8 == 7:
                live = self.states != State.DONE
                count = int(live.sum())
                if not count:
                    break
                if not self.manner.beams and count < 0.8 * len(live):
                    chosen = self.shrink(live, chosen)
            self.step(chosen)
        return self.written()

    def told(self, results: Results, at: int, chosen: Any) -> Any:
        """The chosen tokens, those of results in their place; lines that have ended are run."""
        owners = self.owners.tolist()
        for place in (self.states == tokens.AWAITED).nonzero()[:, 0].tolist():
            row = owners[place]
            if not results.waiting[row]:
                written = self.out[row, :at].cpu().numpy()
                if not results.ended(row, written):
                    self.states[place], chosen[place] = int(State.DONE), int(tokens.PAD)
        forced = self.torch.tensor([results.forced(row) for row in owners], device=self.device)
        return self.torch.where(forced >= 0, forced, chosen)

    def shrink(self, live: Any, chosen: Any) -> Any:
        """Leave the rows that are done."""
        kept = live.nonzero()[:, 0]
        self.cache.select(kept)
        self.places = self.places[kept]
        self.states, self.lines = self.states[kept], self.lines[kept]
        self.owners = self.owners[kept]
        return chosen[kept]

    def beams(self, chances: Any) -> Any:
        """The best continuations of each target's beams; rows move to their places."""
        torch, draws = self.torch, self.draws
        total = self.scores[:, None] + chances
        best, which = total.view(-1, draws * tokens.SIZE).topk(draws, -1)
        base = torch.arange(0, len(chances), draws, device=self.device)[:, None]
        parents = (base + which // tokens.SIZE).view(-1)
        self.cache.select(parents)
        self.states, self.lines = self.states[parents], self.lines[parents]
        self.out = self.out[parents]
        self.scores = best.view(-1)
        return (which % tokens.SIZE).view(-1)

    def step(self, chosen: Any) -> None:
        """Show the model what was chosen."""
        if self.cache.used == self.cache.there.shape[1]:
            self.cache.grown(ROOM)
        self.places = self.places + 1
        self.logits = self.model(chosen[:, None], self.places, cache=self.cache)[:, -1]

    def written(self) -> list[list[Written]]:
        """What stands there."""
        out, scores = self.out.cpu().numpy(), self.scores.float().cpu().tolist()
        draws = self.draws
        programs = [  # beams without a continuation that the grammar allows hold no program
            Written(None if score == -math.inf else tokens.program_of(row), score)
            for row, score in zip(out, scores, strict=True)
        ]
        return [programs[k : k + draws] for k in range(0, len(programs), draws)]
