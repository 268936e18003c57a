"""What the tests share: where the real data is."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("codelength", deadline=None, max_examples=200, print_blob=True)
settings.load_profile("codelength")


@pytest.fixture(scope="session")
def data() -> Path:
    folder = Path(os.environ.get("CODELENGTH_DATA", ""))
    if not (folder / "kolmogorov_test" / "text.bin").is_file():
        pytest.skip("KT's files are not here: set CODELENGTH_DATA to the folder that holds them")
    return folder
