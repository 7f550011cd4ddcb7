"""What an orchestrator and Prometheus see."""

import gzip
import itertools
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress

import pytest
from prometheus_client import CollectorRegistry, Counter

from worker.errors import PortTaken
from worker.health import STALE_AFTER_SECONDS, Health
from worker.http_server import MOST_CONNECTIONS, HttpServer
from worker.settings import WorkerSettings


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
def registry():
    registry = CollectorRegistry()
    Counter("tweets_total", "Tweets.", registry=registry).inc(3)
    return registry


@pytest.fixture
def server(registry, health):
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


@pytest.fixture
def connect(server):
    """Give a function that opens a connection and sends what it is given."""
    with ExitStack() as opened:

        def connect(sent=b""):
            host, port = server.address.rsplit(":", 1)
            client = opened.enter_context(socket.create_connection((host, int(port)), timeout=20))
            client.sendall(sent)
            return client

        yield connect


def answer_to(client):
    """Read until the server closes; nothing where it only closes."""
    content = b""
    with suppress(ConnectionResetError):
        while received := client.recv(65_536):
            content += received
    return content


def status_of(content):
    return int(content.split(b" ", 2)[1])


def test_a_client_that_sends_nothing_keeps_nobody_waiting(server, connect):
    connect()
    assert get(server, "/healthz")[0] == 200


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/none"])
def test_head_is_get_without_a_body(connect, path):
    got = answer_to(connect(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    head = answer_to(connect(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    assert head.endswith(b"\r\n\r\n")
    assert got.startswith(head)
    assert got != head


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE"])
def test_other_methods_are_not_allowed(connect, method):
    content = answer_to(connect(f"{method} /metrics HTTP/1.1\r\n\r\n".encode()))
    assert status_of(content) == 405
    assert b"\r\nAllow: GET, HEAD\r\n" in content


@pytest.mark.parametrize(
    "path", ["/metrics/", "//metrics", "/metrics%00", "/%6detrics", "/../metrics", "/favicon.ico"]
)
def test_there_is_nothing_under_other_paths(connect, path):
    assert status_of(answer_to(connect(f"GET {path} HTTP/1.1\r\n\r\n".encode()))) == 404


def test_no_answer_tells_what_it_is_made_of(connect):
    for request in (b"GET /metrics HTTP/1.1\r\n\r\n", b"GET /x HTTP/1.0\r\n\r\n", b"?\r\n"):
        head = answer_to(connect(request)).split(b"\r\n\r\n")[0].lower()
        assert b"server:" not in head
        assert b"python" not in head


def test_prometheus_gets_the_format_the_names_and_the_compression_that_it_asks_for(server):
    url = f"http://{server.address}/metrics?name[]=tweets_total"
    asked = {"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=asked), timeout=5) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert gzip.decompress(answer.read()).endswith(b"tweets_total 3.0\n# EOF\n")


MALFORMED = {
    "without a version": b"GET /metrics\r\n",
    "of version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "of another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
    "without a path": b"GET HTTP/1.1\r\n\r\n",
    "with a whole address": b"GET http://elsewhere/metrics HTTP/1.1\r\n\r\n",
    "of nothing": b"\r\n",
    "with a zero": b"GET /met\x00rics HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_request_is_told_at_once(connect, name):
    assert status_of(answer_to(connect(MALFORMED[name]))) == 400


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 100_000,
        b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 10_000,
        b"GET /metrics HTTP/1.1\r\na: " + b"b" * 100_000,
        b"a" * 1_000_000,
    ],
    ids=["path", "fields", "field", "line"],
)
def test_a_request_without_end_is_cut(server, connect, sent):
    client = connect()
    with suppress(ConnectionError):
        client.sendall(sent)
    content = answer_to(client)
    assert content == b"" or status_of(content) == 431
    assert get(server, "/healthz")[0] == 200


def test_a_body_is_not_waited_for(connect):
    request = b"GET /healthz HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n"
    assert status_of(answer_to(connect(request + b"x" * 100))) == 200


def test_a_connection_has_one_answer(connect):
    content = answer_to(connect(b"GET /healthz HTTP/1.1\r\n\r\n" * 50))
    assert content.count(b"HTTP/1.1 200 OK") == 1
    assert b"\r\nConnection: close\r\n" in content


def test_who_says_no_more_than_the_request_gets_all_of_a_large_answer(connect, registry):
    large = Counter("large_total", "Large.", ["name"], registry=registry)
    for number in range(20_000):
        large.labels(f"{number:050}")
    client = connect(b"GET /metrics HTTP/1.1\r\n\r\n")
    client.shutdown(socket.SHUT_WR)
    head, _, body = answer_to(client).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(body) > 2_000_000


@pytest.fixture
def impatient(monkeypatch):
    """Let a connection have a second."""
    monkeypatch.setattr("worker.http_server.CONNECTION_SECONDS", 1.0)


def test_a_client_that_sends_a_byte_now_and_then_is_cut_after_a_time_in_all(impatient, connect):
    client = connect()
    started = time.monotonic()
    with suppress(ConnectionError):
        for byte in itertools.cycle(b"GET /metrics?"):
            client.send(bytes([byte]))
            assert time.monotonic() - started < 15
            client.settimeout(0.1)
            with suppress(TimeoutError):
                if client.recv(1) == b"":
                    break
    assert time.monotonic() - started > 0.9


def test_a_client_that_never_reads_is_cut(impatient, connect, registry, server):
    large = Counter("large_total", "Large.", ["name"], registry=registry)
    for number in range(40_000):
        large.labels(f"{number:050}")
    client = connect(b"GET /metrics HTTP/1.1\r\n\r\n")
    deadline = time.monotonic() + 30
    while server._connections:  # Until then it waits for us to read.
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not answer_to(client).endswith(b"# EOF\n")


def test_a_client_that_goes_on_sending_is_cut(impatient, connect):
    client = connect(b"GET /healthz HTTP/1.1\r\n\r\n")
    deadline = time.monotonic() + 15
    with suppress(ConnectionError):
        while time.monotonic() < deadline:
            client.sendall(b"x" * 1_000)
    assert time.monotonic() < deadline


@pytest.mark.parametrize("sent", [b"", b"GET /metrics HTTP/1.1\r\na: ", b"POST /x HTTP/1.1\r\n"])
def test_scrapes_go_on_while_200_connections_are_held(server, connect, sent):
    threads = threading.active_count()
    held = [connect(sent) for _ in range(200)]
    for _ in range(20):
        status, body = get(server, "/metrics")
        assert (status, "tweets_total 3.0" in body) == (200, True)
    assert len(server._connections) <= MOST_CONNECTIONS
    assert threading.active_count() == threads
    # The oldest were pushed out, the newest were not.
    held[0].settimeout(10)
    assert answer_to(held[0]) == b""
    held[-1].setblocking(False)
    with pytest.raises(BlockingIOError):
        held[-1].recv(1)


def test_a_worker_leaves_while_connections_are_held(registry, health):
    server = HttpServer("127.0.0.1", 0, registry, health)
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"GET /")
        server.close()
        client.settimeout(10)
        assert answer_to(client) == b""
    HttpServer(host, int(port), registry, health).close()


@pytest.mark.parametrize(
    ("host", "address"),
    [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "[::1]"), ("::", "[::]")],
)
def test_it_listens_where_it_is_told_to(registry, health, host, address):
    if ":" in host and not can_use_ipv6():
        pytest.skip("this machine has no IPv6")
    server = HttpServer(host, 0, registry, health)
    try:
        named, port = server.address.rsplit(":", 1)
        assert named == address
        reached = {"0.0.0.0": "127.0.0.1", "[::]": "127.0.0.1"}.get(named, named)
        with urllib.request.urlopen(f"http://{reached}:{port}/healthz", timeout=5) as answer:
            assert answer.status == 200
    finally:
        server.close()


def can_use_ipv6():
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def test_other_machines_do_not_reach_it_unless_it_is_told_so():
    assert WorkerSettings.model_fields["http_host"].default == "127.0.0.1"
