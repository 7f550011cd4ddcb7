import pytest

from sentiment.teaching.asking import at_once


@pytest.mark.parametrize(
    ("teachers", "cpus", "expected"),
    [(1, 2, 1), (3, 1, 1), (3, 2, 3), (4, 2, 2), (3, 4, 3), (7, 4, 7), (8, 4, 4)],
)
def test_no_processor_waits_for_a_second_round(teachers, cpus, expected):
    assert at_once(teachers, cpus) == expected
