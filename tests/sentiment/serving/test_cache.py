import os
import resource
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sentiment.serving.cache import Cache, Making

CONTENT = np.arange(100_000, dtype=np.uint32)
NOBODY = 65534


def make():
    """Make the content in two parts."""
    return Making(CONTENT.nbytes, [CONTENT[:7], CONTENT[7:].tobytes()])


def never():
    raise AssertionError("it is there already")


def is_content(kept):
    return np.array_equal(kept.view(np.uint32), CONTENT)


@pytest.fixture
def said():
    """Give the lines that were said."""
    return []


@pytest.fixture
def cache(tmp_path, said):
    """Give a cache in a folder that is not there yet."""
    return Cache(tmp_path / "new", said.append)


@pytest.fixture
def path(cache, tmp_path):
    """Give the path of a file that was kept."""
    cache.kept("tables/t", make)
    return tmp_path / "new" / "tables" / "t"


def test_what_is_made_once_is_kept(cache, path, said):
    assert is_content(cache.kept("tables/t", never))
    assert [each.name for each in path.parent.iterdir() if each.name[0] != "."] == ["t"]
    assert said == []


def test_the_one_who_makes_it_gets_it_too(cache):
    assert is_content(cache.kept("tables/t", make))


def test_it_begins_at_a_line_of_the_cache_and_cannot_be_written(cache, tmp_path):
    for content in (cache.kept("t", make), cache.kept("t", never), unwritable(tmp_path, "t")):
        assert content.ctypes.data % 64 == 0
        assert not content.flags.writeable


@pytest.mark.parametrize("place", [0, 40, 64, 70_000, 400_063])
def test_one_changed_byte_is_noticed_and_mended(cache, path, place):
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 16
    path.write_bytes(damaged)
    assert is_content(cache.kept("tables/t", make))
    assert is_content(cache.kept("tables/t", never))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65_600, 400_063, 400_065])
def test_a_file_of_another_size_is_noticed_and_mended(cache, path, size):
    os.truncate(path, size)
    assert is_content(cache.kept("tables/t", make))
    assert is_content(cache.kept("tables/t", never))


def test_blocks_that_changed_places_are_noticed(cache, path):
    whole = path.read_bytes()
    path.write_bytes(whole[:64] + whole[65_600:131_136] + whole[64:65_600] + whole[131_136:])
    assert is_content(cache.kept("tables/t", make))


def test_what_is_in_use_stays_as_it_is_when_it_is_made_anew(cache, path):
    in_use = cache.kept("tables/t", never)
    shutil.copy(path, path.with_name("copy"))
    os.truncate(path.with_name("copy"), 99)
    path.with_name("copy").replace(path)
    cache.kept("tables/t", make)
    assert is_content(in_use)


def unwritable(tmp_path, name, say=None):
    (tmp_path / "file").touch()
    return Cache(tmp_path / "file" / "below", say).kept(name, make)


def test_below_a_file_nothing_can_be_kept_and_all_works_from_memory(tmp_path, said):
    assert is_content(unwritable(tmp_path, "tables/t", said.append))
    (line,) = said
    assert line.startswith(
        f"nothing can be kept in {tmp_path / 'file' / 'below' / 'tables'} (Not a"
    )
    assert "name another folder" in line


def test_it_is_said_once(tmp_path, said):
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file", said.append)
    assert is_content(cache.kept("tables/t", make))
    assert is_content(cache.kept("kernels/k", make))
    assert len(said) == 1


@contextmanager
def somebody():
    """Be a user whom permissions bind; root is not."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """Give a folder that any user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_full_cache_that_cannot_be_written_is_used(open_folder, said):
    Cache(open_folder).kept("tables/t", make)
    (open_folder / "tables").chmod(0o555)
    with somebody():
        assert not os.access(open_folder / "tables", os.W_OK, effective_ids=True)
        assert is_content(Cache(open_folder, said.append).kept("tables/t", never))
    assert said == []


def test_an_empty_cache_that_cannot_be_written_is_told_of(open_folder, said):
    open_folder.chmod(0o555)
    with somebody():
        assert is_content(Cache(open_folder, said.append).kept("tables/t", make))
    assert "Permission denied" in said[0]
    open_folder.chmod(0o755)


