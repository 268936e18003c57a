"""Takes away what the sessions made."""

import shutil

import pytest

from tests.attacks.sessions import public_python


@pytest.fixture(scope="session", autouse=True)
def forget_the_public_python():
    yield
    if public_python.cache_info().currsize:
        shutil.rmtree(public_python().parent.parent)
