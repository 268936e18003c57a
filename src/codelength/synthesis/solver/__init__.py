"""The solver: searches KT's language for the program with the fewest bits under a prior."""

from codelength.synthesis.solver.planner import Budget, Effort
from codelength.synthesis.solver.solver import Solution, Solver, solver

__all__ = ["Budget", "Effort", "Solution", "Solver", "solver"]
