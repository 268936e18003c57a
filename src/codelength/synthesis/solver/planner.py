"""The search over plans: peel, cover, keep the best few, peel again; there is always a best one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from codelength.dsl.operations import INTERLEAVE
from codelength.dsl.program import Program
from codelength.synthesis.solver.costs import SHORTEST, Costs
from codelength.synthesis.solver.covering.build import build
from codelength.synthesis.solver.covering.pool import new_pool
from codelength.synthesis.solver.covering.search import cover_tape, new_room
from codelength.synthesis.solver.covering.tape import make_tape
from codelength.synthesis.solver.dive import dive, nudge
from codelength.synthesis.solver.peeling.peel import HOPE, LOOK, STREAM, peels
from codelength.synthesis.solver.peeling.plans import Peel, Plan, peel_off
from codelength.synthesis.solver.peeling.potential import new_trace
from codelength.synthesis.solver.peeling.survey import new_sketch

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


MOST = 400
"""Peels of one plan that are looked at."""
HOPELESS = 0.97
"""Of the literal's bits: where two peels save less there is nothing to build on."""
MOST_STREAMS = 16
"""Of a plan, with room for the ones that are only looked at."""
NEAR = 1000
"""Longer chains are not looked at three peels deep."""


@dataclass(frozen=True)
class Effort:
    """How wide and how deep the search goes.

    Arguments:
        looks, hopes: peels of a plan that are tried, by each of two estimates.
        widths: plans that are peeled further, by bits and by the two estimates.
        depth: streams that are peeled at most.
        patience: levels without a better program after which the search ends.
        rounds: of improving one cover.
        slack: a cover beyond so many times the best bits is not improved.
        doubt: plans whose hope is beyond so many times the best bits are left out.
        kept: programs that are kept for the final choice.
        deep: plans with fewer peels than this are looked at three peels deep.
        sure: so many peels of a plan are tried whatever their hope.
        despair: plans whose cover is beyond so many times the best bits are not peeled further.
        polished: programs to which small changes are made at the end.
        trials: of changes to one program.
        work: symbols that are covered at most, over all tapes; more for a budget above the usual.
        shortest: derived parts of fewer symbols are not looked for.
        dive: plans that are peeled further by the look alone; 0 for the search by levels.
        longest: targets of more symbols are not searched this way.
        insists: comes though what was found before looks as sampled.
    """

    looks: int = 8
    hopes: int = 6
    widths: tuple[int, int, int] = (2, 2, 4)
    depth: int = 6
    patience: int = 2
    rounds: int = 16
    slack: float = 1.3
    doubt: float = 1.15
    kept: int = 12
    deep: int = 2
    sure: int = 2
    despair: float = 1.6
    polished: int = 4
    trials: int = 400
    work: int = 100_000
    shortest: int = 3
    dive: int = 0
    longest: int = 1 << 40
    insists: bool = False


FIRST = Effort()
DIVE = Effort(
    looks=8,
    hopes=0,
    depth=10,
    patience=1,
    slack=3.0,
    deep=4,
    polished=2,
    trials=200,
    dive=8,
)
WIDER = Effort(
    looks=16,
    hopes=24,
    widths=(4, 4, 8),
    doubt=1.6,
    sure=6,
    despair=9.0,
    polished=6,
    trials=200,
    work=45_000,
    shortest=1,
    longest=320,
)


def widened(times: int) -> Effort:
    """`WIDER` so many times as wide, for all targets, whatever was found before."""
    by_bits, by_look, by_hope = WIDER.widths
    return replace(
        WIDER,
        looks=WIDER.looks * times,
        hopes=WIDER.hopes * times,
        widths=(by_bits * times, by_look * times, by_hope * times),
        patience=3,
        doubt=2.0,
        sure=WIDER.sure * times,
        kept=WIDER.kept * times,
        polished=WIDER.polished * times,
        trials=WIDER.trials * times,
        work=WIDER.work * times,
        longest=1 << 40,
        insists=True,
    )


@dataclass(frozen=True)
class Budget:
    """When a search ends at the latest.

    Arguments:
        nodes: tapes covered.
        seconds: of wall-clock time; results then depend on the machine.
    """

    nodes: int = 2000
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Candidate:
    """A program and the search's own estimate of its bits."""

    bits: float
    program: Program
    plan: Plan


class OutOfBudget(Exception):
    """Ends the search."""


