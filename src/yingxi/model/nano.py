"""Nano, the diffusion transformer in the box: a small bilingual text-to-video model of the shadow theatre."""

import copy
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yingxi.core.clip import Clip, Frames, Latents, Provenance
from yingxi.core.errors import Refused
from yingxi.core.extras import need
from yingxi.core.protocols import Capabilities, OnPreview, OnStep, preview_due
from yingxi.core.request import STRENGTH, Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from yingxi.model.canvas import Canvas
    from yingxi.model.checkpoint import NanoConfig

WEIGHTS = Path(__file__).parent / "weights" / "nano"
FAST = "fast.safetensors"
STEPS = 12
GUIDANCE = 2.5
MAX_SECONDS = 600.0
BATCH = 8  # latent frames that are encoded or decoded at once
NEXT_FRAME = 0x9E3779B97F4A7C15  # between the seeds of two latent frames: an odd number far from any small multiple


def load(folder: Path = WEIGHTS) -> "Nano":
    """The model in the box. Raises YingxiError if torch or the weights are missing."""
    need("the model nano", "model", "torch", "safetensors")
    return Nano(folder)


class Nano:
    """Text to video on a CPU. Clips are multiples of four frames inside; they are cut to what was asked for.

    Where the weights have a distilled LoRA, a request that sets neither steps, guidance, a negative prompt nor
    caching takes the few steps that it was made for, with guidance inside.

    A loop is a multiple of four frames: its duration is rounded. So are the boundaries between several prompts.
    """

    name = "nano"

    def __init__(self, folder: Path = WEIGHTS, dtype: "torch.dtype | None" = None) -> None:
        import torch

        from yingxi.core.digest import digest, file_digest
        from yingxi.model.checkpoint import load_config, load_module, part_files
        from yingxi.model.device import fastest_dtype
        from yingxi.model.dit import DiT
        from yingxi.model.lora import add_lora
        from yingxi.model.text import TextEncoder, Tokenizer
        from yingxi.model.vae import FRAMES, VideoVAE

        config = load_config(folder)
        self.config: NanoConfig = config
        self.span = FRAMES
        self.dtype = dtype or fastest_dtype()
        with torch.device("meta"):
            parts = {"dit": DiT(config.dit), "vae": VideoVAE(config.vae), "text": TextEncoder(config.text)}
        for name, part in parts.items():
            part.to_empty(device="cpu").to(torch.float32 if name == "text" else self.dtype)
            load_module(part, folder / f"{name}.safetensors")
            part.requires_grad_(False)
        self.dit: Any = parts["dit"]
        self.fast: Any = None
        fast = folder / FAST
        if config.fast:
            self.fast = copy.deepcopy(self.dit)
            add_lora(self.fast, fast)
        self.vae: Any = parts["vae"]
        self.text: Any = parts["text"]
        self.tokenizer = Tokenizer(config.vocabulary)
        self.mean = torch.tensor(config.mean)[:, None, None]
        self.std = torch.tensor(config.std)[:, None, None]
        self.spread = torch.tensor(config.spread) if config.spread else None
        files = part_files(folder / "dit.safetensors") + [fast] * bool(config.fast)
        digests = [file_digest(file) for file in files]
        self.weights = digests[0] if len(digests) == 1 else digest(*digests)
        self.space = digest(file_digest(folder / "vae.safetensors"), config.mean, config.std)
        sizes = tuple(Size(*size) for size in config.sizes or ((config.width, config.height),))
        self.capabilities = Capabilities(
            kind="sampled",
            fps=config.fps,
            default_size=Size(config.width, config.height),
            default_seconds=config.window * 4 / config.fps,
            max_seconds=MAX_SECONDS,
            min_size=Size(min(s.width for s in sizes), min(s.height for s in sizes)),
            max_size=Size(max(s.width for s in sizes), max(s.height for s in sizes)),
            grid=16,
            fixed_sizes=sizes,
            pins="any" if "pins" in config.tasks else "none",
            guidance=True,
            negative=True,
            steps=True,
            cache=True,
            loop="loop" in config.tasks,
            source=True,
            shots="cuts" in config.tasks,
            previews=True,
            captions=True,
        )

    def check(self, request: Request) -> None:
        """Raises Refused for what nano was not trained for, and for pins that do not fit."""
        from yingxi.model.limits import check_request
        from yingxi.model.pins import check_apart

        check_request(request, self.name, self.capabilities)
        if not isinstance(request.prompt, str):
            for text, seconds in request.prompt:
                if frame_count(seconds, self.config.fps) < self.span:
                    least = f"{self.span / self.config.fps:.2f}"
                    raise Refused(
                        "seconds", f"a shot of nano lasts at least {least} seconds, not {seconds:g}: {text}"
                    )
        check_apart(request.pins, self._frames(request), self.config.fps)

    def run(self, request: Request, on_step: OnStep, on_preview: OnPreview | None = None) -> Clip:
        """The same request gives the same clip. `seconds=0` gives one frame. The clip carries its latents."""
        self.check(request)
        canvas = self._canvas(request)
        pieces = list(self._pieces(request, canvas, on_step, on_preview))
        frames, latents = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        carried = Latents(latents, self.space, self.span, canvas.shift)
        return Clip(frames, float(self.config.fps), self.provenance(request), latents=carried)

    def stream(self, request: Request, on_step: OnStep, on_preview: OnPreview | None = None) -> Iterator[Frames]:
        """Frames `[H,W,3]` one by one, the same as `run` gives: memory does not grow with the duration."""
        self.check(request)
        for frames, _ in self._pieces(request, self._canvas(request), on_step, on_preview):
            yield from frames

    def provenance(self, request: Request) -> Provenance:
        """What `run`'s clip says of itself."""
        return request.provenance(self.name, "sampled", self.weights)

    def close(self) -> None:
        pass

    def stills(self, prompt: str, seeds: Sequence[int], request: Request | None = None) -> list[Frames]:
        """Many pictures [H,W,3] of one prompt in one batch, a seed each."""
        import torch

        request = request or Request(prompt=prompt)
        text = self._text(prompt).expand(len(seeds), -1, -1)
        noise = torch.stack([self._noise(seed, 0, self._size(request)) for seed in seeds])[:, None]
        latents = self._sampler(text, request).window(noise, {}, (), None)
        return [clip[0] for clip in self._decode(latents)]

    def encode(self, frames: Frames) -> "torch.Tensor":
        """[4n,H,W,3] -> normalised latents [n,C,h,w]."""
        import torch

        from yingxi.model.pixels import to_tensor

        with torch.inference_mode():
            parts = to_tensor(frames).unflatten(0, (-1, self.span)).split(BATCH)
            z = torch.cat([self.vae.encode(x.to(self.dtype)).float() for x in parts])
            return (z - self.mean) / self.std

    def _frames(self, request: Request) -> int:
        frames = frame_count(request.length(self.capabilities.default_seconds), self.config.fps)
        return self.span * max(1, round(frames / self.span)) if request.loop else frames

    def _size(self, request: Request) -> Size:
        return request.size or self.capabilities.default_size

    def _noise(self, seed: int, latent: int, size: Size) -> "torch.Tensor":
        """[C,h,w]; noise depends on the seed and the latent's place, so a longer clip begins like a shorter one."""
        import torch

        generator = torch.Generator().manual_seed((seed + latent * NEXT_FRAME) % 2**63)
        shape = (self.config.dit.in_channels, size.height // 16, size.width // 16)
        return torch.randn(shape, generator=generator)

    def _text(self, text: str) -> "torch.Tensor":
        import torch

        with torch.inference_mode():
            return self.text(self.tokenizer.batch([text]))

    def _sampler(self, text: "torch.Tensor", request: Request) -> Any:
        from yingxi.model.flow import Schedule
        from yingxi.model.sampling import Sampler

        strength = (request.strength or STRENGTH) if request.source else 1.0
        empty = self._text(request.negative or "")
        usual = request.guidance is None and not request.negative and not request.cache
        if self.fast and usual and request.steps in (None, self.config.fast):
            schedule = Schedule(self.config.fast, strength=strength)
            return Sampler(self.fast, text, empty, 1.0, schedule, straight=True, spread=self.spread)
        guidance = GUIDANCE if request.guidance is None else request.guidance
        schedule = Schedule(request.steps or STEPS, strength=strength)
        return Sampler(self.dit, text, empty, guidance, schedule, request.cache, spread=self.spread)

    def _decode(self, latents: "torch.Tensor") -> list[Frames]:
        """[B,F,C,h,w] normalised -> clips [4F,H,W,3]."""
        import torch

        from yingxi.model.pixels import to_bytes

        batch = len(latents)
        z = (latents * self.std + self.mean).flatten(0, 1)
        with torch.inference_mode():
            clips = [to_bytes(self.vae.decode(part.to(self.dtype))) for part in z.split(BATCH)]
        frames = np.concatenate(clips)
        return list(frames.reshape(batch, -1, *frames.shape[2:]))

    def _canvas(self, request: Request) -> "Canvas":
        """What is given, at nano's size and rate and on its latent grid. Other models' latents are forgotten."""
        import torch

        from yingxi.model.canvas import Canvas
        from yingxi.model.pins import Placed, conditions, phase, place

        frames = self._frames(request)
        pins = []
        for key, pin in request.pins.items():
            at = place(key, pin, frames, self.config.fps)
            pins.append(Placed(at.start, self._fitted(at.frames, request), self._mine(at.latents, request)))
        source, shift = None, phase(pins)
        if request.source is not None:
            clip = request.source.at(self.config.fps)
            if known := self._mine(clip.latents, request):
                source, shift = torch.from_numpy(known.values), known.offset
            else:
                short = -(shift + len(clip.frames)) % self.span
                whole = np.pad(clip.frames, ((shift, short), (0, 0), (0, 0), (0, 0)), mode="edge")
                source = self.encode(self._fitted(whole, request))
        return Canvas(frames, shift, pins, conditions(pins, shift, self.encode), source)

    def _fitted(self, frames: Frames, request: Request) -> Frames:
        from yingxi.model.pixels import fit

        size = self._size(request)
        return fit(frames, size.width, size.height, request.fit)

    def _mine(self, latents: Latents | None, request: Request) -> Latents | None:
        """Latents of this model and of the size that is asked for; others are made anew from the frames."""
        if latents is None or latents.space != self.space:
            return None
        size = self._size(request)
        return latents if latents.values.shape[-2:] == (size.height // 16, size.width // 16) else None

    def _pieces(
        self, request: Request, canvas: "Canvas", on_step: OnStep, on_preview: OnPreview | None
    ) -> "Iterator[tuple[Frames, NDArray[np.float32]]]":
        """Frames [t,H,W,3] and the latents [n,C,h,w] they were made of, in order."""
        import torch

        texts = self._shots(request, canvas)
        sampler = self._sampler(texts[0][1], request)
        level = sampler.schedule.levels()[0]

        def start(latent: int) -> torch.Tensor:
            noise = self._noise(request.seed, latent, self._size(request))
            return noise if canvas.source is None else (1 - level) * canvas.source[latent] + level * noise

        def told(done: int, total: int, clean: torch.Tensor) -> None:
            on_step(done, total)
            if on_preview and preview_due(done, total):
                on_preview(done, self._decode(clean[None])[0])

        made = sampler.stream(
            canvas.latents,
            self.config.window,
            start,
            canvas.conditions,
            told,
            shots=texts if len(texts) > 1 else (),
            loop=request.loop,
        )
        first = 0
        for latents in chain.from_iterable(chunk.split(BATCH) for chunk in made):
            yield canvas.shown(self._decode(latents[None])[0], first), latents.numpy()
            first += len(latents)

    def _shots(self, request: Request, canvas: "Canvas") -> "list[tuple[int, torch.Tensor]]":
        """(first latent frame, sentence [1,S,D]) of each prompt."""
        if isinstance(request.prompt, str):
            return [(0, self._text(request.prompt))]
        shots, seconds = [], 0.0
        for text, duration in request.prompt:
            first = canvas.boundary(round(seconds * self.config.fps)) if seconds else 0
            shots.append((first, self._text(text)))
            seconds += duration
        return shots
