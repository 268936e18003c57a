"""What some tests need beyond the package itself; without it they are skipped, and say so."""

import importlib.util

import pytest

LANGUAGE_MODELS = pytest.mark.skipif(
    not (importlib.util.find_spec("torch") and importlib.util.find_spec("transformers")),
    reason="language models are not installed: pip install 'codelength[lm]'",
)
