"""An engine elsewhere as a model: any server with OpenAI's `/v1/videos`, such as `yingxi serve`, SGLang or vLLM-Omni.

The name of such a model is its address, ``http://host:8000/v1``; a model on that server follows after a hash,
``http://host:8000/v1#name``.
"""

import os
import tempfile
import time
from dataclasses import replace
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageOps

from yingxi.core.clip import Clip, Sound
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.protocols import Capabilities, OnStep
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count
from yingxi.model.engine import Engine, NotThere, asked_wait
from yingxi.model.limits import check_request
from yingxi.model.offer import Offer, read_offer

KEYS = ("YINGXI_API_KEY", "OPENAI_API_KEY")
POLL = 1.0
"""Seconds between two looks at a job, where the server does not say."""
STALLED = 2 * 3600.0
"""Seconds without any progress after which a job is given up."""
ANY = Capabilities(
    kind="sampled", fps=24.0, default_size=Size(1280, 720), default_seconds=4.0, max_seconds=60.0,
    min_size=Size(16, 16), max_size=Size(8192, 8192), grid=1, pins="first", any_fps=True, guidance=True,
    negative=True, steps=True,
)  # fmt: skip
"""What some engine may take."""
_MODERATED = ("moderation_blocked", "content_policy_violation", "sentinel_block")


def load(url: str, key: str | None = None) -> "Remote":
    """The model at `url`. The key is `key`, or that of YINGXI_API_KEY or OPENAI_API_KEY in the environment.

    Raises YingxiError where the server cannot be reached, does not accept the key, or has no such model.
    """
    address, _, model = url.partition("#")
    key = key or next((os.environ[name] for name in KEYS if os.environ.get(name)), None)
    return Remote(Engine(address, key), url, model or None)


