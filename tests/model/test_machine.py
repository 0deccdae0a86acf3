"""Free memory as Linux tells it, from folders like its own."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from yingxi.model.machine import free_memory, host_memory  # noqa: E402

GB = 10**9


def system(root: Path, groups: str, files: dict[str, str | int]) -> Path:
    written = {"proc/meminfo": f"MemTotal: {32 * GB // 1024} kB\nMemAvailable: {16 * GB // 1024} kB\n"}
    for name, text in {**written, "proc/self/cgroup": groups, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(str(text))
    return root


def test_without_limits_it_is_what_is_available(tmp_path: Path) -> None:
    assert host_memory(system(tmp_path, "0::/\n", {})) == 16 * GB


def test_a_group_above_may_allow_less(tmp_path: Path) -> None:
    files = {
        "sys/fs/cgroup/box/job/memory.max": "max",
        "sys/fs/cgroup/box/job/memory.current": 3 * GB,
        "sys/fs/cgroup/box/job/memory.stat": "inactive_file 0",
        "sys/fs/cgroup/box/memory.max": 8 * GB,
        "sys/fs/cgroup/box/memory.current": 4 * GB,
        "sys/fs/cgroup/box/memory.stat": f"anon {3 * GB}\ninactive_file {GB}\n",
    }
    assert host_memory(system(tmp_path, "0::/box/job\n", files)) == 5 * GB


def test_the_first_version_of_groups_seen_from_within_a_container(tmp_path: Path) -> None:
    files = {
        "sys/fs/cgroup/memory/memory.limit_in_bytes": 4 * GB,
        "sys/fs/cgroup/memory/memory.usage_in_bytes": 2 * GB,
        "sys/fs/cgroup/memory/memory.stat": f"total_inactive_file {GB // 2}\n",
    }
    groups = "5:cpu,cpuacct:/docker/1f\n4:memory:/docker/1f\n0::/\n"
    assert host_memory(system(tmp_path, groups, files)) == 2.5 * GB


def test_a_system_without_proc_says_how_much_there_is(tmp_path: Path) -> None:
    whole = host_memory(tmp_path)
    here = free_memory(torch.device("cpu"))
    assert whole is not None
    assert here is not None
    assert 0 < here <= whole
