"""Priors over programs: what a program costs in bits, and the message where a prior is a code."""

from codelength.dsl.priors.base import DecodablePrior, Prior
from codelength.dsl.priors.exact import ExactPrior
from codelength.dsl.priors.paper import PaperPrior

__all__ = ["DecodablePrior", "ExactPrior", "PaperPrior", "Prior"]
