"""Fixtures of files that go through codecs of another package."""

import os

import pytest

from tests.runs.pieces import ROOT, TEXT


@pytest.fixture
def plug_in(tmp_path_factory, monkeypatch):
    """The codecs of `plugged` as another package's, for this process and those it starts."""
    folder = tmp_path_factory.mktemp("plug-in")
    info = folder / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    entry = "[codelength.codecs]\nplugged = tests.runs.plugged:build\n"
    (info / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), ROOT]))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(TEXT)
    return path
