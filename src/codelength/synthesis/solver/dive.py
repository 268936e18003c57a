"""Plans of many streams: peel by the estimate alone, then change the lengths of the best plan.

Example: of four interleaved streams the first three may save nothing until the fourth is off.
"""

from itertools import product
from typing import TYPE_CHECKING

from codelength.synthesis.solver.peeling.plans import Peel, Plan, peel_off

if TYPE_CHECKING:
    from codelength.synthesis.solver.planner import Planner

NUDGES = (1, -1, 2, -2, 3, -3)
"""Changes of a peel's length that are tried at the end of a dive."""
COVERED = 2
"""Plans of each level of a dive whose tapes are covered."""


def taken(plan: Plan | None, peel: Peel) -> Plan | None:
    """The plan with one more stream taken off, or None where it does not fit."""
    if plan is None or peel.length < 1 or peel.place + peel.length > plan.active:
        return None
    return peel_off(plan, peel)


def dive(planner: "Planner", root: Plan) -> None:
    """Peel as the look says, however little it shows at first; few plans are covered."""
    level, idle, least = [root], 0, float("inf")
    for _ in range(planner.effort.depth):
        before = planner.best
        tried: list[tuple[float, Plan]] = []
        for plan in level:
            if plan.peelable:
                planner.check()
                tried += [
                    (look, peel_off(plan, peel, bits))
                    for peel, bits, look, _ in planner.survey(plan)
                ]
        level, seen = [], set()
        for _, plan in sorted(tried, key=lambda one: one[0]):
            left = plan.chain.tobytes()
            if left in seen or any(map(plan.beside, level)):
                continue
            seen.add(left)
            level.append(plan)
            if len(level) == planner.effort.dive:
                break
        for plan in level[:COVERED]:
            planner.evaluate(plan)
        look = min((one[0] for one in tried), default=least)
        idle = 0 if look < least - 1e-9 or planner.best < before - 1e-9 else idle + 1
        least = min(least, look)
        if not level or idle == planner.effort.patience:
            return


def nudge(planner: "Planner", root: Plan) -> None:
    """Change one length of the best plan, or two against each other, while that helps."""
    better = True
    while better and planner.candidates:
        peels, before = planner.candidates[0].plan.peels, planner.best
        better = False
        for at, by, other in product(range(len(peels)), NUDGES, range(len(peels))):
            if other < at:
                continue
            new = list(peels)
            new[at] = peels[at].longer(by)
            if other > at:
                new[other] = peels[other].longer(-by)
            plan: Plan | None = root
            for peel in new:
                plan = taken(plan, peel)
            if plan is not None:
                planner.evaluate(plan)
            if planner.best < before - 1e-9:
                better = True
                break
