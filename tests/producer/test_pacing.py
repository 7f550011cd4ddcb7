"""Records leave at an even rate, whatever time each of them takes."""

import math

import pytest

from producer.pacing import Pace


class Clock:
    """A clock that moves when someone sleeps, or is told to."""

    def __init__(self, overshoot_seconds=0.0):
        self.now = 100.0
        self.slept = []
        self._overshoot_seconds = overshoot_seconds

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds + self._overshoot_seconds


def moments(pace, clock, count, work_seconds=0.0):
    """The times at which `count` records leave when each takes so long to send."""
    left = []
    for _ in range(count):
        pace.wait()
        left.append(round(clock.now - 100.0, 6))
        clock.now += work_seconds
    return left


def test_records_leave_evenly_from_the_first_wait_on():
    clock = Clock()
    pace = Pace(4, clock, clock.sleep)
    clock.now = 100.0
    assert moments(pace, clock, 5) == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_the_time_that_sending_takes_is_not_added():
    clock = Clock()
    assert moments(Pace(4, clock, clock.sleep), clock, 4, 0.2) == [0.0, 0.25, 0.5, 0.75]


def test_sleeping_too_long_does_not_add_up():
    clock = Clock(overshoot_seconds=0.1)
    left = moments(Pace(2, clock, clock.sleep), clock, 101)
    assert left[-1] == 50.1


def test_late_records_leave_at_once_and_the_schedule_stands():
    clock = Clock()
    pace = Pace(10, clock, clock.sleep)
    assert moments(pace, clock, 1) == [0.0]
    clock.now += 0.35
    assert moments(pace, clock, 5) == [0.35, 0.35, 0.35, 0.4, 0.5]


def test_a_forgiven_pause_is_not_made_up_for():
    clock = Clock()
    pace = Pace(10, clock, clock.sleep, forgiven_lag_seconds=1.0)
    assert moments(pace, clock, 2) == [0.0, 0.1]
    clock.now += 60
    assert moments(pace, clock, 3) == [60.1, 60.2, 60.3]


def test_a_short_lag_is_made_up_for_even_where_long_ones_are_forgiven():
    clock = Clock()
    pace = Pace(10, clock, clock.sleep, forgiven_lag_seconds=1.0)
    assert moments(pace, clock, 1) == [0.0]
    clock.now += 0.9
    assert moments(pace, clock, 10)[-1] == pytest.approx(1.0)


def test_no_rate_never_sleeps():
    clock = Clock()
    moments(Pace(math.inf, clock, clock.sleep), clock, 1_000)
    assert clock.slept == []
