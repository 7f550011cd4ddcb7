"""Write requirements/*.txt from pyproject.toml: every version pinned, every file hashed."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ("worker", "producer", "train")
# In an environment of its own: the peers hold back libraries that we share with them.
BENCHMARK = ("worker", "local", "bench")


def compile_lock(output: str, *arguments: str) -> None:
    """Lock what `arguments` select into requirements/`output`."""
    print(f"requirements/{output}")
    options = "--universal --python-version 3.11 --generate-hashes --quiet --no-emit-index-url"
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options.split()]
    command += ["--custom-compile-command", "make lock"]
    command += ["--output-file", f"requirements/{output}", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def extras(names: Iterable[str]) -> list[str]:
    """Return the options that select these extras."""
    return [option for name in names for option in ("--extra", name)]


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # Everything but the peers first; the images' locks are then held to the same versions.
    compile_lock("dev.txt", *extras(sorted(project["optional-dependencies"].keys() - {"bench"})))
    for image in IMAGES:
        compile_lock(f"{image}.txt", *extras([image]), "--constraint", "requirements/dev.txt")
    compile_lock("bench.txt", *extras(BENCHMARK))
