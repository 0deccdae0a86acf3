"""The command line as a person meets it: mistakes are one sentence and exit code 2, and nothing is damaged."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from video_server import Server

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


def video(path: Path, count: int = 12, fps: float = 12, size: tuple[int, int] = (96, 64)) -> None:
    from yingxi.media.video import write_take

    write_take(path, (np.full((size[1], size[0], 3), 20 * i % 200, np.uint8) for i in range(count)), fps)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("x", "--mode", "extend"), "--video"),
        (("x", "--video", "good.mp4"), "--mode"),
        (("x", "--video", "good.mp4", "--mode", "connect"), "--with"),
        (("x", "--video", "good.mp4", "--mode", "extend", "--with", "good.mp4"), "--with"),
        (("x", "--video", "none.mp4", "--mode", "extend"), "none.mp4"),
        (("x", "--video", "broken.mp4", "--mode", "extend"), "broken.mp4"),
        (("x", "--video", "good.mp4", "--mode", "connect", "--with", "none.mp4"), "none.mp4"),
        (("x", "--video", "good.mp4", "--mode", "edit", "--strength", "0"), "strength"),
        (("x", "--video", "good.mp4", "--mode", "edit", "--strength", "1.5"), "strength"),
        (("x", "--video", "good.mp4", "--mode", "edit", "--seconds", "9"), "as long as its source"),
        (("x", "--video", "good.mp4", "--mode", "extend", "--image", "a.png"), "first frame"),
        (("x", "--strength", "0.5"), "source"),
        (("x", "--seconds", "1e9"), "seconds"),
        (("x", "--seconds", "nan"), "seconds"),
        (("x", "--loop", "--image", "a.png"), "loop"),
        (("x", "--loop", "--seconds", "0"), "loop"),
        (("x", "--guidance", "99"), "guidance"),
        (("x", "--lora", "a.safetensors"), "LoRA"),
        (("x", "--offload"), "offloading"),
        (("x", "--compile"), "compiling"),
        (("x", "--image", "broken.png"), "broken.png"),
        (("x", "--shots", "shots.txt"), "not both"),
        (("--shots", "none.txt"), "none.txt"),
        (("--shots", "bad.txt"), "bad.txt:2"),
        (("--shots", "empty.txt"), "no shots"),
        ((), "prompt"),
        (("x", "--model", "nowhere/"), "nowhere"),
        (("x", "--model", "http://127.0.0.1:9/v1"), "127.0.0.1"),
        (("x", "--model", "diffusers:a.png"), "a.png"),
        (("x", "--preview", "a.png/there"), "a.png"),
        (("x", "--preview", "there", "--model", "stage"), "previews"),
    ],
)
def test_generate_tells_what_does_not_go_together(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    video(tmp_path / "good.mp4")
    (tmp_path / "broken.mp4").write_bytes((tmp_path / "good.mp4").read_bytes()[:300])
    picture(tmp_path / "a.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "a.safetensors").touch()
    (tmp_path / "shots.txt").write_text("1 a monk\n2.5 a tiger runs\n")
    (tmp_path / "bad.txt").write_text("1 a monk\na tiger runs\n")
    (tmp_path / "empty.txt").write_text("# nothing yet\n\n")
    code, _, err = run("generate", *arguments, "-o", "out.mp4")
    assert code == 2, err
    assert says in err
    assert is_one_sentence(err), err
    assert not (tmp_path / "out.mp4").exists()


def test_a_large_picture_of_a_video_is_made_small_while_it_is_read(tmp_path: Path) -> None:
    from yingxi.app import load
    from yingxi.core.shapes import Size
    from yingxi.generate.given import read_video

    video(tmp_path / "large.mp4", size=(640, 200))
    clip = read_video(tmp_path / "large.mp4", Size(96, 60), load("stage").capabilities)
    assert clip.size == Size(192, 60)
    assert clip.fps == 12


def test_a_clip_in_a_picture_is_told_before_the_work(run: Run) -> None:
    code, _, err = run("generate", "a monk", "-o", "a.png", "--seconds", "1", "--model", "stage")
    assert code == 2
    assert "only one frame" in err


def test_the_whole_way_of_a_clip(run: Run, tmp_path: Path, nano_folder: Path) -> None:
    from yingxi.media.video import probe, read_frames

    def made(name: str, *options: object) -> int:
        code, _, err = run("generate", "a monk", "-o", name, "--model", nano_folder, "--steps", "2", *options)
        assert code == 0, err
        return len(list(read_frames(tmp_path / name)))

    assert made("still.png") == 1
    assert made("first.mp4", "--seconds", "1", "--image", "still.png", "--last-image", "still.png") == 12
    assert made("longer.mp4", "--seconds", "1", "--video", "first.mp4", "--mode", "extend") == 24
    assert made("before.mp4", "--seconds", "1", "--video", "first.mp4", "--mode", "prepend") == 24
    assert (
        made("both.mp4", "--seconds", "1", "--video", "first.mp4", "--mode", "connect", "--with", "longer.mp4") == 48
    )
    assert made("edited.mp4", "--video", "first.mp4", "--mode", "edit", "--strength", "0.7") == 12
    assert made("loop.mp4", "--loop", "--seconds", "1", "--negative", "rain", "--guidance", "3") == 12
    assert made("seen.mp4", "--seconds", "1", "--preview", "previews") == 12
    assert run("verify", "longer.mp4")[0] == 0
    said = run("verify", "first.mp4")[1]
    assert "source: compositeWithTrainedAlgorithmicMedia\n" in said
    assert "given: still.png\n" in said
    assert run("verify", next((tmp_path / "previews").glob("*.png")))[0] == 0
    assert probe(tmp_path / "edited.mp4").fps == 12
    (tmp_path / "shots.txt").write_text("1 a monk bows\n\n# then\n1.5 a monk\n")
    code, _, err = run("generate", "--shots", "shots.txt", "-o", "shots.mp4", "--model", nano_folder, "--steps", "2")
    assert code == 0, err
    assert len(list(read_frames(tmp_path / "shots.mp4"))) == 30


@pytest.mark.parametrize(("option", "kinds"), [((), ["video", "audio"]), (("--clip-sound", "drop"), ["video"])])
def test_what_a_server_lets_be_heard(
    run: Run, tmp_path: Path, server: Server, sounding: bytes, option: tuple[str, ...], kinds: list[str]
) -> None:
    from yingxi.media.video import probe

    server.job({"status": "completed"})
    server.gives(sounding)
    code, _, err = run("generate", "a crane", "--model", server.url, "--seconds", "1", *option, "-o", "crane.mp4")
    assert code == 0, err
    assert [stream.kind for stream in probe(tmp_path / "crane.mp4").streams] == kinds


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


def test_lint_says_with_its_exit_code_what_it_found(run: Run, tmp_path: Path) -> None:
    story = tmp_path / "night.txt"
    story.write_text("The Night\n\nThe fox sat on a chair.\n", encoding="utf-8")
    code, out, _ = run("lint", story, "--era", "han")
    assert code == 1
    assert out.splitlines()[1].startswith("night.txt:3: chair: ")
    code, out, _ = run("lint", story, "--era", "song")
    assert (code, out.splitlines()[-1]) == (0, "nothing found")
    for arguments, says in (((story,), "--era"), ((story, "--era", "atlantis"), "atlantis"), (("gone.txt",), "gone")):
        code, _, err = run("lint", *arguments)
        assert code == 2
        assert is_one_sentence(err), err
        assert says in err


def test_an_unknown_era_begins_no_film(run: Run, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    code, _, err = run("make", "story.txt", "--era", "atlantis")
    assert code == 2
    assert is_one_sentence(err), err
    assert not (tmp_path / "story.film").exists()


def test_a_screenplay_goes_out_and_in(run: Run, tmp_path: Path) -> None:
    film = tmp_path / "hall.film"
    film.mkdir()
    (film / "screenplay.fountain").write_text("INT. HALL - DAY\n\nKING\nWho comes?\n", encoding="utf-8")
    code, out, _ = run("export", film, "out.fdx")
    assert (code, out.strip()) == (0, "out.fdx")
    code, out, _ = run("read", "out.fdx")
    assert code == 0
    assert "king (100 %): Who comes?" in out
    for wrong in ((film, "out.pdf"), (tmp_path, "out.fdx")):
        code, _, err = run("export", *wrong)
        assert code == 2
        assert is_one_sentence(err)
