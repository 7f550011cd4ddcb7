import numpy as np

from sentiment.teaching.answers import joint, of_those_left_out

LEFT_TO = np.array([1, 0, 0])
ASKED = {"validation": ["a"], "test": [], "unlabelled": ["b"]}


def logs(*rows):
    return np.log(np.array(rows, np.float32))


ANSWERS = [
    logs([0.1, 0.9], [0.2, 0.8], [0.5, 0.5], [0.9, 0.1]),
    logs([0.6, 0.4], [0.5, 0.5], [0.1, 0.9]),
]


def test_each_text_is_labelled_by_the_teacher_that_it_was_left_to():
    own = np.exp(of_those_left_out(ANSWERS, LEFT_TO))
    np.testing.assert_allclose(own, [[0.6, 0.4], [0.1, 0.9], [0.2, 0.8]], rtol=1e-6)


def test_others_get_the_geometric_mean():
    together = joint(ANSWERS, LEFT_TO, ASKED)
    assert list(together) == list(ASKED)
    np.testing.assert_allclose(np.exp(together["validation"]), [[0.5, 0.5]], rtol=1e-6)
    assert together["test"].shape == (0, 2)
    np.testing.assert_allclose(np.exp(together["unlabelled"]), [[0.5, 0.5]], rtol=1e-6)


def test_the_geometric_mean_is_not_the_arithmetic_one():
    nobody = np.zeros(0, int)
    together = joint([logs([0.9, 0.1]), logs([0.5, 0.5])], nobody, {"test": ["a"]})
    np.testing.assert_allclose(np.exp(together["test"]), [[0.75, 0.25]], rtol=1e-6)


def test_a_certain_teacher_leaves_numbers():
    certain = [np.array([[0.0, -200.0]], np.float32), np.array([[0.0, -90.0]], np.float32)]
    together = joint(certain, np.zeros(0, int), {"test": ["a"]})
    np.testing.assert_allclose(together["test"], [[0, -145]])
