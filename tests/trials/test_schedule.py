"""The same seed makes the same trial."""

from collections import Counter

import pytest

from trials.schedule import schedule

KILLS = {"kill one": 1, "kill two": 2}
OTHERS = ["freeze", "freeze", "broker killed"]


def test_the_same_seed_gives_the_same_faults():
    assert schedule(7, 60, 10, KILLS, OTHERS) == schedule(7, 60, 10, KILLS, OTHERS)
    assert schedule(7, 60, 10, KILLS, OTHERS) != schedule(8, 60, 10, KILLS, OTHERS)


@pytest.mark.parametrize("seed", range(5))
def test_at_least_as_many_workers_are_killed_as_was_asked_for(seed):
    counts = Counter(planned.fault for planned in schedule(seed, 60, 201, KILLS, OTHERS))
    assert 201 <= counts["kill one"] + 2 * counts["kill two"] <= 202
    assert abs(counts["kill one"] - counts["kill two"]) <= 1


def test_each_other_fault_comes_as_often_as_it_was_given():
    counts = Counter(planned.fault for planned in schedule(1, 60, 10, KILLS, OTHERS))
    assert counts["freeze"] == 2
    assert counts["broker killed"] == 1


def test_faults_are_spread_over_the_whole_time_in_order():
    due = [planned.due_seconds for planned in schedule(1, 60, 10, KILLS, OTHERS)]
    assert due == sorted(due)
    assert due[0] < 60 / len(due)
    assert 60 - 60 / len(due) <= due[-1] < 60


def test_each_fault_leaves_other_things_to_chance():
    seeds = [planned.seed for planned in schedule(1, 60, 10, KILLS, OTHERS)]
    assert len(set(seeds)) == len(seeds)


def test_without_kills_only_the_others_come():
    assert Counter(p.fault for p in schedule(1, 60, 0, KILLS, OTHERS)) == Counter(OTHERS)
    assert schedule(1, 60, 5, {}, []) == []
