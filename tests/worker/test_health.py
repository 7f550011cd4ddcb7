"""A loop that has stopped turning is told by /healthz, and one that goes on again too."""

import threading
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry

from worker import loop
from worker.health import STALE_AFTER_SECONDS, Health
from worker.http_server import HttpServer
from worker.memory_broker import MemoryBroker, MemoryPublisher, MemorySource
from worker.metrics import WorkerMetrics
from worker.scoring import BatchScorer
from worker.storm import StormWatch
from worker.wire import decode_json


class Hanging(MemorySource):
    """A source whose poll does not return until it is let go, as a client that deadlocks."""

    def __init__(self, broker):
        super().__init__(broker, max_batch=10)
        self.hangs = threading.Event()
        self.let_go = threading.Event()

    def poll(self, timeout_seconds):
        self.hangs.set()
        self.let_go.wait()
        return super().poll(timeout_seconds)


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def status(server):
    try:
        with urllib.request.urlopen(f"http://{server.address}/healthz", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_loop_that_hangs_makes_healthz_fail_until_it_turns_again(scorer, clock, eventually):
    broker, stop, health = MemoryBroker(), threading.Event(), Health(clock)
    broker.append(b'{"text": "@bob loves http://x.y"}')
    source = Hanging(broker)
    registry = CollectorRegistry()
    server = HttpServer("127.0.0.1", 0, registry, health)
    batches = BatchScorer(scorer, decode_json, record_limit_bytes=100_000)
    metrics, storms = WorkerMetrics(registry, scorer.labels), StormWatch(share=0.5, window=1_000)
    ports = source, batches, MemoryPublisher(broker)
    turning = threading.Thread(target=loop.run, args=(*ports, storms, metrics, health, stop))
    turning.start()
    try:
        assert source.hangs.wait(30)
        clock.seconds += STALE_AFTER_SECONDS - 1
        assert status(server) == 200
        clock.seconds += 1
        assert status(server) == 503
        source.let_go.set()
        eventually(lambda: status(server) == 200)
        eventually(lambda: len(broker.published) == 1)
    finally:
        source.let_go.set()
        stop.set()
        turning.join()
        server.close()
