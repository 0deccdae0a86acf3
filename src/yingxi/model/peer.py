"""Any text-to-video pipeline of the `diffusers` library as a model: LTX, CogVideoX, HunyuanVideo and others.

A pipeline is a folder or a repository on the hub. Where several pipelines can run one checkpoint, the wanted one is
named after a hash: ``Lightricks/LTX-Video#LTXImageToVideoPipeline``. What a pipeline can take is read from the
signature of its call.
"""

import inspect
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yingxi.core.clip import Clip, Frames
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.extras import need
from yingxi.core.protocols import Capabilities, OnStep
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count
from yingxi.model.limits import check_request

if TYPE_CHECKING:
    import torch

RATES = {
    "allegro": 15, "animatediff": 8, "cogvideo": 8, "consisid": 8, "easyanimate": 8, "hunyuan_video": 24,
    "hunyuan_video1_5": 24, "kandinsky5": 24, "latte": 8, "mochi": 30, "motif_video": 24, "sana_video": 16,
    "skyreels_v2": 24, "wan": 16,
}  # fmt: skip
"""Frames a second that a family was published at, by diffusers' folder, where its pipeline does not say."""
USUAL_RATE = 24
LARGEST = 4096
_COUNTS = ("num_frames", "frames", "video_length")
_RATES = ("frame_rate", "fps")
_SPATIAL = (
    "vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_spatial_scale_factor", "vae_scale_factor"
)  # fmt: skip
_TEMPORAL = ("vae_scale_factor_temporal", "vae_temporal_compression_ratio", "vae_temporal_scale_factor")


def load(name: str, dtype: "torch.dtype | None" = None) -> "Peer":
    """The pipeline in a folder or on the hub, on the GPU if there is one, in bfloat16 where that is quick.

    Pickled weights and programs that come with a checkpoint are not run. Raises YingxiError if diffusers or the
    checkpoint is missing, or the pipeline makes no videos from text. Has not met a GPU yet.
    """
    need("a pipeline of diffusers", "diffusers", "torch", "diffusers", "transformers", "accelerate")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import diffusers
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline
    from huggingface_hub.errors import HfHubHTTPError
    from safetensors import SafetensorError

    from yingxi.model.device import fastest_dtype

    place, _, wanted = name.partition("#")
    family = getattr(diffusers, wanted, None) if wanted else DiffusionPipeline
    if not (isinstance(family, type) and issubclass(family, DiffusionPipeline)):
        raise YingxiError(f"diffusers {diffusers.__version__} has no pipeline {wanted!r}")
    _check_folder(place)
    graphics = torch.cuda.is_available()
    dtype = dtype or (torch.bfloat16 if graphics else fastest_dtype())
    try:
        pipeline: Any = family.from_pretrained(place, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError, AttributeError, HfHubHTTPError, SafetensorError) as error:
        raise YingxiError(f"diffusers cannot load {place}: {_first_line(error)}") from error
    pipeline.set_progress_bar_config(disable=True)
    return Peer(pipeline.to("cuda") if graphics else pipeline, f"diffusers:{name}")


