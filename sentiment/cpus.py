"""How many processors this process may use, which in a container is fewer than it sees."""

import math
import os
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")


def available_cpus(cgroup_root: Path = CGROUP_ROOT) -> int:
    """Return the processors to plan threads for, at least 1.

    The smaller of the processors that the scheduler allows and the quota of the container's
    control group (version 2 or 1), a part of a processor counted as one.
    """
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        allowed = os.cpu_count() or 1
    quota = _quota_v2(cgroup_root) or _quota_v1(cgroup_root)
    return max(1, min(allowed, math.ceil(quota))) if quota else allowed


def _quota_v2(root: Path) -> float | None:
    """Processors granted by `cpu.max`: "150000 100000" is 1.5, "max 100000" is no limit."""
    return _ratio(*_words(root / "cpu.max"))


def _quota_v1(root: Path) -> float | None:
    """Processors granted by the older pair of files; a quota of -1 is no limit."""
    return _ratio(
        *_words(root / "cpu" / "cpu.cfs_quota_us"), *_words(root / "cpu" / "cpu.cfs_period_us")
    )


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError:
        return []


def _ratio(quota: str = "max", period: str = "0", *_: str) -> float | None:
    if not (quota.isdigit() and period.isdigit() and int(quota) and int(period)):
        return None
    return int(quota) / int(period)
