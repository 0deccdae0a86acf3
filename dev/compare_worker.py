"""One side of `compare.py` in a process of its own: it waits for a line, does what it says, answers with a line."""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.media.video import write_take

PROMPT = "a crane flies over the river at dusk, and the crane flies over the river"
NEGATIVE = "no river"
GUIDANCE = 5.0
PRODUCT = 2048
Tick = Callable[[], None]


@dataclass(frozen=True)
class Clip:
    """What is made: `frames` of `width` x `height`, `fps` a second, of latents [1,C,F,h,w]."""

    width: int
    height: int
    frames: int
    fps: int
    latents: tuple[int, ...]


class Yingxi:
    """This package's Wan."""

    def __init__(self, folder: Path, clip: Clip, dtype: torch.dtype) -> None:
        from yingxi.model.wan import load

        self.clip = clip
        self.wan = load(folder, dtype=dtype)
        self.device = self.wan.device
        self.size, self.seconds = Size(clip.width, clip.height), clip.frames / clip.fps

    def text(self, prompt: str) -> int:
        """The encoder is read from its file each time, and freed again: that is how the package works."""
        return len(self.wan.text.encode([prompt, NEGATIVE])[0])

    def sample(self, prompt: str, noise: Tensor, steps: int, tick: Tick) -> Tensor:
        return self.wan.latents(
            prompt,
            noise=noise,
            negative=NEGATIVE,
            steps=steps,
            guidance=GUIDANCE,
            size=self.size,
            seconds=self.seconds,
            on_step=lambda done, total: tick(),
        )

    def decode(self, latents: Tensor) -> Frames:
        return self.wan.decode(latents)

    def file(self, frames: Frames, path: Path) -> None:
        write_take(path, frames, self.clip.fps)

    def film(self, prompt: str, steps: int, path: Path) -> None:
        request = Request(
            prompt, seconds=self.seconds, size=self.size, negative=NEGATIVE, steps=steps, guidance=GUIDANCE
        )
        write_take(path, self.wan.stream(request, lambda done, total: None), self.clip.fps)


class Diffusers:
    """The pipeline of diffusers, its autoencoder in float32, as its documentation has it.

    Of the two memory layouts the autoencoder gets the quicker one. The file is written by this package: it has the
    same encoder on both sides.
    """

    def __init__(self, folder: Path, clip: Clip, dtype: torch.dtype, device: torch.device) -> None:
        from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
        from diffusers.pipelines.wan.pipeline_wan import WanPipeline
        from diffusers.utils import logging

        logging.disable_progress_bar()
        self.clip, self.device = clip, device
        vae = AutoencoderKLWan.from_pretrained(folder, subfolder="vae", dtype=torch.float32)
        self.pipe: Any = WanPipeline.from_pretrained(folder, vae=vae, dtype=dtype).to(device)
        self.pipe.set_progress_bar_config(disable=True)
        self.texts: dict[str, Tensor] = {}

    def text(self, prompt: str) -> int:
        wanted, unwanted = self.pipe.encode_prompt(prompt, NEGATIVE, max_sequence_length=512, device=self.device)
        self.texts = {"prompt_embeds": wanted, "negative_prompt_embeds": unwanted}
        return int((wanted[0] != 0).any(-1).sum())

    def sample(self, prompt: str, noise: Tensor, steps: int, tick: Tick) -> Tensor:
        def stepped(pipe: object, i: int, t: object, given: dict[str, Tensor]) -> dict[str, Tensor]:
            tick()
            return given

        return self._run(
            **self.texts, steps=steps, latents=noise.clone(), output_type="latent", callback_on_step_end=stepped
        )

    def decode(self, latents: Tensor) -> Frames:
        vae = self.pipe.vae
        mean, std = (torch.tensor(n, device=self.device) for n in (vae.config.latents_mean, vae.config.latents_std))
        z = latents.to(self.device) * std.view(1, -1, 1, 1, 1) + mean.view(1, -1, 1, 1, 1)
        return self.pipe.video_processor.postprocess_video(vae.decode(z).sample, output_type="np")[0]

    def file(self, frames: Frames, path: Path) -> None:
        write_take(path, ((frame * 255).round().astype(np.uint8) for frame in frames), self.clip.fps)

    def film(self, prompt: str, steps: int, path: Path) -> None:
        frames = self._run(prompt=prompt, negative_prompt=NEGATIVE, steps=steps, output_type="np")[0]
        self.file(frames, path)

    def tune(self, latents: Tensor) -> dict[str, float]:
        """Seconds to decode the first five frames in each memory layout; the quicker stays."""
        latents = latents[:, :, :2]
        self.decode(latents)
        seconds = {}
        for last in (False, True):
            self._lay_out(last)
            seconds["channels last" if last else "channels first"], _ = timed(
                self.device, lambda: self.decode(latents)
            )
        self._lay_out(seconds["channels last"] < seconds["channels first"])
        return seconds

    def _lay_out(self, last: bool) -> None:
        layouts = {4: torch.channels_last, 5: torch.channels_last_3d} if last else {}
        for weight in self.pipe.vae.parameters():
            weight.data = weight.data.contiguous(memory_format=layouts.get(weight.dim(), torch.contiguous_format))

    def compile(self) -> None:
        self.pipe.transformer.compile_repeated_blocks()
        self.pipe.vae.decoder.compile()

    def _run(self, **given: Any) -> Any:
        clip = self.clip
        return self.pipe(
            height=clip.height,
            width=clip.width,
            num_frames=clip.frames,
            num_inference_steps=given.pop("steps"),
            guidance_scale=GUIDANCE,
            **given,
        ).frames


def finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def timed(device: torch.device, work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    finish(device)
    start = time.perf_counter()
    made = work()
    finish(device)
    return time.perf_counter() - start, made


def forget_peak(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    elif sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def peak(device: torch.device) -> int:
    """The most bytes since `forget_peak`: on the accelerator, else of this process (not on Linux: ever)."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated()
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def product_rate(dtype: torch.dtype, device: torch.device) -> float:
    """Operations a second of the quicker of PyTorch's and this package's product of square matrices."""
    from yingxi.model.device import linear

    a, b = (torch.randn(PRODUCT, PRODUCT, device=device).to(dtype) for _ in range(2))
    products = [partial(torch.matmul, a, b), partial(linear, a, b)]
    seconds = [timed(device, product)[0] for product in products for _ in range(3)]
    return 2 * PRODUCT**3 / min(seconds)


class Worker:
    """Keeps what one order leaves for the next: latents, frames."""

    def __init__(self, side: Yingxi | Diffusers, clip: Clip, dtype: torch.dtype, scratch: Path) -> None:
        self.side, self.clip, self.dtype, self.scratch = side, clip, dtype, scratch
        self.noise = torch.randn(clip.latents, generator=torch.Generator().manual_seed(1))
        self.latents, self.frames = self.noise, np.empty(0, np.uint8)
        self.prompt = PROMPT

    @torch.inference_mode()
    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """`seconds` are of what was ordered; for `sample` a list, of each step but the first; `peak` is in bytes."""
        side, device, steps = self.side, self.side.device, order.get("steps", 0)
        if order["do"] == "rate":
            return {"rate": product_rate(self.dtype, device)}
        if order["do"] == "tune":
            assert isinstance(side, Diffusers)
            return side.tune(self.noise)
        if order["do"] == "compile":
            assert isinstance(side, Diffusers)
            side.compile()
            return {}
        forget_peak(device)
        more: dict[str, Any] = {}
        if order["do"] == "text":
            self.prompt = PROMPT + " at dusk" * order["round"]  # a prompt that was met before is not encoded again
            seconds, more["words"] = timed(device, lambda: side.text(self.prompt))
        elif order["do"] == "sample":
            marks: list[float] = []

            def tick() -> None:
                finish(device)
                marks.append(time.perf_counter())

            whole, self.latents = timed(device, lambda: side.sample(self.prompt, self.noise, steps, tick))
            seconds = [b - a for a, b in pairwise(marks)]
            more["whole"] = whole
            if "save" in order:
                np.save(order["save"], self.latents.float().cpu().numpy())
        elif order["do"] == "decode":
            seconds, self.frames = timed(device, lambda: side.decode(self.latents))
        elif order["do"] == "file":
            seconds, _ = timed(device, lambda: side.file(self.frames, self.scratch / "phase.mp4"))
        else:
            prompt = PROMPT + " the river" * order["round"]
            seconds, _ = timed(device, lambda: side.film(prompt, steps, self.scratch / "whole.mp4"))
        return {"seconds": seconds, "peak": peak(device), **more}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["yingxi", "diffusers", "compiled"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("dtype", choices=["float32", "bfloat16"])
    parser.add_argument("device", choices=["cpu", "cuda"])
    parser.add_argument("threads", type=int)
    parser.add_argument("clip", type=json.loads)
    arguments = parser.parse_args()
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    dtype, clip = getattr(torch, arguments.dtype), Clip(**arguments.clip)
    if arguments.side == "yingxi":
        side: Yingxi | Diffusers = Yingxi(arguments.folder, clip, dtype)
    else:
        side = Diffusers(arguments.folder, clip, dtype, torch.device(arguments.device))
    worker = Worker(side, clip, dtype, arguments.scratch)
    print(json.dumps({"threads": torch.get_num_threads(), "device": str(side.device)}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(worker.obey(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
