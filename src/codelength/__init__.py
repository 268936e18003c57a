"""codelength: measure models, compressors and agentic systems in bits that decode."""

__version__ = "0.1.0"
