from datetime import UTC, datetime

import pytest

from sentiment.data.times import seconds, seconds_of_id

THEN = 1239081585.0


@pytest.mark.parametrize(
    "value",
    [
        "Mon Apr 06 22:19:45 PDT 2009",
        "Tue Apr 07 05:19:45 +0000 2009",
        "Tue Apr 07 10:49:45 +0530 2009",
        "2009-04-07T05:19:45Z",
        "2009-04-07 07:19:45+02:00",
        "1239081585",
        " 1239081585000 ",
        1239081585,
        1239081585000.0,
        datetime(2009, 4, 7, 5, 19, 45, tzinfo=UTC),
        datetime(2009, 4, 7, 5, 19, 45),  # noqa: DTZ001
    ],
)
def test_a_time_is_read_in_every_form_that_files_have(value):
    assert seconds(value) == THEN


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "nan",
        "inf",
        None,
        True,
        [],
        "9" * 30,
        "Mon Apr 06 22:19:45 XYZ 2009",
        "Mon Foo 06 22:19:45 PDT 2009",
        "Mon Apr 06 22:19:45 PDT 0000",
        "Mon Apr 31 22:19:45 PDT 2009",
        "20209901",
    ],
)
def test_what_is_no_time_is_none(value):
    assert seconds(value) is None


@pytest.mark.parametrize("value", ["20200101", 20200101, "20200101.0", "2020-01-01"])
def test_eight_digits_are_a_day(value):
    assert seconds(value) == 1577836800.0


@pytest.mark.parametrize("identity", ["264183816548130816", 264183816548130816])
def test_the_id_of_a_tweet_tells_its_time(identity):
    assert seconds_of_id(identity) == 1351821304.82


@pytest.mark.parametrize(
    "identity",
    [None, "", "7", "1467810369", "abc", "9" * 40, "9" * 5000, "٣" * 18, -1, 616033473131446272.0],
)
def test_other_ids_tell_none(identity):
    assert seconds_of_id(identity) is None