def test_a_disk_that_becomes_full_leaves_no_half_file(tmp_path, said):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        assert is_content(Cache(tmp_path, said.append).kept("tables/t", make))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large" in said[0]
    assert [each.name for each in (tmp_path / "tables").iterdir()] == [".lock"]


def test_what_fails_to_be_made_leaves_no_half_file(cache, tmp_path):
    def parts():
        yield b"half"
        raise ValueError("cannot go on")

    with pytest.raises(ValueError, match="cannot go on"):
        cache.kept("tables/t", lambda: Making(8, parts()))
    assert [each.name for each in (tmp_path / "new" / "tables").iterdir()] == [".lock"]


def test_many_processes_at_once_make_it_once(tmp_path):
    program = (
        "import sys, time, os\n"
        "from pathlib import Path\n"
        "from sentiment.serving.cache import Cache, Making\n"
        "def make():\n"
        "    (Path(sys.argv[1]) / f'made by {os.getpid()}').touch()\n"
        "    time.sleep(0.2)\n"
        "    return Making(1 << 20, [bytes([7]) * (1 << 20)])\n"
        "sys.stdin.read()\n"
        "assert (Cache(Path(sys.argv[1])).kept('tables/t', make) == 7).all()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(6)]
    for process in processes:
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0] * 6
    assert len(list(tmp_path.glob("made by *"))) == 1


def test_a_user_without_a_home_has_no_cache(monkeypatch, said):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert is_content(Cache(None, said.append).kept("tables/t", make))
    assert "Could not determine home directory" in said[0]


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_file_that_others_could_have_written_is_made_anew(cache, path, mode):
    path.chmod(mode)
    assert is_content(cache.kept("tables/t", make))
    assert path.stat().st_mode & 0o777 == 0o644
    assert is_content(cache.kept("tables/t", never))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_made_anew(cache, path):
    os.chown(path, NOBODY, NOBODY)
    assert is_content(cache.kept("tables/t", make))
    assert path.stat().st_uid == os.geteuid()


def test_a_file_made_anew_because_others_could_have_written_it_is_told_of(cache, path, said):
    path.chmod(0o664)
    cache.kept("tables/t", make)
    (line,) = said
    assert line.startswith(f"others could have written {path}: it was made anew")


def test_a_file_that_is_damaged_is_made_anew_without_a_word(cache, path, said):
    path.write_bytes(b"")
    cache.kept("tables/t", make)
    assert said == []


def test_a_whole_file_of_another_size_than_is_needed_is_made_anew(cache, path):
    cache.kept("tables/short", lambda: Making(8, [bytes(8)]))
    path.with_name("short").replace(path)
    assert is_content(cache.kept("tables/t", make, CONTENT.nbytes))
    assert is_content(cache.kept("tables/t", never, CONTENT.nbytes))


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path, said):
    (tmp_path / "tables").mkdir()
    (tmp_path / "target").write_text("dear")
    (tmp_path / "tables" / ".lock").symlink_to(tmp_path / "target")
    assert is_content(Cache(tmp_path, said.append).kept("tables/t", make))
    assert (tmp_path / "target").read_text() == "dear"
    assert "nothing can be kept" in said[0]


def test_what_a_killed_maker_left_is_removed_and_nothing_else(tmp_path):
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from sentiment.serving.cache import Cache, Making\n"
        "def parts():\n"
        "    yield b'half'\n"
        "    os.kill(os.getpid(), 9)\n"
        "Cache(Path(sys.argv[1])).kept(sys.argv[2], lambda: Making(8, parts()))\n"
    )
    for name in ("tables/t", "tables/other"):
        command = [sys.executable, "-c", program, str(tmp_path), name]
        assert subprocess.run(command, check=False).returncode == -9
    assert len(list(tmp_path.glob("tables/*.partial"))) == 2
    assert is_content(Cache(tmp_path).kept("tables/t", make))
    (left,) = tmp_path.glob("tables/*.partial")
    assert left.name.startswith("other.")
