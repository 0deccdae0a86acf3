"""A remote engine, against a real server on this machine."""

import socket
import time
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from video_server import Answer, Handler, Server, answer, complaint

from yingxi.core.clip import Clip, Provenance
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.protocols import VideoModel
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.model import engine, remote


def ask(server: Server, **more: Any) -> Clip:
    model = remote.load(server.url + more.pop("fragment", ""), more.pop("key", None))
    return model.run(Request(more.pop("prompt", "a crane flies"), **more), lambda done, total: None)


def test_a_clip_comes_back(working: Server) -> None:
    told: list[tuple[int, int]] = []
    model = remote.load(working.url)
    assert isinstance(model, VideoModel)
    assert model.name == working.url
    clip = model.run(Request("a crane\nflies 鹤", seed=5), lambda *step: told.append(step))
    assert (clip.shape.frames, clip.size, clip.fps, clip.sound) == (32, Size(64, 48), 16, None)
    assert clip.frames[20].mean() == pytest.approx(120, abs=3)
    assert clip.provenance == Provenance(f"{working.url} wan", "sampled", None, 5, "a crane\nflies 鹤")
    assert told == [(0, 100), (40, 100), (100, 100)]
    assert working.calls("POST /v1/videos") == [{"prompt": "a crane\nflies 鹤", "seed": "5"}]


def test_what_is_asked_for_is_passed_on(working: Server) -> None:
    picture = np.full((40, 100, 3), (200, 30, 10), np.uint8)
    clip = ask(working, seconds=1.25, size=Size(64, 48), steps=4, guidance=2.5, negative="rain", pins={0: picture})
    form = working.calls("POST /v1/videos")[0]
    png = Image.open(BytesIO(form.pop("input_reference")))
    assert (png.format, png.size, png.getpixel((9, 9))) == ("PNG", (64, 48), (200, 30, 10))
    assert form == {
        "prompt": "a crane flies", "seed": "0", "seconds": "2", "size": "64x48", "num_inference_steps": "4",
        "guidance_scale": "2.5", "negative_prompt": "rain",
    }  # fmt: skip
    assert clip.shape.frames == 20, "whole seconds are asked for, what was not wanted is cut off"


def test_a_clip_of_one_frame_is_a_picture(working: Server) -> None:
    photo = Clip(np.full((1, 48, 64, 3), 200, np.uint8), 24, Provenance("photo.png", "found"))
    clip = ask(working, pins={0: photo})
    assert (np.array(Image.open(BytesIO(working.calls("POST /v1/videos")[0]["input_reference"]))) == 200).all()
    assert (clip.provenance.parents, clip.provenance.found) == ((photo.digest,), ("photo.png",))


def test_a_picture_is_padded_where_that_is_asked_for(working: Server) -> None:
    ask(working, size=Size(64, 48), pins={0.0: np.full((20, 100, 3), 200, np.uint8)}, fit="pad")
    pixels = np.array(Image.open(BytesIO(working.calls("POST /v1/videos")[0]["input_reference"])))
    assert pixels.shape == (48, 64, 3)
    assert (pixels[24] == 200).all()
    assert (pixels[2] == 0).all()


def test_a_still_is_one_frame(working: Server) -> None:
    assert ask(working, seconds=0).shape.frames == 1
    form = working.calls("POST /v1/videos")[0]
    assert (form["seconds"], form["num_frames"]) == ("1", "1")


def test_a_rate_that_the_engine_does_not_keep_is_made(working: Server) -> None:
    clip = ask(working, seconds=2, fps=24)
    assert working.calls("POST /v1/videos")[0]["fps"] == "24"
    assert (clip.shape.frames, clip.fps) == (48, 24)
    assert clip.frames[36].mean() == pytest.approx(6 * 24, abs=3), "a second and a half is where it was"


def test_the_model_is_chosen_by_the_hash(working: Server) -> None:
    working.paths["GET /v1/models"] = lambda n: answer(200, {"data": [{"id": "wan"}, {"id": "ltx"}]})
    clip = ask(working, fragment="#ltx")
    assert working.calls("POST /v1/videos")[0]["model"] == "ltx"
    assert clip.provenance.model == f"{working.url} ltx"
    with pytest.raises(YingxiError, match="no model 'sora'; there is wan, ltx"):
        remote.load(working.url + "#sora")


