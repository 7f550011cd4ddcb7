"""What these tests share: looking for processes, and a Maven repository."""

import hashlib
import os
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from localkafka.jars import Jar


@pytest.fixture
def is_alive():
    """Tell whether a process exists."""

    def look(pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    return look


class Repository:
    """A Maven repository on the loopback interface, with three jars that are not Java."""

    def __init__(self, address):
        self.address = address
        self.files = {}
        self.asked_for = Counter()
        self.breaks_off = 0
        self.jars = [self._add(name) for name in ("broker", "clients", "logging")]

    def _add(self, name):
        content = f"the jar of {name}".encode() * 10_000
        self.files[f"/org/example/{name}/1.0/{name}-1.0.jar"] = content
        return Jar(f"org.example:{name}:1.0", hashlib.sha256(content).hexdigest())


@pytest.fixture
def repository():
    """Give a Maven repository that does as its attributes say."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served = self.server.repository
            content = served.files.get(self.path)
            self.send_response(200 if content else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if content:
                served.asked_for[self.path] += 1
                if served.breaks_off > 0:
                    served.breaks_off -= 1
                    content = content[:1000]
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.repository = Repository(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.repository
        server.shutdown()
        thread.join()
