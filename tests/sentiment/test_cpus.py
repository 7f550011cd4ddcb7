import os

import pytest

from sentiment.cpus import available_cpus


@pytest.fixture
def allowed(monkeypatch):
    """Let the scheduler allow eight processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("content", "cpus"),
    [("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8),
     ("9900000 100000", 8), ("0 100000", 8), ("", 8), ("garbage", 8)],
)  # fmt: skip
def test_a_quota_of_control_groups_version_2_is_kept(tmp_path, content, cpus):
    (tmp_path / "cpu.max").write_text(content + "\n")
    assert available_cpus(tmp_path) == cpus


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(("quota", "cpus"), [("300000", 3), ("-1", 8)])
def test_a_quota_of_control_groups_version_1_is_kept(tmp_path, quota, cpus):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota + "\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert available_cpus(tmp_path) == cpus


@pytest.mark.usefixtures("allowed")
def test_without_control_groups_the_scheduler_decides(tmp_path):
    assert available_cpus(tmp_path) == 8


def test_this_machine_has_at_least_one():
    assert 1 <= available_cpus() <= (os.cpu_count() or 1)
