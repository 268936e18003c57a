"""Rewrites of programs: the output stays exactly, the price under a prior falls or stays."""

from codelength.dsl.rewrites.fusing import fused
from codelength.dsl.rewrites.orders import canonical, early, live
from codelength.dsl.rewrites.sharing import shared
from codelength.dsl.rewrites.shortening import shortened

__all__ = ["canonical", "early", "fused", "live", "shared", "shortened"]
