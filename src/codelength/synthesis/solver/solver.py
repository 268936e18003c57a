"""The solver: plans of interleaving, best first; for each the cheapest cover; the cheapest program."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from codelength.dsl.operations import INTERLEAVE
from codelength.dsl.priors import Prior
from codelength.dsl.program import Program
from codelength.synthesis.solver.build import Peel, build
from codelength.synthesis.solver.costs import Costs, paper_costs
from codelength.synthesis.solver.peel import peels
from codelength.synthesis.solver.survey import new_sketch
from codelength.synthesis.solver.pool import new_pool
from codelength.synthesis.solver.search import cover_tape, new_room
from codelength.synthesis.solver.tape import Tape, make_tape

Array = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """What was peeled, from the outermost inwards, and what is left.

    Arguments:
        active: only so many first symbols of the chain may be peeled further.
        cut: a border that the chain must have, 0 for none.
    """

    chain: Array
    active: int
    cuts: tuple[int, ...]
    peels: tuple[Peel, ...]
    streams: tuple[Array, ...]
    bits: float = 0.0


def peel_off(plan: Plan, place: int, length: int) -> Plan:
    """Take a stream off a plan's chain."""
    x = plan.chain
    pairs = min(place, length)
    end = place + length if length > place else 2 * pairs
    evens, odds = x[0 : 2 * pairs : 2], x[1 : 2 * pairs : 2]
    cuts = tuple(cut - length for cut in plan.cuts)
    if length > place:
        stream = np.concatenate([odds, x[2 * pairs : end]])
        chain = np.concatenate([evens, x[end:]])
        return Plan(chain, place, (*cuts, place), (*plan.peels, Peel(place, length)),
                    (*plan.streams, stream))
    chain = np.concatenate([evens, x[2 * pairs :]])
    return Plan(chain, plan.active - length, cuts, (*plan.peels, Peel(length, length)),
                (*plan.streams, odds))


def near(a: Plan, b: Plan) -> bool:
    if a.peels[:-1] != b.peels[:-1]: return False
    p,q=a.peels[-1],b.peels[-1]
    return abs(p.length-q.length)<=1 and abs(p.place-q.place)<=1


class Searcher:
    def __init__(self, symbols, costs, width=4, children=16, depth=6, rounds=16,wide=0,patience=2,slack=1.3):
        self.slack=slack
        self.patience=patience
        self.costs=costs; self.n=symbols
        self.pool=new_pool(symbols); self.room=new_room(symbols)
        self.width, self.children, self.depth, self.rounds = width, children, depth, rounds
        wide=wide or symbols//2+24
        self.sketch=new_sketch(symbols)
        self.arrays=[np.zeros(wide),np.zeros((wide,2),np.int64),np.zeros(1),np.zeros((1,2),np.int64),np.zeros(children),np.zeros((children,2),np.int64),np.zeros(symbols+2,np.int64),np.zeros(children),np.zeros(wide)]
        self.scores,self.choices=self.arrays[4:6]
        self.best=math.inf; self.program=None; self.nodes=0; self.bestplan=None

    def evaluate(self, plan):
        tape=make_tape(plan.chain, list(plan.cuts), list(plan.streams))
        least=math.inf
        for ahead in ((False, True) if plan.peels else (False,)):
            bits,pieces=cover_tape(tape,self.pool,self.costs,self.room,self.rounds, ahead, self.best*self.slack)
            self.nodes+=1
            least=min(bits,least)
            if bits < self.best-1e-9:
                program=build(tape,self.pool,self.room.kept,pieces,list(plan.peels))
                if program is not None:
                    self.best, self.program, self.bestplan = bits, program, plan
                else:
                    self.fails=getattr(self,"fails",0)+1
        return least

    def run(self, target: Array):
        root=Plan(target,len(target),(),(),())
        bits=self.evaluate(root)
        level=[(bits,0,root)]
        still=0
        for depth in range(self.depth):
            children=[]
            before=self.best
            for _,_,plan in level:
                if plan.active<4: continue
                cut=max([c for c in plan.cuts if c>0],default=0)
                n=peels(plan.chain,len(plan.chain),plan.active,cut,self.costs,self.sketch,*self.arrays)
                looks=self.scores[:n].tolist(); streams=self.arrays[7][:n].tolist(); choices=self.choices[:n].tolist()
                for k in range(n):
                    child=peel_off(plan,*choices[k])
                    child=replace(child,bits=plan.bits+streams[k])
                    children.append((self.evaluate(child),looks[k]+plan.bits,child))
            level=[]
            for key in (0,1):
                taken=0
                for c in sorted(children,key=lambda c:c[key]):
                    if taken==self.width: break
                    if any(c[2] is o[2] for o in level): taken+=1; continue
                    if any(near(c[2],o[2]) for o in level): continue
                    level.append(c); taken+=1
            if not level: break
            still = 0 if self.best<before-1e-9 else still+1
            if still==self.patience: break
        return self.program
