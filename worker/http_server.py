"""`/metrics`, `/healthz` and `/readyz`, served beside the loop."""

import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app

from worker.errors import PortTaken
from worker.health import Health


class HttpServer:
    """Serves one registry and one health until closed.

    Raises:
        PortTaken: the address is in use, not ours, or not allowed.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry, health: Health) -> None:
        application = _application(registry, health)
        try:
            self._server = make_server(host, port, application, _Server, _SilentHandler)
        except (OSError, OverflowError) as error:
            raise PortTaken(
                f"cannot serve /metrics on {host}:{port}: {error}; choose another with "
                "SENTIMENT_HTTP_HOST and SENTIMENT_HTTP_PORT (0 takes a free one)"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="http-server", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where to reach the server: host:port, with the port that was really taken."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _application(registry: CollectorRegistry, health: Health) -> WSGIApplication:
    metrics: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/metrics":
            return metrics(environ, start_response)
        status, body = {
            "/healthz": ("200 OK", "alive") if health.alive else _unavailable("the loop stands"),
            "/readyz": ("200 OK", "ready") if health.ready else _unavailable("not ready yet"),
        }.get(path, ("404 Not Found", "try /metrics, /healthz or /readyz"))
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{body}\n".encode()]

    return answer


def _unavailable(body: str) -> tuple[str, str]:
    return "503 Service Unavailable", body


class _Server(ThreadingMixIn, WSGIServer):
    """A slow reader must not keep the next one waiting, nor the worker from leaving."""

    daemon_threads = True
    block_on_close = False


class _SilentHandler(WSGIRequestHandler):
    """Scrapes every few seconds are no news."""

    timeout = 10  # seconds for a client to send its request

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Log nothing."""
