"""How much memory is free, here and on an accelerator."""

import os
from pathlib import Path

import torch


def free_memory(device: torch.device) -> int | None:
    """Bytes that can still be taken on a device; None where the system does not say."""
    if device.type == "cuda":
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return host_memory()


def host_memory(root: Path = Path("/")) -> int | None:
    """Bytes that this process can still take of the main memory, below what its control groups allow.

    Linux says what is available; other systems say only how much there is. `root` is where `proc` and `sys` are.
    """
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
    except OSError:
        names = getattr(os, "sysconf_names", {})
        if "SC_PHYS_PAGES" not in names:
            return None
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    sizes = dict(line.split(":") for line in lines if ":" in line)
    available = int(sizes["MemAvailable"].split()[0]) * 1024
    return min([available, *_allowed(root)])


def _allowed(root: Path) -> list[int]:
    """What each control group above this process still allows: its limit less its use, cached files not counted."""
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    left = []
    for line in groups:
        _, kinds, name = line.split(":", 2)
        if kinds == "":
            top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        elif "memory" in kinds.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            top = root / "sys/fs/cgroup/memory"
        else:
            continue
        # Inside a container the group's path may be that outside of it: then only the top is there.
        folder = top / name.lstrip("/")
        left += [
            room for path in (folder, *folder.parents) if path.is_relative_to(top) for room in _room(path, *names)
        ]
    return left


def _room(folder: Path, limit: str, used: str, cached: str) -> list[int]:
    try:
        most, now = (folder / limit).read_text().strip(), int((folder / used).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except OSError:
        return []
    return [] if most == "max" else [int(most) - now + int(stat.get(cached, 0))]
