"""The shipped model behind the worker's own limits."""

import pytest

from worker.scoring import BatchScorer
from worker.settings import WorkerSettings
from worker.wire import decode_json


@pytest.fixture(scope="session")
def batches(scorer):
    """Give what a worker with default settings prepares and scores batches with."""
    return BatchScorer(scorer, decode_json, WorkerSettings().record_limit_bytes)


@pytest.fixture(scope="session")
def explaining(scorer):
    """Give what a worker that explains scores batches with."""
    settings = WorkerSettings(explain=True)
    return BatchScorer(scorer, decode_json, settings.record_limit_bytes, settings.evidence)
