"""What some tests need beyond the package itself; without it they are skipped, and say so."""

import importlib.util

import pytest

LANGUAGE_MODELS = pytest.mark.skipif(
    not (importlib.util.find_spec("torch") and importlib.util.find_spec("transformers")),
    reason="language models are not installed: pip install 'codelength[lm]'",
)
INSPECT = [
    pytest.mark.skipif(
        importlib.util.find_spec("inspect_ai") is None,
        reason="Inspect is not installed: pip install 'codelength[inspect]'",
    ),
    # Inspect's own: an argument of tenacity's, and streams of anyio's that it leaves to collection.
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHESS = pytest.mark.skipif(
    importlib.util.find_spec("chess") is None,
    reason="chess is not installed: pip install 'codelength[agentic]'",
)