class Remote:
    """Sends a request, waits for the job, fetches the video, with its sound if it has one.

    What the server says of the model beforehand is held to; its other limits it names when asked. Engines count
    whole seconds: a part of one is asked for as a whole and cut off from the clip. `seconds=0` asks for one frame,
    and keeps the first where more come. With `fps` the engine is asked for that rate, and frames are repeated or left
    out where it keeps its own.
    """

    def __init__(self, engine: Engine, name: str, model: str | None) -> None:
        self.name = name
        self._engine = engine
        self._model, self._offer = self._chosen(model)
        self.capabilities = self._offer.capabilities(ANY)

    def check(self, request: Request) -> None:
        """Raises Refused for what no engine takes, and for what this one says that it does not take."""
        check_request(request, self.name, self.capabilities)
        self._offer.check(request, self.name)

    def run(self, request: Request, on_step: OnStep) -> Clip:
        """Steps are hundredths. Raises Refused or YingxiError with what the engine says.

        When it is stopped while the engine works, the KeyboardInterrupt names the job, which goes on there.
        """
        self.check(request)
        files = {"input_reference": _png(request)} if request.pins else {}
        job = self._engine.post("/videos", self._fields(request), files)
        if not isinstance(job.get("id"), str):
            raise YingxiError(f"{self.name} answers without a job's id: is it a server of videos?")
        try:
            job = self._wait(job, on_step)
            clip = self._fetch(job, request)
        except KeyboardInterrupt as stop:
            raise KeyboardInterrupt(f"{self.name} goes on with job {job['id']}") from stop
        on_step(100, 100)
        return clip

    def close(self) -> None:
        """Nothing is held."""

    def _chosen(self, wanted: str | None) -> tuple[str | None, Offer]:
        """The model to ask for: the one wanted, or the only one there is; None leaves it to the server."""
        try:
            data = self._engine.get("/models", patient=False)[0].get("data")
        except NotThere:
            return wanted, Offer()
        entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
        there = {str(entry["id"]): read_offer(entry) for entry in entries if "id" in entry}
        if wanted is None and len(there) == 1:
            wanted = next(iter(there))
        if wanted is not None and there and wanted not in there:
            raise YingxiError(f"{self._engine.url} has no model {wanted!r}; there is {', '.join(there)}")
        return wanted, there.get(wanted or "", Offer())

    def _fields(self, request: Request) -> dict[str, str]:
        """The form; what was not asked for is left to the server."""
        fields = {"prompt": request.text, "seed": str(request.seed)}
        if self._model:
            fields["model"] = self._model
        if request.seconds is not None:
            fields["seconds"] = f"{self._offer.seconds_for(request.seconds):g}"
        if request.seconds == 0:
            fields["num_frames"] = "1"
        wanted = {
            "size": request.size,
            "fps": None if request.fps is None else f"{self._offer.rate_for(request.fps):g}",
            "num_inference_steps": request.steps,
            "guidance_scale": request.guidance,
            "negative_prompt": request.negative,
        }
        return fields | {name: str(value) for name, value in wanted.items() if value is not None}

    def _wait(self, job: dict[str, Any], on_step: OnStep) -> dict[str, Any]:
        """The job, completed."""
        identity, headers = job["id"], Message()
        moved, last, done = time.monotonic(), None, 0
        while (status := job.get("status")) in ("queued", "in_progress"):
            progress = job.get("progress")
            if (status, progress) != last:
                moved, last = time.monotonic(), (status, progress)
                if isinstance(progress, int | float):
                    done = min(99, max(done, int(progress)))
                    on_step(done, 100)
            if time.monotonic() - moved > STALLED:
                raise YingxiError(f"{self.name}: job {identity} has not moved for {STALLED / 3600:g} hours")
            time.sleep(_pause(headers))
            try:
                job, headers = self._engine.get(f"/videos/{quote(identity, safe='')}")
            except NotThere as error:
                raise YingxiError(f"{self.name} no longer knows job {identity}") from error
            except YingxiError as error:
                raise YingxiError(f"{error} (job {identity} may go on there)") from error
        if status == "completed":
            return job | {"id": identity}
        error = job.get("error")
        message, code = (error.get("message"), error.get("code")) if isinstance(error, dict) else (error, None)
        text = f"{self.name}: job {identity} {status or 'has no status'}" + (f": {message}" if message else "")
        raise Refused(code, text) if code in _MODERATED else YingxiError(text)

    def _fetch(self, job: dict[str, Any], request: Request) -> Clip:
        from yingxi.media.video import read_clip

        model = self._model or job.get("model")
        name = f"{self._engine.url} {model}" if model else self._engine.url
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            try:
                self._engine.download(f"/videos/{quote(job['id'], safe='')}/content", path)
            except NotThere as error:
                raise YingxiError(f"{self.name}: the video of job {job['id']} has expired") from error
            try:
                clip = read_clip(path, request.provenance(name, "sampled", None))
            except YingxiError as error:
                raise YingxiError(f"{self.name}: what job {job['id']} gives is not a whole video") from error
        return _cut(clip, request)


def _pause(headers: Message) -> float:
    asked = asked_wait(headers, "openai-poll-after-ms", 0.001)
    asked = asked_wait(headers) if asked is None else asked
    return POLL if asked is None else asked


def _png(request: Request) -> bytes:
    """The pin as PNG, at the clip's size where that is known: OpenAI's engine takes no other."""
    picture, data = Image.fromarray(request.picture(0)), BytesIO()
    if request.size is not None:
        fit = ImageOps.fit if request.fit == "crop" else ImageOps.pad
        picture = fit(picture, (request.size.width, request.size.height), Image.Resampling.LANCZOS)
    picture.save(data, "PNG")
    return data.getvalue()


def _cut(clip: Clip, request: Request) -> Clip:
    """No longer than asked for, at the rate asked for."""
    if request.fps is not None:
        clip = clip.at(request.fps)
    wanted = len(clip.frames) if request.seconds is None else frame_count(request.seconds, clip.fps)
    sound = clip.sound
    if sound is not None:
        sound = Sound(sound.samples[: round(wanted / clip.fps * sound.rate)], sound.rate)
    return replace(clip, frames=clip.frames[:wanted], sound=sound)
