import socket
import threading
import time

import pytest

from localkafka.ports import free_port
from trials.proxy import Direction, Proxy

# Of any length above the request header's, so that the proxy takes it for one of Kafka's.
TWEET = "@bob loves http://x.y 😀".encode()
PRODUCE, METADATA = 0, 3


def request(api_key, correlation_id, body=TWEET):
    """Return the bytes of a request of Kafka's, as far as a proxy reads them."""
    header = b"".join(n.to_bytes(2, "big") for n in (api_key, 9))
    content = header + correlation_id.to_bytes(4, "big") + body
    return len(content).to_bytes(4, "big") + content


class Echo:
    """A server that answers requests, while `answers`, with their correlation ids and bodies.

    `seen` holds the requests that came, `ends` how connections ended.
    """

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.seen, self.ends, self.answers = [], [], True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while length := stream.read(4):
                    frame = stream.read(int.from_bytes(length, "big"))
                    self.seen.append(frame)
                    answer = frame[4:]
                    if self.answers:
                        connection.sendall(len(answer).to_bytes(4, "big") + answer)
                self.ends.append("closed")
            except ConnectionResetError:
                self.ends.append("reset")

    def close(self):
        self._server.close()


@pytest.fixture
def server():
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(server):
    with Proxy(server.port, seed=7) as proxy:
        yield proxy


@pytest.fixture
def connect(proxy):
    """Connect to the proxy, as often as wanted."""
    opened = []

    def connect():
        connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


def read(stream, size_bytes):
    """Return the next bytes, and take no more than those from the connection."""
    got = b""
    while len(got) < size_bytes:
        got += stream.read(size_bytes - len(got))
    return got


def answer_to(connection):
    """Return the correlation id and the body of the next answer."""
    with connection.makefile("rb", buffering=0) as stream:
        frame = read(stream, int.from_bytes(read(stream, 4), "big"))
    return int.from_bytes(frame[:4], "big"), frame[4:]


def exchange(connection, number=1):
    """Send a request, check the answer, and return the seconds that it took."""
    started = time.monotonic()
    connection.sendall(request(METADATA, number))
    assert answer_to(connection) == (number, TWEET)
    return time.monotonic() - started


