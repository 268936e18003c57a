"""Priors over programs: what a program costs in bits, and the message where a prior is a code.

Example: prior("fitted").bits(program).
"""

from importlib import import_module

from codelength.dsl.priors.base import DecodablePrior, Prior
from codelength.dsl.priors.exact import ExactPrior
from codelength.dsl.priors.paper import PaperPrior
from codelength.errors import InputError

PRIORS = {
    "paper": "codelength.dsl.priors.paper:PaperPrior",
    "exact": "codelength.dsl.priors.exact:ExactPrior",
    "fitted": "codelength.dsl.priors.fitted:FittedPrior",
    "text": "codelength.dsl.priors.text:TextPrior",
    "gzip": "codelength.dsl.priors.gzip:GzipPrior",
}
"""Name to "module:class"; modules are imported when they are asked for."""


def prior(name: str) -> Prior:
    """The prior of this name.

    Raises:
        InputError: there is none.
    """
    if name not in PRIORS:
        raise InputError(f"no prior is called {name!r}; there are {', '.join(PRIORS)}")
    module, _, kind = PRIORS[name].partition(":")
    found: Prior = getattr(import_module(module), kind)()
    return found


__all__ = ["PRIORS", "DecodablePrior", "ExactPrior", "PaperPrior", "Prior", "prior"]
