"""Orders reach a worker through a folder: to die at a point of its work, to be wrong about time."""

import signal
import subprocess
import sys
import time

import pytest

from trials.wired_worker import Orders, Point

OBEY = """
import sys
from pathlib import Path
from trials.wired_worker import Orders, Point
orders = Orders(Path(sys.argv[1]))
for point in (Point.SCORING, Point.SENT, Point.COMMITTED):
    orders.obey(point)
    print(point, flush=True)
"""


@pytest.fixture
def orders(tmp_path):
    return Orders(tmp_path / "orders")


def obey(tmp_path):
    return subprocess.run(
        [sys.executable, "-c", OBEY, str(tmp_path / "orders")],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_worker_dies_where_it_was_told_to_and_tells_when(orders, tmp_path):
    orders.kill(Point.SENT)
    before = time.monotonic()
    process = obey(tmp_path)
    assert process.returncode == -signal.SIGKILL
    assert process.stdout == "scoring\n"
    point, seconds = orders.died()
    assert point is Point.SENT
    assert before < seconds < time.monotonic()
    assert orders.died() is None


def test_an_order_holds_for_one_death(orders, tmp_path):
    orders.kill(Point.SCORING)
    assert obey(tmp_path).returncode == -signal.SIGKILL
    assert obey(tmp_path).returncode == 0


def test_without_an_order_it_lives(orders, tmp_path):
    assert obey(tmp_path).returncode == 0
    orders.kill(Point.POLLED)
    orders.withdraw()
    orders.withdraw()
    assert obey(tmp_path).returncode == 0
    assert orders.died() is None


def test_the_clock_is_right_until_it_is_told_otherwise(orders):
    assert orders.clock() == 0.0
    orders.set_clock(-3_600.0)
    assert orders.clock() == -3_600.0
