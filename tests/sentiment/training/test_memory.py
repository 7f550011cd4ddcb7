import pytest

from sentiment.errors import SettingsError
from sentiment.settings import NetworkSettings
from sentiment.training import memory
from sentiment.training.memory import available_bytes, check_memory


def test_a_network_that_does_not_fit_is_refused_before_it_is_made():
    sizes = NetworkSettings(2_000_000, embedding_size=65_536)
    with pytest.raises(SettingsError, match=r"3145\.7 GB to learn, and 25\.0 GB are free"):
        check_memory(sizes, 25_000_000_000)
    check_memory(NetworkSettings(20_000), 25_000_000_000)
    check_memory(NetworkSettings(20_000))


def test_the_memory_of_the_machine_or_of_the_container_is_told(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    2048 kB\n")
    (tmp_path / "max").write_text("max\n")
    monkeypatch.setattr(memory, "_MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "max")
    assert available_bytes() == 2048 * 1024
    (tmp_path / "max").write_text("1000000\n")
    assert available_bytes() == 1_000_000
    monkeypatch.setattr(memory, "_MACHINE", tmp_path / "none")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "none")
    assert available_bytes() is None
