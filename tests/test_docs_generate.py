"""docs/generate.md does what it says: every line runs, with a tiny nano, tiny checkpoints and a local server."""

import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from safetensors.torch import save_file  # noqa: E402

from yingxi.cli import main  # noqa: E402
from yingxi.core.clip import Clip  # noqa: E402
from yingxi.model import nano as nano_module  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402
from yingxi.safety.verify import verify  # noqa: E402

ROOT = Path(__file__).parents[1]


def load(path: str) -> ModuleType:
    """A module that is in no package."""
    name = f"docs_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


pictures = load("dev/generate_pictures.py")

WAN, LTX = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "Lightricks/LTX-Video"
SIZE = "480x320"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the page takes from elsewhere: a tiny Wan under each name (one read by us, one by diffusers)
    and a LoRA for it."""
    folder = tmp_path_factory.mktemp("checkpoints")
    tiny = load("tests/model/wan/tiny.py")
    for name in (WAN, LTX):
        tiny.write(folder / name, "t2v")
    key = "transformer.blocks.0.attn1.to_q.lora_{}.weight"
    save_file({key.format("A"): torch.ones(2, 48), key.format("B"): torch.ones(48, 2)}, folder / "ink.safetensors")
    return folder


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nano_folder: Path, checkpoints: Path, working: Any) -> Path:
    """The page in an empty folder with the checkpoints, the server's address in it and the large size made small."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(nano_module, "load", lambda: Nano(nano_folder, torch.float32))
    for path in checkpoints.iterdir():
        (tmp_path / path.name).symlink_to(path)
    text = pictures.PAGE.read_text(encoding="utf-8")
    for given, instead in {"http://localhost:8000/v1": working.url, SIZE: "32x32"}.items():
        assert given in text
        text = text.replace(given, instead)
    copy = tmp_path / "generate.md"
    copy.write_text(text, encoding="utf-8")
    return copy


def whole(path: Path) -> bool:
    labels = verify(path)
    return labels.whole and labels.ai_labelled


@pytest.mark.slow
def test_the_python_runs_and_keeps_what_the_page_promises(page: Path, tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    for section in pictures.sections(page):
        made = pictures.execute(section, names, page)
        if section.picture:
            assert pictures.write_sheet(made, section.picture) > 0
    saved = re.findall(r'save\("(.*?)"\)', page.read_text(encoding="utf-8"))
    assert saved
    assert all(whole(tmp_path / name) for name in saved)

    clips = {name: value.frames for name, value in names.items() if isinstance(value, Clip)}
    river, snow = clips["river"], clips["snow"]
    for start, part in {
        "after": river, "both": river, "general": names["wall"][None], "nightfall": names["day"][None],
        "passing": names["night"][None],
    }.items():  # fmt: skip
        assert np.array_equal(clips[start][: len(part)], part)
    for end, part in {"before": river, "both": snow, "nightfall": names["night"][None]}.items():
        assert np.array_equal(clips[end][-len(part) :], part)
    assert np.array_equal(clips["passing"][12:24], river[:12])
    assert {name: len(clips[name]) for name in ("after", "loop", "lightly", "shots")} == {
        "after": 48, "loop": 24, "lightly": 24, "shots": 48,
    }  # fmt: skip
    assert list(names["becoming"]) == [3, 5, 8, 10, 12]
    assert names["found"].frames.shape == river.shape


@pytest.mark.slow
def test_the_shell_lines_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for section in pictures.sections(page):
        for snippet in section.snippets:
            if snippet.language == "text":
                (tmp_path / snippet.name).write_text(snippet.code, encoding="utf-8")
            if snippet.language == "sh":
                for command in snippet.code.replace("\\\n", " ").splitlines():
                    arguments = shlex.split(command)
                    assert arguments[0] == "yingxi"
                    monkeypatch.setattr(sys, "argv", arguments)
                    with pytest.raises(SystemExit) as end:
                        main()
                    assert end.value.code == 0, command
                    out = tmp_path / arguments[arguments.index("-o") + 1]
                    assert whole(out / "contact_sheet.png" if out.is_dir() else out), command
    assert len(list((tmp_path / "stills").glob("0*.png"))) == 6
    assert len(list((tmp_path / "becoming").iterdir())) == 5


def test_every_sheet_is_there_and_small() -> None:
    linked = {section.picture for section in pictures.sections() if section.picture}
    assert linked == set((ROOT / "docs" / "generate").iterdir())
    assert all(path.suffix == ".webp" and path.stat().st_size < 300_000 for path in linked)


def test_no_line_of_the_page_is_left_out() -> None:
    snippets = [snippet for section in pictures.sections() for snippet in section.snippets]
    assert pictures.PAGE.read_text(encoding="utf-8").count("```") == 2 * len(snippets)
    assert {snippet.language for snippet in snippets} == {"sh", "python", "text"}
