"""Keras Tuner, with trials that take no time."""

import pytest

from sentiment.errors import BundleError, TrainingError
from sentiment.training.search import Enough, Search, best, deadline
from sentiment.training.search_space import Dimension

SPACE = [
    Dimension("filters", (1, 2, 3, 4), ""),
    Dimension("learning_rate", (0.001, 1.0), "", range=True),
    Dimension("epochs", (2, 4), ""),
]


@pytest.fixture
def search(tmp_path):
    """Give a function that searches and returns the search."""

    def search(attempt, most_trials=6, method="random"):
        found = Search(method, SPACE, attempt, tmp_path, 1, most_trials)
        found.run()
        return found

    return search


def reach(values):
    return values["filters"] / 4 + values["epochs"] / 100


@pytest.mark.parametrize("method", ["random", "hyperband"])
def test_settings_are_tried_within_their_bounds(search, method, capsys):
    trials = search(reach, 8, method).trials
    assert len(trials) == 8
    for trial in trials:
        assert trial.values["filters"] in {1, 2, 3, 4}
        assert 0.001 <= trial.values["learning_rate"] <= 1
        assert trial.macro_recall == reach(trial.values)
        assert 1 <= trial.values["epochs"] <= 4
    assert best(trials).macro_recall == max(map(reach, (each.values for each in trials)))
    assert capsys.readouterr().out == ""


def test_a_search_goes_on_where_it_ended(search, capsys):
    first = search(reach, 3).trials
    tried = []
    again = search(lambda values: tried.append(values) or reach(values), 5)
    assert again.trials[:3] == first
    assert len(again.trials) == 5
    assert len(tried) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("end", [Enough, KeyboardInterrupt])
def test_a_trial_that_was_not_finished_is_done_again(search, end):
    tried = []

    def ended(values):
        tried.append(values)
        if len(tried) == 3:
            raise end
        return reach(values)

    if end is Enough:
        assert len(search(ended).trials) == 2
    else:
        with pytest.raises(KeyboardInterrupt):
            search(ended)
    assert tried[2] in [each.values for each in search(reach, 6).trials]


def test_a_trial_that_came_to_nothing_is_told_and_the_search_goes_on(search):
    numbers = iter(range(100))

    def fails_at_times(values):
        if next(numbers) % 2:
            raise TrainingError("the loss is no longer a number")
        return reach(values)

    trials = search(fails_at_times, 6).trials
    assert [each.macro_recall is None for each in trials] == [False, True] * 3
    assert best(trials).macro_recall is not None


def test_nothing_but_failures_is_an_error(search):
    def fails(values):
        raise TrainingError("the loss is no longer a number")

    with pytest.raises(TrainingError, match="three trials in a row"):
        search(fails)


def test_any_other_error_ends_the_search(search):
    def breaks(values):
        raise BundleError("broken")

    with pytest.raises(BundleError, match="broken"):
        search(breaks)


def test_when_the_time_is_over_it_is_enough():
    now = [0.0]
    check = deadline(10, clock=lambda: now[0])
    now[0] = 9.9
    check()
    now[0] = 10
    with pytest.raises(Enough):
        check()


def test_of_no_trials_none_is_best():
    assert best([]) is None