def is_silent(connection, seconds=0.3):
    """Tell whether nothing comes for a time."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1, socket.MSG_PEEK) is None
    except TimeoutError:
        return True
    finally:
        connection.settimeout(30)


def test_what_a_client_says_arrives_and_the_answer_comes_back(connect, server):
    client = connect()
    exchange(client)
    large = bytes(range(256)) * 40_000
    sender = threading.Thread(target=client.sendall, args=(request(PRODUCE, 2, large),))
    sender.start()
    assert answer_to(client) == (2, large)
    sender.join()
    assert [len(frame) for frame in server.seen] == [8 + len(TWEET), 8 + len(large)]


def test_the_end_of_a_connection_is_passed_on(connect, server, eventually, proxy):
    client = connect()
    exchange(client)
    client.close()
    eventually(lambda: server.ends == ["closed"])
    eventually(lambda: proxy.open_connections == 0)


def test_each_direction_is_delayed_by_its_own_time(connect, proxy):
    client = connect()
    exchange(client)
    proxy.delay(0.2, directions=[Direction.TO_BROKER])
    proxy.delay(0.1, jitter_seconds=0.05, directions=[Direction.TO_CLIENT])
    assert exchange(client, 2) >= 0.3
    proxy.heal()
    assert exchange(client, 3) < 0.3


def test_what_is_sent_while_other_bytes_are_late_is_as_late_and_no_later(connect, proxy):
    client = connect()
    exchange(client)
    proxy.delay(0.5, directions=[Direction.TO_BROKER])
    started = time.monotonic()
    for number in range(20):
        client.sendall(request(METADATA, number))
        time.sleep(0.01)  # Each is a chunk of its own.
    assert [answer_to(client)[0] for _ in range(20)] == list(range(20))
    assert 0.5 <= time.monotonic() - started < 5


def test_a_rate_is_kept(connect, proxy):
    client = connect()
    exchange(client)
    proxy.limit(100_000, directions=[Direction.TO_BROKER])
    started = time.monotonic()
    client.sendall(request(PRODUCE, 2, b"x" * 50_000))
    answer_to(client)
    assert time.monotonic() - started >= 0.4


def test_reset_connections_are_reset_at_both_ends(connect, proxy, server, eventually):
    clients = [connect(), connect()]
    for client in clients:
        exchange(client)
    assert proxy.reset() == 2
    for client in clients:
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    eventually(lambda: server.ends == ["reset", "reset"])
    exchange(connect())


def test_the_half_that_is_not_closed_goes_on(connect, proxy, server, eventually):
    client = connect()
    exchange(client)
    assert proxy.half_close(Direction.TO_CLIENT) == 1
    assert client.recv(1) == b""
    client.sendall(request(METADATA, 2))
    eventually(lambda: len(server.seen) == 2)
    assert server.ends == []


def test_what_is_swallowed_comes_through_when_the_network_is_healed(connect, proxy, server):
    client = connect()
    exchange(client)
    proxy.swallow()
    client.sendall(request(METADATA, 2))
    assert is_silent(client)
    assert len(server.seen) == 1
    proxy.heal()
    assert answer_to(client) == (2, TWEET)


def test_the_end_of_a_connection_is_swallowed_as_well(connect, proxy, server, eventually):
    client = connect()
    exchange(client)
    proxy.swallow([Direction.TO_BROKER])
    client.close()
    time.sleep(0.2)
    assert server.ends == []
    proxy.heal()
    eventually(lambda: server.ends == ["closed"])


def test_new_connections_are_refused_while_open_ones_stay(connect, proxy):
    client = connect()
    exchange(client)
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect()
    exchange(client, 2)
    proxy.heal()
    exchange(connect())


def test_a_broker_that_is_away_is_a_reset_connection():
    with (
        Proxy(free_port()) as proxy,
        # A client may learn of it while it still waits to hear that it is connected.
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as client,
    ):
        client.recv(1)


def test_a_held_request_arrives_when_it_is_released_though_its_client_has_gone(
    connect, proxy, server
):
    held = proxy.hold(PRODUCE, containing=b"worker-2")
    bystander, client = connect(), connect()
    bystander.sendall(request(PRODUCE, 1, b"worker-1"))
    assert answer_to(bystander) == (1, b"worker-1")
    client.sendall(request(METADATA, 8) + request(PRODUCE, 9, b"worker-2"))
    assert answer_to(client) == (8, TWEET)
    caught = held.wait(30)
    assert (caught.api_key, caught.api_version, caught.correlation_id) == (PRODUCE, 9, 9)

    held.cut()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    again = connect()
    again.sendall(request(PRODUCE, 1, b"worker-2"))  # Only one is held.
    assert answer_to(again) == (1, b"worker-2")
    assert len(server.seen) == 3

    held.release()
    assert held.answer(30) == (9).to_bytes(4, "big") + b"worker-2"
    assert server.seen[3][8:] == b"worker-2"


def test_a_client_that_waits_gets_the_answer_to_its_held_request(connect, proxy):
    held = proxy.hold(PRODUCE)
    client = connect()
    client.sendall(request(PRODUCE, 1) + request(METADATA, 2))
    held.wait(30)
    assert is_silent(client)
    held.release()
    assert [answer_to(client), answer_to(client)] == [(1, TWEET), (2, TWEET)]


def test_a_request_that_never_comes_and_a_broker_that_never_answers_are_told(
    connect, proxy, server
):
    server.answers = False
    held = proxy.hold(PRODUCE)
    with pytest.raises(TimeoutError, match=r"no such request came within 0\.01 s"):
        held.wait(0.01)
    connect().sendall(request(PRODUCE, 1))
    held.wait(30)
    held.release()
    with pytest.raises(TimeoutError, match=r"the broker did not answer it within 0\.01 s"):
        held.answer(0.01)
    proxy.reset()
    with pytest.raises(ConnectionError, match="the connection to the broker ended"):
        held.answer(30)
