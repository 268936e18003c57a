"""Priors over programs: what a program costs in bits, and, where the prior is a code, its message."""

from codelength.dsl.priors.base import DecodablePrior, Prior
from codelength.dsl.priors.exact import ExactPrior
from codelength.dsl.priors.paper import PaperPrior

__all__ = ["DecodablePrior", "ExactPrior", "PaperPrior", "Prior"]
