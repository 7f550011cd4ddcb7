"""A worker's name: its own while it runs, and the same again after it died."""

import signal
import subprocess
import sys

import pytest

from worker.errors import CannotGoOn
from worker.identity import WorkerSlot


def test_two_workers_on_one_host_never_share_a_name(tmp_path):
    first, second = WorkerSlot("group", tmp_path), WorkerSlot("group", tmp_path)
    assert first.worker_id != second.worker_id


def test_the_lowest_free_number_is_taken_again(tmp_path):
    first, second = WorkerSlot("group", tmp_path), WorkerSlot("group", tmp_path)
    name = first.worker_id
    first.close()
    assert WorkerSlot("group", tmp_path).worker_id == name
    assert second.worker_id != name


def test_groups_do_not_share_numbers(tmp_path):
    one, other = WorkerSlot("one", tmp_path), WorkerSlot("other", tmp_path)
    assert one.worker_id == other.worker_id


def test_a_killed_worker_gives_its_name_back(tmp_path):
    code = (
        "import pathlib, sys, time\n"
        "from worker.identity import WorkerSlot\n"
        "slot = WorkerSlot('group', pathlib.Path(sys.argv[1]))\n"
        "print(slot.worker_id, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as worker:
        name = worker.stdout.readline().strip()
        assert WorkerSlot("group", tmp_path).worker_id != name
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert WorkerSlot("group", tmp_path).worker_id == name


def test_a_place_without_room_for_locks_says_what_to_set(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(CannotGoOn, match="SENTIMENT_WORKER_ID"):
        WorkerSlot("group", file)


def test_a_folder_where_others_may_write_is_refused(tmp_path):
    """They could hold our numbers, or lay links there for us to follow."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(CannotGoOn, match="others may write there"):
        WorkerSlot("group", shared)


def test_a_lock_that_is_a_link_is_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    home = tmp_path / "locks"
    home.mkdir(mode=0o700)
    (home / "group-0.lock").symlink_to(precious)
    with pytest.raises(CannotGoOn, match="SENTIMENT_WORKER_ID"):
        WorkerSlot("group", home)
    assert precious.read_text() == "keep me"