def _check_folder(place: str) -> None:
    folder = Path(place)
    if not folder.exists():
        if place.count("/") == 1 and not place.startswith((".", "/", "~")):
            return  # a name on the hub
        raise YingxiError(f"cannot read {place}: there is no such folder")
    index = folder / "model_index.json"
    if not index.is_file():
        raise YingxiError(f"{place} is no pipeline of diffusers: it has no model_index.json")
    try:
        found = json.loads(index.read_text(encoding="utf-8"))
    except ValueError as error:
        raise YingxiError(f"{index} is not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("_class_name"), str):
        raise YingxiError(f"{index} names no pipeline of diffusers; programs in a checkpoint are not run")


@dataclass(frozen=True)
class Call:
    """How a pipeline is called. `count` and `rate` are its words for the number of frames and for their rate."""

    parameters: Mapping[str, inspect.Parameter]
    count: str
    rate: str | None

    @classmethod
    def of(cls, pipeline: Any, name: str) -> "Call":
        """Raises YingxiError for a pipeline that does not make videos from text."""
        parameters = inspect.signature(type(pipeline).__call__).parameters
        count = next((word for word in _COUNTS if word in parameters), None)
        if count is None or "prompt" not in parameters:
            raise YingxiError(f"{name} is a {type(pipeline).__name__}, which makes no video from a text")
        empty = (word for word, parameter in parameters.items() if parameter.default is parameter.empty)
        missing = next((word for word in empty if word not in ("self", "prompt", "image", "kwargs")), None)
        if missing is not None:
            raise YingxiError(f"{name} is a {type(pipeline).__name__}, which also needs {missing!r}")
        return cls(parameters, count, next((word for word in _RATES if word in parameters), None))

    def takes(self, word: str) -> bool:
        return word in self.parameters

    def needs(self, word: str) -> bool:
        return self.takes(word) and self.parameters[word].default is inspect.Parameter.empty

    def default(self, word: str) -> Any:
        return self.parameters[word].default if self.takes(word) and not self.needs(word) else None


class Peer:
    """A pipeline behind the protocol. The first frame can be pinned where the pipeline takes an `image`."""

    def __init__(self, pipeline: Any, name: str) -> None:
        self.name = name
        self._pipeline: Any = pipeline
        self._call = call = Call.of(pipeline, name)
        spatial, self._stride = _attribute(pipeline, _SPATIAL, 8), _attribute(pipeline, _TEMPORAL, 1)
        network = getattr(pipeline, "transformer", None) or getattr(pipeline, "unet", None)
        config = getattr(network, "config", {})
        patch = config.get("patch_size") or 1
        grid = spatial * (patch if isinstance(patch, int) else patch[-1])
        fps = float(call.default(call.rate) if call.rate else RATES.get(_family(pipeline), USUAL_RATE))
        frames = call.default(call.count) or config.get("sample_frames") or frame_count(4, fps)
        self.capabilities = Capabilities(
            kind="sampled",
            fps=fps,
            default_size=_default_size(call, config, spatial, grid),
            default_seconds=frames / fps,
            max_seconds=frames / fps,
            min_size=Size(grid, grid),
            max_size=Size(LARGEST // grid * grid, LARGEST // grid * grid),
            grid=grid,
            pins="first" if call.takes("image") else "none",
            any_fps=call.rate is not None,
            guidance=call.takes("guidance_scale"),
            # With a guidance of its own beside `guidance_scale`, a pipeline ignores a negative prompt silently.
            negative=call.takes("negative_prompt") and not call.takes("true_cfg_scale"),
            steps=call.takes("num_inference_steps"),
        )

    def check(self, request: Request) -> None:
        """Raises Refused for what the signature of the pipeline's call does not take."""
        check_request(request, self.name, self.capabilities)
        if self._call.needs("image") and not request.pins:
            raise Refused("pins", f"{self.name} sets a picture in motion: pin one at 0")

    def run(self, request: Request, on_step: OnStep) -> Clip:
        """The same request gives the same clip. Raises YingxiError with what the pipeline itself refuses."""
        import torch

        self.check(request)
        fps = request.fps or self.capabilities.fps
        wanted = frame_count(request.length(self.capabilities.default_seconds), fps)
        size = request.size or self.capabilities.default_size
        generator = torch.Generator().manual_seed(request.seed % 2**63)
        with _told(self.name):
            result = self._pipeline(**self._arguments(request, wanted, size, fps, on_step), generator=generator)
        frames = _frames(result.frames[0], self.name)[:wanted]
        if not self._call.takes("callback_on_step_end"):
            on_step(1, 1)
        return Clip(frames, fps, request.provenance(self.name, "sampled", None))

    def close(self) -> None:
        """Let go of the weights."""
        self._pipeline = None

    def _arguments(self, request: Request, frames: int, size: Size, fps: float, on_step: OnStep) -> dict[str, Any]:
        """Keywords of the call. What was not asked for is left to the pipeline; frames fill up whole latents."""
        call = self._call
        wanted: dict[str, Any] = {
            "prompt": request.text,
            "width": size.width,
            "height": size.height,
            call.count: 1 + -(-(frames - 1) // self._stride) * self._stride,
            "num_inference_steps": request.steps,
            "guidance_scale": request.guidance,
            "negative_prompt": request.negative,
            "image": _picture(request, size) if request.pins else None,
            "output_type": "np",
        }
        if call.rate:
            wanted[call.rate] = fps
        if call.takes("callback_on_step_end"):

            def told(pipeline: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
                on_step(step + 1, pipeline.num_timesteps)
                return tensors

            wanted["callback_on_step_end"] = told
        return {word: value for word, value in wanted.items() if value is not None}


def _picture(request: Request, size: Size) -> Any:
    from PIL import Image

    from yingxi.model.pixels import fit

    return Image.fromarray(fit(request.picture(0)[None], size.width, size.height, request.fit)[0])


def _frames(pictures: Any, name: str) -> Frames:
    """Numbers [T,H,W,3] in 0..1 as bytes."""
    found = np.asarray(pictures, np.float32)
    if not np.isfinite(found).all():
        raise YingxiError(f"{name} gave pictures that are no numbers: its weights may need another number format")
    return np.round(found.clip(0, 1) * 255).astype(np.uint8)


def _attribute(pipeline: Any, words: Sequence[str], otherwise: int) -> int:
    return next((int(getattr(pipeline, word)) for word in words if hasattr(pipeline, word)), otherwise)


def _family(pipeline: Any) -> str:
    """diffusers' folder that a pipeline's class is in."""
    return type(pipeline).__module__.removeprefix("diffusers.pipelines.").partition(".")[0]


def _default_size(call: Call, config: Mapping[str, Any], spatial: int, grid: int) -> Size:
    """The call's own, else what the network was made for, else 832x480, on the grid."""

    def side(word: str, otherwise: int) -> int:
        latent = config.get(f"sample_{word}") or config.get("sample_size")
        pixels = call.default(word) or (latent * spatial if isinstance(latent, int) else otherwise)
        return max(grid, pixels // grid * grid)

    return Size(side("width", 832), side("height", 480))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """A pipeline says with ValueError what it does not take."""
    try:
        yield
    except ValueError as error:
        raise YingxiError(f"{name}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
