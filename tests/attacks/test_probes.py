"""Every probe gets what it wants without a sandbox, and nothing in one."""

import pytest

from tests.attacks.probes import PROBES
from tests.attacks.sessions import USERS, confined, session

NAMES = [probe.name for probe in PROBES]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", NAMES)
def test_the_probe_works_where_nothing_confines_it(name, user):
    result = session("none", user)[name]
    if not result["can"]:
        pytest.skip(f"this machine does not allow {name} to anybody")
    assert result["got"], result["outcome"]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("backend", ["jail", "bubblewrap", "wasm"])
@pytest.mark.parametrize("name", NAMES)
def test_the_probe_gets_nothing(name, backend, user):
    result = confined(backend, user)[name]
    assert not result["got"], result["outcome"]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("backend", ["jail", "bubblewrap", "wasm"])
def test_nothing_outside_was_touched(backend, user):
    results = confined(backend, user)
    assert results["the victim lives"]
    assert results["files"] == ["home", "library", "secret", "target", "witness.sh"]
