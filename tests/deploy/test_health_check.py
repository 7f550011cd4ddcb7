"""The worker's health check, run as the container runs it, against the worker's own server."""

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from worker.health import STALE_AFTER_SECONDS, Health
from worker.http_server import HttpServer


@pytest.fixture
def clock():
    return {"seconds": 0.0}


@pytest.fixture
def check(services, clock):
    """Give a function that runs the check and returns its exit code."""
    health = Health(lambda: clock["seconds"])
    server = HttpServer("127.0.0.1", 0, CollectorRegistry(), health)
    kind, python, *arguments = services["worker"]["healthcheck"]["test"]
    assert (kind, python) == ("CMD", "python")
    code = arguments[-1].replace("127.0.0.1:8000", server.address)
    command = [sys.executable, *arguments[:-1], code]
    yield lambda: subprocess.call(command, stderr=subprocess.DEVNULL, timeout=30)
    server.close()


def test_a_worker_whose_loop_turns_is_healthy(check):
    assert check() == 0


def test_a_worker_whose_loop_stands_still_is_not(check, clock):
    clock["seconds"] = STALE_AFTER_SECONDS + 1
    assert check() == 1
