"""Where things are kept between runs, and a lock that no link leads away from."""

import os
from pathlib import Path

import pytest

from configuration.kept_folders import only_theirs, open_lock, user_cache


def test_the_user_cache_is_the_users_cache(tmp_path):
    assert user_cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "tweet-sentiment"
    assert user_cache({}) == Path.home() / ".cache" / "tweet-sentiment"


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path):
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / ".lock").symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        open_lock(tmp_path)
    assert target.read_text() == "precious"


def test_a_lock_that_is_there_is_opened_as_it_is(tmp_path):
    (tmp_path / ".lock").write_text("of another program")
    with open_lock(tmp_path) as lock:
        assert lock.read() == "of another program"


@pytest.mark.parametrize(
    ("mode", "users", "expected"),
    [
        (0o644, {0, 4711}, False),
        (0o644, None, True),
        (0o600, None, True),
        (0o664, None, False),
        (0o646, None, False),
    ],
)
def test_what_others_could_have_written_is_told(tmp_path, mode, users, expected):
    path = tmp_path / "kept"
    path.touch()
    path.chmod(mode)
    found = path.stat()
    if users is not None:
        found = os.stat_result([*found[:4], 1, *found[5:]])
    assert only_theirs(found, users or {os.geteuid()}) is expected
