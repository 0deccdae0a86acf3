"""A build killed at any moment is completed by the next, with nothing lost and nothing half written."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from yingxi.core.errors import YingxiError
from yingxi.film.build import build
from yingxi.film.folder import Folder
from yingxi.media.video import probe
from yingxi.safety.verify import verify


def begin(company_file: Path, root: Path, story: Path, *extra: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", str(company_file), str(root), str(story), *extra]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def takes_of(root: Path) -> set[str]:
    return {p.name for p in (root / "takes").glob("[0-9a-f]*")} if (root / "takes").is_dir() else set()


def is_whole(root: Path) -> None:
    """Nothing at the place of a finished file is half written."""
    for take in takes_of(root):
        assert (root / "takes" / take / "take.json").is_file()
        assert any((root / "takes" / take / name).is_file() for name in ("clip.mp4", "still.png"))
    if (root / "film.mp4").exists():
        assert verify(root / "film.mp4").whole


@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_killed_and_run_again(company: ModuleType, company_file: Path, story: Path, root: Path, seed: int) -> None:
    chance = random.Random(seed)
    extra = ["sampled"] if seed % 2 else []
    for _ in range(3):
        process = begin(company_file, root, story, *extra)
        time.sleep(chance.uniform(0.05, 1.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        is_whole(root)
    before = takes_of(root)
    by = company.Company(sampled=bool(extra))
    result = build(root, by.crew, story=story, changes=company.SMALL)
    assert before <= takes_of(root)  # what was made before is used
    is_whole(root)
    assert probe(result.film).seconds > 3
    assert not list(root.rglob(".making-*"))
    assert [p.name for p in root.rglob(".*")] == [".lock"]
    again = company.Company(sampled=bool(extra))
    assert build(root, again.crew, story=story, changes=company.SMALL).made == []
    assert again.woken == []


def test_a_second_build_at_once_is_told(company: ModuleType, company_file: Path, story: Path, root: Path) -> None:
    process = begin(company_file, root, story, "sampled")
    while process.poll() is None and not (root / ".lock").exists():
        time.sleep(0.01)
    try:
        with pytest.raises(YingxiError, match=r"another yingxi is making .*fox\.film"):
            build(root, company.Company().crew, story=story)
    finally:
        process.kill()
        process.communicate()


class Interrupting:
    """Progress that is interrupted after so many steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def task(self, name: str, total: float) -> "Interrupting":
        return self

    def __enter__(self) -> "Interrupting":
        return self

    def __exit__(self, *_: object) -> None: ...

    def __call__(self, amount: float) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("steps", [0, 2, 9, 40, 80])
def test_an_interrupt_leaves_no_half_files(
    company: ModuleType, story: Path, root: Path, make: Callable[..., Any], steps: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(root, company.Company().crew, story=story, changes=company.SMALL, progress=Interrupting(steps))
    assert not list(root.rglob(".making-*"))
    assert {p.name for p in root.rglob(".*")} <= {".lock"}
    assert make().made[-1] == "film"


def test_a_folder_is_free_after_its_build(root: Path) -> None:
    root.mkdir()
    folder = Folder(root)
    with folder.locked(), pytest.raises(YingxiError, match="another yingxi"), folder.locked():
        pass
    with folder.locked():
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on files' sizes")
def test_a_disk_that_takes_no_more(company_file: Path, story: Path, root: Path, make: Callable[..., Any]) -> None:
    limit = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); "
    limit += "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-W", "ignore", "-c", limit, str(company_file), str(root), str(story)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "yingxi.core.errors.YingxiError: cannot" in done.stderr
    is_whole(root)
    assert make().made[-1] == "film"
