"""What an orchestrator and Prometheus see."""

import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry, Counter

from worker.errors import PortTaken
from worker.health import STALE_AFTER_SECONDS, Health
from worker.http_server import HttpServer


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def health(clock):
    return Health(clock)


@pytest.fixture
def server(health):
    registry = CollectorRegistry()
    Counter("tweets_total", "Tweets.", registry=registry).inc(3)
    server = HttpServer("127.0.0.1", 0, registry, health)
    yield server
    server.close()


def get(server, path):
    try:
        with urllib.request.urlopen(f"http://{server.address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_metrics_are_served_in_the_text_format(server):
    status, body = get(server, "/metrics")
    assert status == 200
    assert "tweets_total 3.0" in body


def test_a_worker_is_healthy_until_its_loop_has_stood_too_long(server, health, clock):
    assert get(server, "/healthz")[0] == 200
    clock.seconds += STALE_AFTER_SECONDS + 1
    assert get(server, "/healthz")[0] == 503
    health.beat()
    assert get(server, "/healthz")[0] == 200


def test_a_worker_is_ready_once_it_says_so(server, health):
    assert get(server, "/readyz")[0] == 503
    health.ready = True
    assert get(server, "/readyz") == (200, "ready\n")


def test_other_paths_name_the_three_that_exist(server):
    status, body = get(server, "/")
    assert status == 404
    assert "/metrics" in body


def test_a_taken_port_is_told_with_what_to_do(server, health):
    port = int(server.address.rsplit(":", 1)[1])
    with pytest.raises(PortTaken, match="SENTIMENT_HTTP_PORT"):
        HttpServer("127.0.0.1", port, CollectorRegistry(), health)


def test_a_client_that_sends_nothing_keeps_nobody_waiting(server):
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))):
        assert get(server, "/healthz")[0] == 200