def test_the_only_model_is_asked_for(working: Server) -> None:
    working.paths["GET /v1/models"] = lambda n: answer(200, {"object": "list", "data": [{"id": "wan"}]})
    ask(working)
    assert working.calls("POST /v1/videos")[0]["model"] == "wan"


def test_the_sound_of_a_clip_comes_along(server: Server, sounding: bytes) -> None:
    server.job({"status": "completed"})
    server.gives(sounding)
    heard = ask(server, seconds=1.25).sound
    assert heard is not None
    assert heard.seconds == pytest.approx(1.25)
    assert np.abs(heard.samples).max() == pytest.approx(0.25, abs=0.02)


def test_the_key_goes_to_the_server_alone(working: Server, monkeypatch: pytest.MonkeyPatch, video: bytes) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-2")
    monkeypatch.setenv("YINGXI_API_KEY", "sk-1\n")
    other = working.url.replace("127.0.0.1", "localhost")
    working.paths["GET /v1/videos/video_1/content"] = lambda n: answer(302, {}, Location="/v1/here")
    working.paths["GET /v1/here"] = lambda n: answer(302, {}, Location=f"{other}/store")
    working.paths["GET /v1/store"] = lambda n: (200, {}, video)
    assert ask(working).shape.frames == 32
    sent = {path: headers.get("authorization") for path, headers, _ in working.seen}
    assert sent.pop("GET /v1/store") is None
    assert set(sent.values()) == {"Bearer sk-1"}
    assert len(sent) == 5


@pytest.mark.parametrize(
    ("name", "least"), [("openai_poll_after_ms", 0.3), ("Retry_After", 0.3)], ids=["poll-after", "retry-after"]
)
def test_a_server_says_when_to_look_again(server: Server, video: bytes, name: str, least: float) -> None:
    text = "300" if name == "openai_poll_after_ms" else "0.3"
    server.job({"status": "in_progress"}, {"status": "completed"}, **{name: text})
    server.gives(video)
    begun = time.monotonic()
    ask(server)
    assert least <= time.monotonic() - begun < least + 1.5


def test_a_busy_server_is_asked_again(working: Server) -> None:
    for path in [*working.paths]:
        usual = working.paths[path]
        trouble = [complaint(429, "slow down"), answer(503, {}, Retry_After="0.02"), (502, {}, b"<html>")]
        working.paths[path] = lambda n, usual=usual, trouble=trouble: trouble[n] if n < 3 else usual(n - 3)
    assert ask(working).shape.frames == 32
    assert len(working.calls("POST /v1/videos")) == 4


