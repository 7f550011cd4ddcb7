"""Write dist/sbom-*.cdx.json: what is in each image, with hashes, in CycloneDX's format.

They are made of the locks, so they hold what a build on any platform may install. The same locks
give the same bytes.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ("worker", "producer")


def write(image: str, folder: Path) -> Path:
    """Write an image's bill of materials; return where it is."""
    path = folder / f"sbom-{image}.cdx.json"
    # It warns that a lock does not tell who needs whom.
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements"]
    command += ["--pyproject", "pyproject.toml", "--mc-type", "application"]
    command += ["--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible"]
    command += ["--validate", "--output-file", str(path), f"requirements/{image}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)
    return path


if __name__ == "__main__":
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    for image in IMAGES:
        print(write(image, dist).relative_to(ROOT))
