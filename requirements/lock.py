"""Write requirements/*.txt from pyproject.toml: every version pinned, every file hashed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ("worker", "producer", "train")


def compile_lock(output: str, *arguments: str) -> None:
    """Lock what `arguments` select into requirements/`output`."""
    print(f"requirements/{output}")
    options = "--universal --python-version 3.11 --generate-hashes --quiet --no-emit-index-url"
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options.split()]
    command += ["--custom-compile-command", "make lock"]
    command += ["--output-file", f"requirements/{output}", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    # Everything first; the images' locks are then held to the same versions.
    compile_lock("dev.txt", "--all-extras")
    for image in IMAGES:
        compile_lock(f"{image}.txt", "--extra", image, "--constraint", "requirements/dev.txt")
