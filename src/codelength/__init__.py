"""codelength: measure models, compressors and agentic systems in bits that decode."""

from codelength.codecs.protocol import Codec
from codelength.coding.bits import Bits
from codelength.runs import Codelength, Estimate, load_run, measure

__version__ = "0.1.0"
__all__ = ["Bits", "Codec", "Codelength", "Estimate", "load_run", "measure"]
