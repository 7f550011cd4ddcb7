"""Requests to answers: three paths, two methods, and no for all else."""

import asyncio
import re
from asyncio import StreamReader
from http import HTTPStatus

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app

from worker.health import Health

# Prometheus sends some 300 bytes.
LARGEST_REQUEST = 8_192
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.[01]\r?\n")
_METHODS = ("GET", "HEAD")
# Of the fields of a request, those that change what is said.
_FIELDS = ("accept", "accept-encoding")


class Answers:
    """Answers requests by one registry and one health."""

    def __init__(self, registry: CollectorRegistry, health: Health) -> None:
        self._metrics = make_wsgi_app(registry)
        self._health = health

    async def to(self, reader: StreamReader) -> bytes:
        """Read a request, but not its body, and return the whole answer.

        Raises:
            EOFError: the client left before it had said what it wants.
        """
        try:
            line = await reader.readuntil(b"\n")
            request = _REQUEST_LINE.fullmatch(line.decode("latin-1"))
            if request is None:
                # The first version has no fields, and would wait for an answer without a head.
                return _answer(HTTPStatus.BAD_REQUEST, "this is no request by HTTP/1.1")
            fields = await _read_fields(reader, LARGEST_REQUEST - len(line))
        except (asyncio.LimitOverrunError, _TooLarge):
            return _answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "this request is too large")
        method, target = request[1], request[2]
        answer = self._by_path(method, target, fields)
        return answer if method != "HEAD" else answer[: answer.index(b"\r\n\r\n") + 4]

    def _by_path(self, method: str, target: str, fields: dict[str, str]) -> bytes:
        path, _, query = target.partition("?")
        if path not in ("/metrics", "/healthz", "/readyz"):
            return _answer(HTTPStatus.NOT_FOUND, "try /metrics, /healthz or /readyz")
        if method not in _METHODS:
            return _answer(
                HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD", {"Allow": ", ".join(_METHODS)}
            )
        if path == "/metrics":
            return self._exposition(query, fields)
        if path == "/healthz":
            good, bad, well = "alive", "the loop stands", self._health.alive
        else:
            good, bad, well = "ready", "not ready yet", self._health.ready
        return _answer(*((HTTPStatus.OK, good) if well else (HTTPStatus.SERVICE_UNAVAILABLE, bad)))

    def _exposition(self, query: str, fields: dict[str, str]) -> bytes:
        """Let the client's own application write it: it knows formats, names and compression."""
        head: dict[str, str] = {}
        status = ""

        def start_response(said: str, headers: list[tuple[str, str]], _: object = None) -> None:
            nonlocal status
            status = said
            head.update(headers)

        environ = {f"HTTP_{name.upper().replace('-', '_')}": said for name, said in fields.items()}
        environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics", "QUERY_STRING": query}
        body = b"".join(self._metrics(environ, start_response))
        return _whole(status, body, head)


class _TooLarge(Exception):
    """The request has more fields than anybody needs."""


async def _read_fields(reader: StreamReader, most_bytes: int) -> dict[str, str]:
    """Read up to the empty line; return the fields that matter, by their names in small letters."""
    fields: dict[str, str] = {}
    while (line := await reader.readuntil(b"\n")) not in (b"\r\n", b"\n"):
        most_bytes -= len(line)
        if most_bytes < 0:
            raise _TooLarge
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() in _FIELDS:
            fields[name.lower()] = value.strip()
    return fields


def _answer(status: HTTPStatus, line: str, head: dict[str, str] | None = None) -> bytes:
    head = {"Content-Type": "text/plain; charset=utf-8"} | (head or {})
    return _whole(f"{status.value} {status.phrase}", f"{line}\n".encode(), head)


def _whole(status: str, body: bytes, head: dict[str, str]) -> bytes:
    head = head | {"Content-Length": str(len(body)), "Connection": "close"}
    fields = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode("latin-1") + body
