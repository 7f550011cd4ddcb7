import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from sentiment.errors import TrainingError
from sentiment.settings import TeachingSettings
from sentiment.teaching.fold import Answer, Fold
from sentiment.teaching.processes import run_beside
from sentiment.teaching.teacher_directory import TeacherDirectory


class Work(Fold):
    """A fold whose one text says what to do instead of learning."""

    def run(self, step_done, threads=None):
        assert threads == 1
        step_done()
        match self.texts[0]:
            case "die":
                os._exit(9)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "fail":
                raise TrainingError("the loss is no longer a number: lower --learning-rate")
            case "wait":
                time.sleep(600)
        return Answer(np.full((1, 2), self.number, np.float32), np.zeros((0, 4), np.float32))


@pytest.fixture
def work(tiny_teacher):
    """Give a function that makes the work of some teachers."""
    teacher = TeacherDirectory.look_at(tiny_teacher)

    def make(*orders):
        nothing = np.zeros(0)
        return [
            Work(number, teacher, TeachingSettings(), 2, [order], nothing, nothing, [], [])
            for number, order in enumerate(orders)
        ]

    return make


def run(folds, steps=None):
    steps = [] if steps is None else steps
    return dict(run_beside(folds, 2, 1, lambda: steps.append(1)))


def test_outcomes_come_with_their_numbers_and_steps_are_told(work):
    steps = []
    outcomes = run(work("do", "do", "do"), steps)
    assert {number: answer.log_probabilities.tolist() for number, answer in outcomes.items()} == {
        number: [[number, number]] for number in range(3)
    }
    assert len(steps) == 3
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("fail", "the loss is no longer a number: lower --learning-rate"),
        ("die", "teacher 2 ended with exit code 9, and what it printed says why: "),
        ("kill", "teacher 2 was killed by signal 9, for lack of memory perhaps: "),
    ],
)
def test_one_that_fails_ends_the_others(work, order, why):
    with pytest.raises(TrainingError, match=why):
        run(work("wait", order))
    assert not multiprocessing.active_children()


def test_whoever_stops_asking_leaves_no_process(work):
    answers = run_beside(work("do", "wait"), 2, 1, lambda: None)
    assert next(answers)[0] == 0
    answers.close()
    assert not multiprocessing.active_children()
