"""`make audit` on one release: pip-audit is the real one, the vulnerability service our own."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from localkafka.ports import free_port

ROOT = Path(__file__).parent.parent.parent


def script(name):
    """Give a script of requirements/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "requirements" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = script("audit")


class Service(BaseHTTPRequestHandler):
    """Knows one vulnerability, of one release, as api.osv.dev tells it."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {
            "id": "PYSEC-2026-1",
            "summary": "It is open.",
            "affected": [
                {
                    "package": {"name": "structlog", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "26.2.0"}]}],
                }
            ],
        }
        found = {"vulns": [known]} if asked["package"]["name"] == "structlog" else {}
        answer = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def service():
    """Give pip-audit's options for a service that runs here."""
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield ["--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{server.server_port}"]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def lock(tmp_path):
    """Give a function that writes a lock of these releases."""

    def write(*names):
        path = tmp_path / "lock.txt"
        path.write_text("".join(f"{name}==26.1.0 --hash=sha256:{'0' * 64}\n" for name in names))
        return path

    return write


def test_a_vulnerable_release_is_named_with_what_mends_it(service, lock):
    told = audit.audit(lock("structlog", "msgspec"), service)
    assert told.vulnerable == ("structlog 26.1.0: PYSEC-2026-1, mended by 26.2.0",)
    assert (told.audited, told.exit_code) == (2, 1)


def test_releases_without_a_known_vulnerability_are_counted(service, lock):
    told = audit.audit(lock("msgspec"), service)
    assert told.exit_code == 0
    assert list(told.lines("lock")) == ["lock: no known vulnerability in 1 releases"]


def test_a_service_that_cannot_be_reached_is_told_and_is_no_success(lock):
    options = ["--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{free_port()}"]
    told = audit.audit(lock("msgspec"), options)
    assert told.exit_code == 2
    (line,) = told.lines("lock")
    assert line.startswith("lock: not audited, the vulnerability service did not answer: ")
    assert "Connection refused" in line


def test_a_service_that_knows_none_of_the_releases_is_no_success():
    told = audit.read_report(
        [
            {"name": "rich", "skip_reason": "Dependency not found on PyPI"},
            {"name": "lz4", "version": "4.4.5", "vulns": []},
        ]
    )
    assert told.exit_code == 2
    (line,) = told.lines("lock")
    assert line.startswith("lock: 1 of 2 releases not audited")


def test_a_vulnerability_counts_for_more_than_a_release_that_is_not_known():
    known = {"id": "CVE-2026-1", "fix_versions": []}
    told = audit.read_report(
        [
            {"name": "rich", "skip_reason": "Dependency not found on PyPI"},
            {"name": "lz4", "version": "4.4.5", "vulns": [known]},
        ]
    )
    assert told.exit_code == 1
    assert "lz4 4.4.5: CVE-2026-1, mended by no release yet" in list(told.lines("lock"))


def test_nothing_at_all_is_no_success():
    assert audit.read_report([]).exit_code == 2


def test_our_own_code_keeps_the_security_rules():
    assert audit.check_code() == 0
