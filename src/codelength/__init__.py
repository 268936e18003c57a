"""codelength: measure models, compressors and agentic systems in bits that decode."""

from codelength.agentic.values import component_value
from codelength.codecs.protocol import Codec
from codelength.coding.bits import Bits
from codelength.runs import Codelength, Estimate, load_run, measure
from codelength.version import __version__

__all__ = [
    "Bits",
    "Codec",
    "Codelength",
    "Estimate",
    "__version__",
    "component_value",
    "load_run",
    "measure",
]
