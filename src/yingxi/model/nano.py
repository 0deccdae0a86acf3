"""Nano, the diffusion transformer in the box: a small bilingual text-to-video model of the shadow theatre."""

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.protocols import Capabilities, OnStep
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count

if TYPE_CHECKING:
    import torch

    from yingxi.model.checkpoint import NanoConfig

WEIGHTS = Path(__file__).parent / "weights" / "nano"
STEPS = 20
GUIDANCE = 3.0
MAX_SECONDS = 16.0


def load(folder: Path = WEIGHTS) -> "Nano":
    """The model in the box. Raises YingxiError if torch or the weights are missing."""
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("safetensors") is None:
        raise YingxiError("the model nano needs torch: pip install 'yingxi[model]'")
    return Nano(folder)


def fastest_dtype() -> "torch.dtype":
    """bfloat16 where a small product is quicker in it than in float32, else float32: measured, in milliseconds."""
    import torch

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(512, 320, dtype=dtype), torch.ones(320, 1024, dtype=dtype)
        a @ b
        start = time.perf_counter()
        for _ in range(4):
            a @ b
        return time.perf_counter() - start

    return torch.bfloat16 if seconds(torch.bfloat16) < seconds(torch.float32) else torch.float32


class Nano:
    """Text to video on a CPU. Clips are multiples of four frames inside; they are cut to what was asked for."""

    name = "nano"

    def __init__(self, folder: Path = WEIGHTS, dtype: "torch.dtype | None" = None) -> None:
        import torch

        from yingxi.core.digest import file_digest
        from yingxi.model.checkpoint import load_config, load_module
        from yingxi.model.dit import DiT
        from yingxi.model.text import TextEncoder, Tokenizer
        from yingxi.model.vae import VideoVAE

        config = load_config(folder)
        self.config: NanoConfig = config
        self.dtype = dtype or fastest_dtype()
        with torch.device("meta"):
            parts = {"dit": DiT(config.dit), "vae": VideoVAE(config.vae), "text": TextEncoder(config.text)}
        for name, part in parts.items():
            part.to_empty(device="cpu").to(torch.float32 if name == "text" else self.dtype)
            load_module(part, folder / f"{name}.safetensors")
            part.requires_grad_(False)
        self.dit: Any = parts["dit"]
        self.vae: Any = parts["vae"]
        self.text: Any = parts["text"]
        self.tokenizer = Tokenizer(config.vocabulary)
        self.mean = torch.tensor(config.mean)[:, None, None]
        self.std = torch.tensor(config.std)[:, None, None]
        self.weights = file_digest(folder / "dit.safetensors")
        size = Size(config.width, config.height)
        self.capabilities = Capabilities(
            kind="sampled",
            fps=config.fps,
            default_size=size,
            default_seconds=config.window * 4 / config.fps,
            max_seconds=MAX_SECONDS,
            min_size=size,
            max_size=size,
            grid=16,
            fixed_sizes=(size,),
            pins="any" if "pins" in config.tasks else "none",
            guidance=True,
            negative=True,
            steps=True,
            loop="loop" in config.tasks,
        )

    def check(self, request: Request) -> None:
        """Raises Refused for what nano was not trained for, and for pins that do not fit."""
        from yingxi.generate_rules import check_request
        from yingxi.model.pins import check_apart

        check_request(request, self.name, self.capabilities)
        if request.loop and request.pins:
            raise Refused("pins", "nano does not pin frames of a loop")
        check_apart(request.pins, self._frames(request), self.config.fps)

    def run(self, request: Request, on_step: OnStep) -> Clip:
        """The same request gives the same clip. `seconds=0` gives one frame."""
        self.check(request)
        frames = self._frames(request)
        prompt = str(request.prompt)
        if frames == 1 and not request.pins:
            picture = self.stills(prompt, [request.seed], request, on_step)[0]
            return self._clip(picture[None], request)
        return self._clip(self._video(prompt, frames, request, on_step), request)

    def close(self) -> None:
        pass
