"""Nano, the diffusion transformer in the box: a small bilingual text-to-video model of the shadow theatre."""

import importlib.util
import os
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
GUIDANCE = 2.5
MAX_SECONDS = 16.0


def load(folder: Path = WEIGHTS) -> "Nano":
    """The model in the box. Raises YingxiError if torch or the weights are missing."""
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("safetensors") is None:
        raise YingxiError("the model nano needs torch: pip install 'yingxi[model]'")
    # Read when torch loads OpenMP: threads that spin while they wait make a busy machine thirty times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    return Nano(folder)


def fastest_dtype() -> "torch.dtype":
    """bfloat16 where a small product is quicker in it than in float32, else float32: measured, in milliseconds."""
    import torch

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(512, 320, dtype=dtype), torch.ones(320, 1024, dtype=dtype)
        torch.mm(a, b)
        start = time.perf_counter()
        for _ in range(4):
            torch.mm(a, b)
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
        from yingxi.model.limits import check_request
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

    def stills(
        self, prompt: str, seeds: Sequence[int], request: Request | None = None, on_step: OnStep | None = None
    ) -> list[Frames]:
        """Many pictures [H,W,3] of one prompt in one batch, a seed each."""
        import torch

        request = request or Request(prompt=prompt)
        sampler = self._sampler(prompt, request, len(seeds))
        noise = torch.cat([self._noise(seed, 1) for seed in seeds])[:, None]
        with torch.inference_mode():
            latents = sampler.window(noise, {}, (), on_step)
            return [clip[0] for clip in self._decode(latents)]

    def encode(self, frames: Frames) -> "torch.Tensor":
        """[4n,H,W,3] -> normalised latents [n,C,h,w]."""
        import torch

        from yingxi.model.pixels import to_tensor
        from yingxi.model.vae import FRAMES

        with torch.inference_mode():
            x = to_tensor(frames).unflatten(0, (-1, FRAMES))
            return (self.vae.encode(x.to(self.dtype)).float() - self.mean) / self.std

    def _frames(self, request: Request) -> int:
        seconds = self.capabilities.default_seconds if request.seconds is None else request.seconds
        return frame_count(seconds, self.config.fps)

    def _clip(self, frames: Frames, request: Request) -> Clip:
        parents = tuple(pin.digest for pin in request.pins.values() if isinstance(pin, Clip))
        made = Provenance("nano", "sampled", self.weights, request.seed, str(request.prompt), parents)
        return Clip(np.ascontiguousarray(frames), float(self.config.fps), made)

    def _noise(self, seed: int, latents: int) -> "torch.Tensor":
        """[F,C,h,w]; frame i's noise depends on the seed and i alone, so a longer clip begins like a shorter one."""
        import torch

        generator = torch.Generator().manual_seed(seed % 2**63)
        shape = (self.config.dit.in_channels, self.config.height // 16, self.config.width // 16)
        return torch.stack([torch.randn(shape, generator=generator) for _ in range(latents)])

    def _sampler(self, prompt: str, request: Request, count: int = 1) -> Any:
        import torch

        from yingxi.model.flow import Schedule
        from yingxi.model.sampling import Sampler

        def context(text: str) -> list[tuple[torch.Tensor, torch.Tensor]]:
            vectors = self.text(self.tokenizer.batch([text]))
            pairs = self.dit.context(vectors.to(self.dtype))
            return [(k.expand(count, -1, -1, -1), v.expand(count, -1, -1, -1)) for k, v in pairs]

        with torch.inference_mode():
            with_text, without = context(prompt), context(request.negative or "")
        guidance = GUIDANCE if request.guidance is None else request.guidance
        return Sampler(self.dit, with_text, without, guidance, Schedule(request.steps or STEPS))

    def _decode(self, latents: "torch.Tensor") -> list[Frames]:
        """[B,F,C,h,w] normalised -> clips [4F,H,W,3]."""
        from yingxi.model.pixels import to_bytes

        batch = len(latents)
        z = (latents * self.std + self.mean).flatten(0, 1)
        clips = []
        for i in range(0, len(z), 8):
            clips.append(to_bytes(self.vae.decode(z[i : i + 8].to(self.dtype))).reshape(-1, *self._picture))
        return list(np.concatenate(clips).reshape(batch, -1, *self._picture))

    @property
    def _picture(self) -> tuple[int, int, int]:
        return self.config.height, self.config.width, 3

    def _video(self, prompt: str, frames: int, request: Request, on_step: OnStep) -> Frames:
        import torch

        from yingxi.model.pins import place
        from yingxi.model.pixels import fit
        from yingxi.model.sampling import Conditions
        from yingxi.model.vae import FRAMES

        latents = -(-frames // FRAMES)
        clean: dict[int, torch.Tensor] = {}
        pictures: list[tuple[float, torch.Tensor]] = []
        held: list[tuple[int, Frames]] = []
        for key, pin in request.pins.items():
            start, pixels = place(key, pin, frames, self.config.fps)
            pixels = fit(pixels, self.config.width, self.config.height)
            held.append((start, pixels))
            self._pin(start, pixels, clean, pictures)
        sampler = self._sampler(prompt, request)
        noise = self._noise(request.seed, latents)
        with torch.inference_mode():
            x = sampler.clip(noise, Conditions(clean, pictures), self.config.window, on_step, request.loop)
            result = self._decode(x[None])[0][:frames].copy()
        for start, pixels in held:
            result[start : start + len(pixels)] = pixels
        return result

    def _pin(
        self,
        start: int,
        pixels: Frames,
        clean: "dict[int, torch.Tensor]",
        pictures: "list[tuple[float, torch.Tensor]]",
    ) -> None:
        """Latents that the pictures cover wholly are clean; the first and last picture beyond stand beside them."""
        from yingxi.model.pins import picture_time
        from yingxi.model.vae import FRAMES

        stop = start + len(pixels)
        first, last = -(-start // FRAMES), stop // FRAMES
        for i in range(first, last):
            clean[i] = self.encode(pixels[i * FRAMES - start : (i + 1) * FRAMES - start])[0]
        loose = [f for f in range(start, stop) if not first * FRAMES <= f < last * FRAMES]
        for frame in {loose[0], loose[-1]} if loose else set():
            still = np.repeat(pixels[frame - start][None], FRAMES, axis=0)
            pictures.append((picture_time(frame), self.encode(still)[0]))
