"""How far long work is."""

from codelength.coding import pulse
from codelength.coding.pulse import Pulse, listening, part, tell


def work(monkeypatch):
    monkeypatch.setattr(pulse, "EVERY", 0.0)
    one = Pulse(4)
    for _ in range(4):
        one.add(1)


def test_shares_reach_who_listens_and_nobody_else(monkeypatch):
    said = []
    work(monkeypatch)
    with listening(said.append):
        work(monkeypatch)
    work(monkeypatch)
    assert said == [0.25, 0.5, 0.75, 1.0]


def test_parts_of_parts(monkeypatch):
    said = []
    with listening(said.append), part(0.5, 1.0):
        with part(0.0, 0.5):
            work(monkeypatch)
        tell(1.0)
    with part(0.0, 1.0):
        tell(0.5)
    assert said == [0.5625, 0.625, 0.6875, 0.75, 1.0]


def test_not_more_often_than_anybody_can_see():
    said = []
    with listening(said.append):
        one = Pulse(100_000)
        for _ in range(1000):
            one.add(1)
        Pulse(0).add(0)
    assert len(said) < 100
