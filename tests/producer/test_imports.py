"""The producer's image has no TensorFlow, and its programs never ask for it."""

import subprocess
import sys
from pathlib import Path


def test_the_producer_imports_nothing_that_scores():
    program = "import sys, producer.__main__; print(*sys.modules, sep='\\n')"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    packages = {module.partition(".")[0] for module in ran.stdout.split()}
    assert "kafka" in packages
    assert packages.isdisjoint(
        {"tensorflow", "keras", "numpy", "sentiment", "worker", "localkafka"}
    )
