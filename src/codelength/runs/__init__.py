"""Measuring: a codec on a corpus, verified by decoding, in a run folder that survives a kill."""

from codelength.codecs.observers import Exact, Observer
from codelength.runs.files import verify_file
from codelength.runs.measure import measure
from codelength.runs.query import query
from codelength.runs.results import Codelength, Estimate, Row
from codelength.runs.store import Run, load_run
from codelength.runs.verify import verify_run

__all__ = [
    "Codelength",
    "Estimate",
    "Exact",
    "Observer",
    "Row",
    "Run",
    "load_run",
    "measure",
    "query",
    "verify_file",
    "verify_run",
]
