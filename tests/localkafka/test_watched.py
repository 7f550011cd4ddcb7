import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localkafka import FolderInUse, LocalKafkaError
from localkafka.watched import WatchedProgram

PARENT = """
import sys
from pathlib import Path
from localkafka.watched import WatchedProgram

folder = Path(sys.argv[1])
program = WatchedProgram(folder, temporary=sys.argv[2] == "temporary", alone=True)
print(program.start(["sleep", "600"], folder / "log"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def program(tmp_path):
    program = WatchedProgram(tmp_path, alone=True)
    yield program
    program.close()


def start_parent(folder, kind):
    """Start a process that has a program watched, and return it with the program's pid."""
    folder.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, folder, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return parent, int(parent.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_program_ends_with_its_parent_however_that_is_killed(
    tmp_path, eventually, is_alive, number
):
    folder = tmp_path / "folder"
    parent, pid = start_parent(folder, "temporary")
    assert is_alive(pid)
    parent.send_signal(number)
    parent.communicate()
    eventually(lambda: not is_alive(pid))
    eventually(lambda: not folder.exists())


def test_a_folder_that_is_to_be_kept_outlives_a_killed_parent(tmp_path, eventually, is_alive):
    parent, pid = start_parent(tmp_path / "folder", "kept")
    parent.kill()
    parent.communicate()
    eventually(lambda: not is_alive(pid))
    assert (tmp_path / "folder" / "log").exists()


def test_an_interrupt_in_the_terminal_does_not_reach_the_program(program, tmp_path, is_alive):
    pid = program.start(["sleep", "600"], tmp_path / "log")
    assert os.getpgid(pid) != os.getpgid(0)
    assert os.getsid(pid) != os.getsid(0)


def test_what_the_program_says_is_appended_to_the_log(program, tmp_path, eventually):
    log = tmp_path / "log"
    log.write_text("before\n")
    program.start(["sh", "-c", "echo out; echo err >&2"], log)
    eventually(lambda: program.exit_code() == 0)
    assert log.read_text() == "before\nout\nerr\n"


def test_a_stopped_program_may_clean_up_and_a_killed_one_may_not(program, tmp_path, eventually):
    script = "trap 'echo clean; exit 3' TERM; echo ready; while :; do sleep 0.01; done"
    for end, code, said in [
        (program.stop, 3, "ready\nclean\n"),
        (program.kill, -signal.SIGKILL, "ready\n"),
    ]:
        log = tmp_path / f"{code}.log"
        program.start(["sh", "-c", script], log)
        eventually(lambda log=log: log.read_text() == "ready\n")
        assert program.exit_code() is None
        assert end() == code
        assert log.read_text() == said


def test_a_program_that_is_not_there_is_one_clear_line(program, tmp_path):
    with pytest.raises(LocalKafkaError, match=r"cannot start Kafka: .*'/no/java'"):
        program.start(["/no/java"], tmp_path / "log")


def test_a_log_that_cannot_be_written_is_one_clear_line(program):
    with pytest.raises(LocalKafkaError, match=r"cannot start Kafka: .*'/no/folder/log'"):
        program.start(["true"], Path("/no/folder/log"))


def test_a_folder_is_locked_until_the_program_in_it_has_ended(program, tmp_path, eventually):
    pid = program.start(["sleep", "600"], tmp_path / "log")
    program._watchdog.kill()
    program._watchdog.wait()
    with pytest.raises(FolderInUse):
        WatchedProgram(tmp_path, alone=True)
    os.kill(pid, signal.SIGKILL)

    def is_free():
        try:
            WatchedProgram(tmp_path, alone=True).close()
        except FolderInUse:
            return False
        return True

    eventually(is_free)


def test_programs_that_need_not_be_alone_share_a_folder(program, tmp_path):
    program.start(["sleep", "600"], tmp_path / "log")
    guests = [WatchedProgram(tmp_path) for _ in range(2)]
    try:
        for guest in guests:
            guest.start([sys.executable, "-c", ""], tmp_path / "log")
    finally:
        for guest in guests:
            guest.close()


def test_an_answer_that_nobody_read_is_not_taken_for_the_next(program, tmp_path):
    program.start(["sleep", "600"], tmp_path / "log")
    program._requests.write('{"number": 999, "do": "look"}\n')
    assert program.kill() == -signal.SIGKILL


def test_a_watchdog_that_was_killed_is_reported(tmp_path):
    program = WatchedProgram(tmp_path, alone=True)
    program._watchdog.kill()
    program._watchdog.wait()
    with pytest.raises(LocalKafkaError, match="ended from outside"):
        program.exit_code()
    program.close()
