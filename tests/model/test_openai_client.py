"""Our client and OpenAI's own, before the same server: what the one takes for the API is what the other does."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from video_server import Server, answer, complaint

from yingxi.core.errors import Refused, YingxiError
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.media.video import read_frames
from yingxi.model import remote

openai = pytest.importorskip("openai")
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")  # OpenAI's own server is gone

PICTURE = np.full((48, 64, 3), (200, 30, 10), np.uint8)


@pytest.fixture
def client(working: Server) -> Iterator[Any]:
    """The official client, which raises where an answer is not of the API's shape."""
    made = openai.OpenAI(base_url=working.url, api_key="sk-1", max_retries=0, _strict_response_validation=True)
    yield made
    made.close()


def png() -> bytes:
    data = BytesIO()
    Image.fromarray(PICTURE).save(data, "PNG")
    return data.getvalue()


def test_both_send_the_same_form(client: Any, working: Server) -> None:
    client.videos.create(
        prompt="a crane flies 鹤", model="wan", seconds="4", size="1280x720", input_reference=("a.png", png()),
        extra_body={"seed": 5, "num_inference_steps": 8, "guidance_scale": 2.5, "negative_prompt": "rain", "fps": 16},
    )  # fmt: skip
    request = Request(
        "a crane flies 鹤", seconds=4, size=Size(1280, 720), fps=16, seed=5, pins={0: PICTURE}, steps=8, guidance=2.5,
        negative="rain",
    )  # fmt: skip
    remote.load(working.url + "#wan", "sk-1").run(request, lambda done, total: None)
    theirs, ours = working.calls("POST /v1/videos")
    for form in (theirs, ours):
        assert Image.open(BytesIO(form.pop("input_reference"))).format == "PNG"
    assert ours == theirs
    sent = [headers for path, headers, _ in working.seen if path == "POST /v1/videos"]
    assert len({headers["authorization"] for headers in sent}) == 1
    assert all(headers["content-type"].startswith("multipart/form-data; boundary=") for headers in sent)


def test_both_take_the_same_answers(client: Any, working: Server, video: bytes, tmp_path: Path) -> None:
    job = client.videos.create_and_poll(prompt="a crane flies", model="wan", seconds="4")
    assert (job.id, job.status, job.progress, job.seconds, job.size) == ("video_1", "completed", 100, "2", "1280x720")
    path = tmp_path / "theirs.mp4"
    path.write_bytes(client.videos.download_content(job.id, variant="video").read())
    assert path.read_bytes() == video
    ours = remote.load(working.url).run(Request("a crane flies", seconds=2), lambda done, total: None)
    assert np.array_equal(ours.frames, np.stack(list(read_frames(path))))


def test_both_wait_as_they_are_told(client: Any, server: Server) -> None:
    server.job({"status": "in_progress"}, {"status": "completed"}, openai_poll_after_ms="1")
    assert client.videos.poll("video_1").status == "completed"


@pytest.mark.parametrize(
    ("code", "theirs", "ours"),
    [
        (400, "BadRequestError", Refused),
        (401, "AuthenticationError", YingxiError),
        (403, "PermissionDeniedError", Refused),
        (404, "NotFoundError", YingxiError),
        (409, "ConflictError", Refused),
        (422, "UnprocessableEntityError", Refused),
        (429, "RateLimitError", YingxiError),
        (500, "InternalServerError", YingxiError),
    ],
)
def test_both_are_refused(client: Any, working: Server, code: int, theirs: str, ours: type[YingxiError]) -> None:
    error = {"type": "invalid_request_error", "param": "seconds", "code": "invalid"}
    working.paths["POST /v1/videos"] = lambda n: complaint(code, "seconds must be 4", **error)
    with pytest.raises(getattr(openai, theirs), match="seconds must be 4"):
        client.videos.create(prompt="a crane flies")
    with pytest.raises(ours, match="seconds must be 4") as told:
        remote.load(working.url).run(Request("a crane flies"), lambda done, total: None)
    assert isinstance(told.value, Refused) == (ours is Refused)


MODELS: dict[str, dict[str, Any]] = {
    "vllm-omni": {
        "id": "Wan-AI/Wan2.2-TI2V-5B-Diffusers", "object": "model", "created": 1763000000, "owned_by": "vllm",
        "root": "Wan-AI/Wan2.2-TI2V-5B-Diffusers", "parent": None, "max_model_len": None, "permission": [],
    },
    "sglang": {
        "id": "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "object": "model", "created": 1763000000, "owned_by": "sglang",
        "root": "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "parent": None, "max_model_len": None, "num_gpus": 1,
        "task_type": "T2V", "dit_precision": "bf16", "vae_precision": "fp32", "pipeline_name": "WanPipeline",
        "pipeline_class": "WanPipeline",
    },
}  # fmt: skip
JOBS: dict[str, dict[str, Any]] = {
    "vllm-omni": {
        "id": "video_1", "quality": "default", "media_type": "video/mp4", "file_name": "video_1.mp4",
        "inference_time_s": 3.5, "stage_durations": {}, "peak_memory_mb": 0.0,
    },
    "sglang": {"id": "video_1", "quality": "standard", "file_path": "outputs/video_1.mp4"},
}  # fmt: skip


@pytest.mark.parametrize("engine", MODELS)
def test_servers_as_they_are(client: Any, server: Server, video: bytes, engine: str) -> None:
    """vLLM-Omni and SGLang answer with fields of their own; SGLang leaves a job queued until it has ended."""
    card = MODELS[engine]
    server.paths["GET /v1/models"] = lambda n: answer(200, {"object": "list", "data": [card]})
    states = [{"status": "queued"}, {"status": "completed", "progress": 100}]
    server.job(*({**JOBS[engine], "model": card["id"], **state} for state in states))
    server.gives(video)
    assert client.models.list().data[0].id == card["id"]
    assert client.videos.poll("video_1", poll_interval_ms=1).status == "completed"
    model = remote.load(server.url)
    clip = model.run(Request("a crane flies", seconds=2), lambda done, total: None)
    assert clip.provenance.model == f"{server.url} {card['id']}"
    assert server.calls("POST /v1/videos")[-1]["model"] == card["id"]
    assert model.capabilities.pins == ("none" if engine == "sglang" else "first")
