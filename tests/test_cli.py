"""The command line as a person meets it: mistakes are one sentence and exit code 2, and nothing is damaged."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from yingxi.cli import main

STORY = "The Lantern\n\nThe monk walked over the bridge at dusk. “Who is there?” asked the monk. A tiger ran away.\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `yingxi ARGUMENTS` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yingxi", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return command


def is_one_sentence(text: str) -> bool:
    return "Traceback" not in text and text.startswith("yingxi: ") and text.strip().count("\n") == 0


def picture(path: Path) -> None:
    from yingxi.media.picture import write_png

    write_png(path, np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.txt", None, "missing.txt"),
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n \n", "blank.txt"),
        ("archive.txt", b"PK\x03\x04" + bytes(range(256)) * 4, "archive.txt"),
        ("noise.txt", bytes([0, 1, 2, 3, 0xFE, 0x81, 0xFF]) * 300, "noise.txt"),
        ("signs.txt", b"*** --- ***\n\n...\n", "sentence"),
    ],
)
def test_what_is_no_story_is_told(run: Run, tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, _, err = run("make", path)
    assert code == 2
    assert is_one_sentence(err), err
    assert says in err
    assert not (tmp_path / name).with_suffix(".film").exists()


def test_a_picture_is_no_story(run: Run, tmp_path: Path) -> None:
    picture(tmp_path / "photo.txt")
    code, _, err = run("make", tmp_path / "photo.txt")
    assert code == 2
    assert is_one_sentence(err), err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--size", "huge"), "WIDTHxHEIGHT"),
        (("--size", "10x10"), "10x10"),
        (("--size", "99998x99998"), "99998"),
        (("--seconds", "0"), "seconds"),
        (("--seconds", "-5"), "seconds"),
        (("--model", "sora"), "sora"),
        (("--takes", "0"), "takes"),
        (("--seed", "-1"), "seed"),
    ],
)
def test_settings_out_of_range_are_told(run: Run, tmp_path: Path, options: tuple[str, str], says: str) -> None:
    (tmp_path / "story.txt").write_text(STORY)
    code, _, err = run("make", "story.txt", *options)
    assert code == 2
    assert is_one_sentence(err), err
    assert says in err


@pytest.mark.parametrize(
    "arguments", [("make",), ("make", "a", "--language", "fr"), ("nonsense",), ("generate", "x")]
)
def test_usage(run: Run, arguments: tuple[str, ...]) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert "Traceback" not in err


def test_an_unwritable_output_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY)
    (tmp_path / "file").write_text("not a folder")
    code, _, err = run("make", "story.txt", "-o", "file/film")
    assert code == 2
    assert is_one_sentence(err), err
    assert (tmp_path / "file").read_text() == "not a folder"


def test_generate_tells_before_any_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for arguments, says in [
        (("--model", "sora", "-o", "a.mp4"), "sora"),
        (("--model", "stage", "-o", "a.gif"), ".mp4"),
        (("--model", "stage", "-o", "a.mp4", "--size", "10x10"), "10x10"),
        (("--model", "stage", "-o", "a.mp4", "--seconds", "-1"), "seconds"),
        (("--model", "stage", "-o", "a.mp4", "--image", "none.png"), "none.png"),
        (("--model", "stage", "-o", "file/a.mp4", "--seconds", "0.1", "--size", "96x64"), "file"),
    ]:
        code, _, err = run("generate", "a monk bows", *arguments)
        assert code == 2, (arguments, err)
        assert says in err
        assert "Traceback" not in err


def test_generate_draw_and_verify(run: Run, tmp_path: Path) -> None:
    code, out, err = run(
        "generate", "a monk bows in a temple", "-o", "monk.mp4", "--model", "stage", "--seconds", "0.5",
        "--size", "192x108",
    )  # fmt: skip
    assert code == 0, err
    assert "monk.mp4" in out
    code, out, _ = run("verify", "monk.mp4")
    assert code == 0
    assert "unchanged" in out
    code, out, err = run(
        "draw", "一只老虎在竹林里走", "-o", "stills", "-n", "4", "--model", "stage", "--size", "96x64"
    )
    assert code == 0, err
    assert len(list((tmp_path / "stills").glob("0*.png"))) == 4
    assert run("verify", "stills/contact_sheet.png")[0] == 0
    data = bytearray((tmp_path / "monk.mp4").read_bytes())
    data[-100] ^= 1
    (tmp_path / "monk.mp4").write_bytes(data)
    assert run("verify", "monk.mp4")[0] == 1
    picture(tmp_path / "bare.png")
    assert run("verify", "bare.png")[0] == 1
    assert run("verify", "nothing.mp4")[0] == 2


def test_status_of_no_film(run: Run, tmp_path: Path) -> None:
    code, _, err = run("status", tmp_path)
    assert code == 2
    assert is_one_sentence(err), err


def test_doctor(run: Run) -> None:
    code, out, _ = run("doctor")
    assert code == 0
    assert "model stage: ready" in out
    assert "--model auto is " in out


def test_importing_the_package_is_light() -> None:
    import subprocess

    heavy = ("torch", "skia", "spacy", "av", "onnxruntime")
    code = f"import sys, yingxi, yingxi.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