class Planner:
    """Searches the plans of one target.

    Arguments:
        symbols: how many the target has.
        costs: of lines.
    """

    def __init__(self, symbols: int, costs: Costs, budget: Budget) -> None:
        self.costs, self.budget, self.effort = costs, budget, FIRST
        self.limit = budget.nodes
        self.candidates: list[Candidate] = []
        self._known: dict[tuple[Peel, ...], float] = {}
        self._surveyed: dict[
            tuple[tuple[Peel, ...], bool], tuple[Floats, Sequence[tuple[int, int]]]
        ] = {}
        self.nodes = 0
        self.end = None if budget.seconds is None else time.monotonic() + budget.seconds
        self._cheap = costs.repeat.min() + costs.derived[INTERLEAVE]
        self._pool, self._room = new_pool(symbols), new_room(symbols)
        self._sketch, self._trace = new_sketch(symbols), new_trace(symbols)
        wide = min(symbols // 2 + 24, MOST)
        self._scores, self._choices = np.zeros(wide), np.zeros((wide, 2), np.int64)
        self._next = np.zeros(1), np.zeros((1, 2), np.int64)
        self._rest, self._estimates = np.zeros(symbols + 2, np.int64), np.zeros((wide, 3))
        self._more_scores, self._more_choices = np.zeros(wide), np.zeros((wide, 2), np.int64)
        self._further = np.zeros(symbols + 2, np.int64)
        self._flat, self._bounds = (
            np.zeros(symbols + 2, np.int64),
            np.zeros(MOST_STREAMS, np.int64),
        )

    @property
    def best(self) -> float:
        """The fewest estimated bits so far."""
        return self.candidates[0].bits if self.candidates else float("inf")

    def check(self) -> None:
        """End the search if the budget is used up; something is always found first."""
        late = self.end is not None and time.monotonic() > self.end
        if self.candidates and (late or self.nodes >= self.limit):
            raise OutOfBudget

    def evaluate(self, plan: Plan) -> float:
        """Cover a plan's tape; keeps its program if it is among the best; the estimated bits."""
        known = self._known.get(plan.peels)
        if known is not None:
            return known
        least = float("inf")
        for ahead in (False, True) if plan.peels else (False,):
            if ahead and least > self.best * self.effort.slack:
                break
            self.check()
            self.nodes += 1
            tape = make_tape(plan.chain, list(plan.cuts), list(plan.streams))
            bits, pieces = cover_tape(
                tape,
                self._pool,
                self.costs,
                self._room,
                self.effort.rounds,
                ahead,
                float("inf") if ahead else self.best * self.effort.slack,
            )
            least = min(least, float(bits))
            if len(self.candidates) < self.effort.kept or bits < self.candidates[-1].bits:
                program = build(
                    tape, self._pool, self._room.kept, pieces, list(plan.peels), self.costs.phase
                )
                if program is not None and all(program != one.program for one in self.candidates):
                    self.candidates.append(Candidate(float(bits), program, plan))
                    self.candidates.sort(key=lambda candidate: candidate.bits)
                    del self.candidates[self.effort.kept :]
        self._known[plan.peels] = least
        return least

    def survey(self, plan: Plan) -> list[tuple[Peel, float, float, float]]:
        """The peels to try: (peel, bits of its stream, look, hope), see `peel.STREAM`."""
        deep = len(plan.peels) < self.effort.deep and plan.active <= NEAR
        if (plan.peels, deep) not in self._surveyed:
            self._surveyed[plan.peels, deep] = self._peels(plan, deep)
        found, choices = self._surveyed[plan.peels, deep]
        picks = [
            *np.argsort(found[:, LOOK], kind="stable")[: self.effort.looks].tolist(),
            *np.argsort(found[:, HOPE], kind="stable")[: self.effort.hopes].tolist(),
        ]
        return [
            (
                Peel(*choices[k]),
                float(found[k, STREAM]),
                float(found[k, LOOK]) + plan.bits,
                float(found[k, HOPE]),
            )
            for k in dict.fromkeys(picks)
        ]

    def _peels(self, plan: Plan, deep: bool) -> tuple[Floats, Sequence[tuple[int, int]]]:
        """The estimates of every peel of a plan, and its place and length."""
        at = 0
        for number, stream in enumerate(plan.streams):
            self._flat[at : at + len(stream)] = stream
            at += len(stream)
            self._bounds[number + 1] = at
        count = peels(
            plan.chain,
            len(plan.chain),
            plan.active,
            plan.cut,
            self.costs,
            self._sketch,
            self._trace,
            self._scores,
            self._choices,
            *self._next,
            self._rest,
            self._estimates,
            self._flat,
            self._bounds,
            len(plan.streams),
            self._more_scores,
            self._more_choices,
            self._further,
            deep,
        )
        return self._estimates[:count].copy(), self._choices[:count].tolist()

    def run(self, target: Array, effort: Effort) -> None:
        """Search until nothing better is found, or the budget is used up."""
        self.effort = effort
        if self.costs.extra[0] > 0:  # else short parts are never worth a line
            self.costs.extra[SHORTEST] = effort.shortest
            self._known.clear()
        work = effort.work * max(1, self.budget.nodes // Budget().nodes)
        self.limit = min(self.budget.nodes, self.nodes + work // len(target))
        root = Plan(target, len(target))
        try:
            self.evaluate(root)
            if effort.dive:
                dive(self, root)
                nudge(self, root)
            else:
                self._levels(root)
        except OutOfBudget:
            pass

    def _levels(self, root: Plan) -> None:
        level, idle = [root], 0
        for depth in range(self.effort.depth):
            before = self.best
            tried: list[tuple[tuple[float, float, float], Plan]] = []
            for plan in level:
                if not plan.peelable or self.best < self._cheap:
                    continue
                self.check()
                for rank, (peel, bits, look, hope) in enumerate(self.survey(plan)):
                    if rank < self.effort.sure or hope <= self.best * self.effort.doubt:
                        child = peel_off(plan, peel, bits)
                        tried.append(((self.evaluate(child), look, hope), child))
            level = self._choose(tried)
            idle = 0 if self.best < before - 1e-9 else idle + 1
            hopeless = depth > 0 and self.best > HOPELESS * self.costs.literal[root.active]
            if not level or hopeless or idle == self.effort.patience:
                return

    def _choose(self, tried: list[tuple[tuple[float, float, float], Plan]]) -> list[Plan]:
        """The best plans by each measure, none near a sibling that is better by it."""
        chosen: list[Plan] = []
        for measure, width in enumerate(self.effort.widths):
            best: list[Plan] = []
            for measures, plan in sorted(tried, key=lambda one: one[0][measure]):
                if len(best) == width:
                    break
                if measure == 2 and measures[2] > self.best * self.effort.doubt:
                    break
                if measure != 1 and measures[0] > self.best * self.effort.despair:
                    continue
                if not any(map(plan.beside, best)):
                    best.append(plan)
            chosen += [plan for plan in best if plan not in chosen]
        return chosen
