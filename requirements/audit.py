"""Ask a vulnerability service about every release that the locks name, and ruff about our own code.

Options are handed on to pip-audit, for example `--vulnerability-service osv`. The exit code is 1
where something was found, and 2 where the service did not answer for all: pip-audit itself calls a
release that its service does not know skipped, and ends as if all were well.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOUND, NOT_AUDITED = 1, 2


@dataclass(frozen=True, slots=True)
class Audit:
    """What the service said about a lock.

    Attributes:
        audited: Releases that it knows.
        vulnerable: A line for each vulnerability of one of them.
        skipped: Releases that it said nothing about.
        failure: Why it said nothing at all.
    """

    audited: int = 0
    vulnerable: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failure: str | None = None

    @property
    def exit_code(self) -> int:
        """0 where all is known to be well."""
        if self.vulnerable:
            return FOUND
        return NOT_AUDITED if self.skipped or self.failure or not self.audited else 0

    def lines(self, lock: str) -> Iterator[str]:
        """Yield what to tell about it."""
        yield from self.vulnerable
        if self.failure:
            yield f"{lock}: not audited, the vulnerability service did not answer: {self.failure}"
        elif self.skipped:
            some = ", ".join(self.skipped[:3])
            yield (
                f"{lock}: {len(self.skipped)} of {self.audited + len(self.skipped)} releases not "
                f"audited, the vulnerability service does not know them ({some}, ...): is it the "
                "service, or a mirror without vulnerabilities?"
            )
        elif not self.vulnerable:
            yield f"{lock}: no known vulnerability in {self.audited} releases"


def audit(lock: Path, options: Sequence[str]) -> Audit:
    """Ask about all that a lock names for this platform."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--requirement", str(lock)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        reasons = done.stderr.strip().splitlines()
        return Audit(failure=reasons[-1] if reasons else f"exit code {done.returncode}")
    return read_report(report["dependencies"])


def read_report(dependencies: Sequence[dict[str, Any]]) -> Audit:
    """Read what pip-audit writes as JSON about each release."""
    vulnerable, skipped = [], []
    for each in dependencies:
        if "skip_reason" in each:
            skipped.append(str(each["name"]))
        for known in each.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "no release yet"
            vulnerable.append(
                f"{each['name']} {each['version']}: {known['id']}, mended by {mended}"
            )
    return Audit(len(dependencies) - len(skipped), tuple(vulnerable), tuple(skipped))


def main(options: Sequence[str]) -> int:
    """Audit every lock and our own code; return the exit code."""
    codes = []
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        told = audit(lock, options)
        print(*told.lines(f"requirements/{lock.name}"), sep="\n", flush=True)
        codes.append(told.exit_code)
    print("ruff's security rules (those of bandit), over our own code:", flush=True)
    codes.append(check_code())
    return FOUND if FOUND in codes else max(codes)


def check_code() -> int:
    """Check our own code; return the exit code."""
    # To select rules switches on what pyproject.toml leaves out, with its reasons.
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    left_out = [rule for rule in settings["tool"]["ruff"]["lint"]["ignore"] if rule[0] == "S"]
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "S", "--ignore", ",".join(left_out)]
    return FOUND if subprocess.call([*ruff, "."], cwd=ROOT) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