def test_a_broken_download_is_fetched_again(working: Server, video: bytes) -> None:
    short = {"Content-Length": str(len(video))}
    working.paths["GET /v1/videos/video_1/content"] = lambda n: (
        (200, short, video[: len(video) // 2]) if n == 0 else (200, {}, video)
    )
    assert ask(working).shape.frames == 32
    assert len(working.calls("GET /v1/videos/video_1/content")) == 2


def test_a_video_that_is_cut_off_is_told(working: Server, video: bytes) -> None:
    working.gives(video[:-100])
    with pytest.raises(YingxiError, match="video_1 gives is not a whole video"):
        ask(working)


TROUBLE: dict[str, tuple[str, Handler, str]] = {
    "no key": ("POST /v1/videos", lambda n: complaint(401, "who are you?"), r"wants a key: set YINGXI_API_KEY \(who"),
    "path": ("POST /v1/videos", lambda n: answer(404, {"detail": "Not Found"}), "the address of a server ends with"),
    "busy": ("POST /v1/videos", lambda n: complaint(429, "too many requests"), "answers 429: too many requests"),
    "broken": ("POST /v1/videos", lambda n: (500, {}, b"Internal Server Error"), "answers 500: Internal Server"),
    "moved": ("POST /v1/videos", lambda n: answer(308, {}, Location="/v2/videos"), "moved to http.*/v2/videos: "),
    "page": ("POST /v1/videos", lambda n: (200, {}, b"<html>"), "does not answer in JSON"),
    "list": ("POST /v1/videos", lambda n: (200, {}, b"[]"), "no object of the API"),
    "no id": ("POST /v1/videos", lambda n: answer(200, {"ok": True}), "without a job's id"),
    "lost": ("GET /v1/videos/video_1", lambda n: complaint(404, "gone"), "no longer knows job video_1"),
    "dies": ("GET /v1/videos/video_1", lambda n: (500, {}, b""), r"answers 500.*job video_1 may go on there"),
    "failed": (
        "GET /v1/videos/video_1",
        lambda n: answer(200, {"status": "failed", "error": {"code": "oom", "message": "out of memory"}}),
        "job video_1 failed: out of memory",
    ),
    "cancelled": ("GET /v1/videos/video_1", lambda n: answer(200, {"status": "cancelled"}), "job video_1 cancelled"),
    "nothing": ("GET /v1/videos/video_1", lambda n: answer(200, {}), "job video_1 has no status"),
    "expired": ("GET /v1/videos/video_1/content", lambda n: complaint(404, "expired"), "video_1 has expired"),
    "no video": ("GET /v1/videos/video_1/content", lambda n: (200, {}, b"{}"), "video_1 gives is not a whole video"),
    "cut off": (
        "GET /v1/videos/video_1/content", lambda n: (200, {"Content-Length": "9999"}, b"x"), "the answer is cut off"
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE)
def test_trouble_is_told_as_it_is(working: Server, trouble: str) -> None:
    path, handler, sentence = TROUBLE[trouble]
    working.paths[path] = handler
    with pytest.raises(YingxiError, match=sentence) as error:
        ask(working)
    assert "127.0.0.1" in str(error.value)
    assert "\n" not in str(error.value)


REFUSALS: dict[str, tuple[Answer, str, str]] = {
    "openai": (complaint(400, "seconds must be 4, 8 or 12", param="seconds"), "seconds", "must be 4, 8 or 12"),
    "fastapi": (
        answer(422, {"detail": [{"loc": ["body", "size"], "msg": "too big"}]}),
        "engine",
        "body.size: too big",
    ),
    "plain": ((403, {}, b"not for you\nreally"), "engine", "refuses: not for you"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_the_engine_refuses_is_refused(working: Server, kind: str) -> None:
    said, rule, sentence = REFUSALS[kind]
    working.paths["POST /v1/videos"] = lambda n: said
    with pytest.raises(Refused, match=sentence) as refused:
        ask(working)
    assert refused.value.rule == rule
    assert len(working.calls("POST /v1/videos")) == 1


def test_a_moderated_job_is_refused(server: Server) -> None:
    server.job({"status": "failed", "error": {"code": "moderation_blocked", "message": "not allowed"}})
    with pytest.raises(Refused, match="not allowed") as refused:
        ask(server)
    assert refused.value.rule == "moderation_blocked"


def test_a_key_that_a_server_repeats_is_not_shown(working: Server) -> None:
    working.paths["POST /v1/videos"] = lambda n: complaint(401, "wrong key sk-secret")
    with pytest.raises(YingxiError, match=r"does not accept the key \(wrong key \.\.\.\)"):
        ask(working, key="sk-secret")


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    begun = time.monotonic()
    with pytest.raises(YingxiError, match="nobody listens there; is the server running"):
        remote.load(url)
    assert time.monotonic() - begun < 2


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(YingxiError, match=r"no answer within 0\.2 s"):
        remote.load(f"http://127.0.0.1:{deaf.getsockname()[1]}/v1")


def test_a_job_that_does_not_move_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "STALLED", 0.1)
    server.job({"status": "in_progress", "progress": 7})
    with pytest.raises(YingxiError, match="video_1 has not moved"):
        ask(server)


def test_an_interrupt_names_the_job(server: Server) -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    server.job({"status": "in_progress", "progress": 7})
    with pytest.raises(KeyboardInterrupt, match="goes on with job video_1"):
        remote.load(server.url).run(Request("a crane"), stop)


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http:///v1"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(YingxiError, match="not the address of a server"):
        remote.load(url)


@pytest.mark.parametrize("url", ["http://me:secret@host/v1", "http://host/v1?key=secret"])
def test_no_secrets_in_an_address(url: str) -> None:
    with pytest.raises(YingxiError, match="YINGXI_API_KEY") as error:
        remote.load(url)
    assert "secret" not in str(error.value)


def test_what_no_engine_takes_is_refused_before_any_work(working: Server) -> None:
    clip = Clip(np.zeros((4, 48, 64, 3), np.uint8), 24, Provenance("stage", "animation"))
    model = remote.load(working.url)
    for rule, request in {
        "pins": Request("a crane", pins={0: clip}),
        "source": Request("a crane", source=clip),
        "loop": Request("a crane", loop=True),
    }.items():
        with pytest.raises(Refused) as refused:
            model.run(request, lambda done, total: None)
        assert refused.value.rule == rule
    assert not working.calls("POST /v1/videos")
