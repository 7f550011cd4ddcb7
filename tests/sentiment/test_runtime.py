import os
import subprocess
import sys

from sentiment.runtime import _without_noise

PROGRAM = """
import sys
import sentiment
assert not {"tensorflow", "keras", "numpy", "sklearn", "emoji"} & set(sys.modules)
from sentiment.runtime import tensorflow, use_threads
use_threads(1)
assert tensorflow.config.threading.get_intra_op_parallelism_threads() == 1
tensorflow.linalg.matmul(tensorflow.ones((2, 2)), tensorflow.ones((2, 2)))
use_threads(2)
assert tensorflow.config.threading.get_intra_op_parallelism_threads() == 1
print("done")
"""


def run(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_tensorflow_starts_silently_and_with_our_threads():
    done = run(PROGRAM)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_a_log_level_of_the_users_is_left_alone():
    program = "import os, sentiment.runtime; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])"
    done = run(program, TF_CPP_MIN_LOG_LEVEL="0")
    assert done.stdout == "0\n"
    assert "I0000" in done.stderr


def test_what_others_write_meanwhile_is_not_lost(capfd):
    with _without_noise():
        os.write(2, b"I0000 00:00:1795252729.98    5547 port.cc:153] oneDNN is on.\n")
        os.write(2, b"a warning of someone else's\n")
    assert capfd.readouterr().err == "a warning of someone else's\n"
