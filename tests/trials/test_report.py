"""The verdict: what counts as a broken promise, and what the page says of it."""

import json

import msgspec
import pytest

from trials.audit import Audit
from trials.fleet import Exit
from trials.report import Event, KillSeen, Report

A_KILL = KillSeen(
    point="in the commit", transaction="Ongoing", same_id=True, flowing_after_seconds=3.0
)


def an_audit(**changes):
    promises = dict.fromkeys(("lost", "twice", "out_of_order", "altered", "unknown"), 0)
    return Audit(
        acknowledged=100,
        refused=0,
        seen={"scored": 98, "dead letter": 2, "deletion": 0},
        deleted_unread=0,
        examples={},
        **(promises | changes),
    )


def an_event(**changes):
    usual = {
        "fault": "worker killed",
        "prompt": True,
        "kills": [A_KILL],
        "took_seconds": 2.5,
        "flowing_after_seconds": 2.0,
        "whole_after_seconds": 2.2,
        "notes": [],
        "stuck": None,
    }
    return Event(**(usual | changes))


def a_report(**changes):
    usual = {
        "seed": 1,
        "seconds": 60.0,
        "rate": 100.0,
        "workers": 2,
        "brokers": 1,
        "limit_seconds": 5.0,
        "audit": an_audit(),
        "backlog": 0,
        "events": [an_event()],
        "exits": [],
    }
    return Report.of(**(usual | changes))


def test_a_trial_without_a_broken_promise_says_so():
    report = a_report()
    assert report.broken == []
    assert "- every promise was kept" in report.markdown()


@pytest.mark.parametrize("promise", ["lost", "twice", "out_of_order", "altered", "unknown"])
def test_one_record_breaks_a_promise(promise):
    assert a_report(audit=an_audit(**{promise: 1})).broken == [f"{promise}: 1"]


@pytest.mark.parametrize("backlog", [3, None])
def test_what_is_never_committed_breaks_a_promise(backlog):
    assert a_report(backlog=backlog).broken == [f"never committed: {backlog}"]


def test_a_stream_that_stands_breaks_a_promise():
    stuck = an_event(flowing_after_seconds=None, stuck="not flowing again after 120 s")
    (broken,) = a_report(events=[stuck]).broken
    assert "not flowing again" in broken
    assert "STUCK" in stuck.line()


def test_only_faults_with_a_limit_are_held_to_it():
    late = msgspec.structs.replace(A_KILL, flowing_after_seconds=5.5)
    (told,) = a_report(events=[an_event(kills=[A_KILL, late])]).broken
    assert told.startswith("1 of 2 times the stream flowed only more than 5 s after a kill")
    patient = an_event(fault="worker and broker killed", prompt=False, kills=[late])
    assert a_report(events=[patient]).broken == []


def test_an_heir_may_wait_for_the_session_of_the_dead_but_no_longer():
    after = {
        seconds: msgspec.structs.replace(A_KILL, same_id=False, flowing_after_seconds=seconds)
        for seconds in (10.9, 11.1, None)
    }
    assert a_report(events=[an_event(kills=[after[10.9]])]).broken == []
    for seconds in (11.1, None):
        (told,) = a_report(events=[an_event(kills=[after[seconds]])]).broken
        assert "back under another id" in told


def test_each_kill_is_told_with_its_transaction_and_the_time_until_the_stream_flowed():
    report = a_report()
    assert report.kills == [A_KILL]
    assert "| in the commit | its id | 1 | 1 | 3.00 | 3.00 |" in report.markdown()


def test_workers_that_ended_by_themselves_are_told_with_their_last_words():
    exits = [Exit(3, "fenced"), Exit(3, "fenced")]
    report = a_report(exits=exits)
    assert report.broken == ["2 times a worker ended by itself, exit code 3: fenced"]
    assert f"- {report.broken[0]}" in report.markdown()


def test_a_report_is_written_for_people_and_for_machines(tmp_path):
    report = a_report()
    report.write(tmp_path)
    assert (tmp_path / "chaos.md").read_text() == report.markdown()
    content = (tmp_path / "chaos.json").read_bytes()
    assert json.loads(content)["audit"]["lost"] == 0
    assert msgspec.json.decode(content, type=Report) == report
