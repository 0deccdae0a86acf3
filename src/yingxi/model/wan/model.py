"""A Wan checkpoint as a video model: a prompt, and pictures where it takes them, become frames.

Shapes: F latent frames, C channels, h w latent rows and columns; inside, latents are [1,F,C,h,w].
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.digest import digest
from yingxi.core.errors import Refused
from yingxi.core.lora import Noise
from yingxi.core.protocols import Capabilities, OnPreview, OnStep, preview_due
from yingxi.core.request import STRENGTH, Pin, Request
from yingxi.core.shapes import Size
from yingxi.model.caching import StepCache
from yingxi.model.limits import check_request
from yingxi.model.machine import free_memory, host_memory
from yingxi.model.memory import Asked, Footprint, MemoryPlan, fitting
from yingxi.model.pixels import to_bytes
from yingxi.model.wan.condition import Condition, beside, encoded, in_place, lasting
from yingxi.model.wan.family import read_family
from yingxi.model.wan.folder import Folder, Part, check_tensors, load_tensors, read_folder
from yingxi.model.wan.guidance import Guided
from yingxi.model.wan.image import ImageEncoder
from yingxi.model.wan.plan import LONGEST, Plan, fitted, plan
from yingxi.model.wan.text import TextEncoder
from yingxi.model.wan.transformer import Transformers
from yingxi.model.wan.vae import WanVAE, WanVAEConfig
from yingxi.model.wan.windows import Windows

PATCH = 2
WARM = 4
"""Latents of a loop's end that are decoded before its start: a decoder that knows what went before has no seam."""
LARGEST = Size(1920, 1920)
MAX_SECONDS = 600.0
"""Of a clip that is made in windows; what grows with the duration are latents, and frames where they are kept."""
Guidance = float | tuple[float, float]


class Wan:
    """Wan 2.1 and 2.2 in all published shapes, told apart by the tensors. One clip at a time.

    Clips are 1+4k frames inside and are cut to what was asked for. Wan was not trained for edits, loops, lists of
    prompts and long clips: an edit starts from the source with noise, a loop is rotated in time between the steps, of
    several prompts each latent frame attends to its own, and a long clip is seen in windows that overlap.
    """

    def __init__(
        self, path: Path, *, name: str, dtype: torch.dtype | None = None, offload: bool = False, compile: bool = False
    ) -> None:
        """Reads configurations and file headers; weights are read when they are first needed.

        Raises YingxiError for what is not a whole Wan checkpoint.
        """
        self.name = name
        self.folder: Folder = read_folder(path)
        self.family = read_family(self.folder)
        self.transformers = Transformers(self.folder, dtype, offload, compile)
        self.device = self.transformers.device
        self.text = TextEncoder(self.folder, self.transformers.dtype, self.device, offload)
        self.text.check()
        check_tensors(_empty_vae(self.folder.vae), self.folder.vae)
        tower = self.folder.image_encoder if self.family.clip else None
        self.image = tower and ImageEncoder(self.folder, tower, self.transformers.dtype, self.device)
        settings = self.family.settings
        grid = self.family.spatial * PATCH
        self.capabilities = Capabilities(
            kind="sampled",
            fps=float(settings.fps),
            default_size=settings.size,
            default_seconds=settings.frames / settings.fps,
            max_seconds=LONGEST / settings.fps if self.family.needs_picture else MAX_SECONDS,
            min_size=Size(grid, grid),
            max_size=LARGEST,
            grid=grid,
            pins="none" if self.family.pictures == "none" else "any" if self.family.last else "first",
            guidance=True,
            negative=True,
            steps=True,
            cache=True,
            loop=not self.family.needs_picture,
            source=not self.family.needs_picture,
            shots=True,
            previews=True,
        )

    @cached_property
    def _fingerprint(self) -> str:
        return self.folder.fingerprint()

    @property
    def weights(self) -> str:
        """The digest of the checkpoint and the LoRAs on it."""
        loras = self.transformers.digest()
        return digest(self._fingerprint, loras) if loras else self._fingerprint

    @cached_property
    def footprint(self) -> Footprint:
        folder = self.folder
        return Footprint.of(
            self.text.shapes,
            [part.shapes for part in self.transformers.parts.values()],
            folder.vae.shapes,
            folder.image_encoder.shapes if folder.image_encoder and self.image else None,
            self.family.spatial,
        )

    @cached_property
    def vae(self) -> WanVAE:
        """In float32, as its makers run it."""
        part = self.folder.vae
        vae = _empty_vae(part)
        load_tensors(vae, part, part.source(), self.device, lambda _: torch.float32)
        return vae

    def check(self, request: Request) -> None:
        """Raises Refused for what the checkpoint was not made for, and for what does not fit into memory."""
        check_request(request, self.name, self.capabilities)
        self.memory(request)

    def memory(self, request: Request, streamed: bool = True) -> MemoryPlan:
        """What `stream` will take, stage by stage, or `run` and previews, which keep all frames, if not `streamed`.

        Raises Refused, saying what would fit, where there is not as much.
        """
        made = self.plan(request)
        guidance = self.family.settings.guidance if request.guidance is None else (request.guidance,)
        branches = 2 if max(guidance) > 1 else 1
        asked = Asked(
            size=made.size,
            frames=made.frames,
            latents=made.latents,
            window=made.window,
            branches=branches,
            words=made.words(request.negative or "", branches),
            dtype=self.transformers.dtype,
            offload=self.transformers.streamed,
            pictures=any(picture is not None for picture in (made.first, made.last, made.source)),
            streamed=streamed,
        )
        free, host = free_memory(self.device), None if self.device.type == "cpu" else host_memory()
        # What earlier runs left is no obstacle. Memory that is mapped from files is counted as free already.
        for name, network in zip(self.transformers.parts, self.footprint.transformers, strict=True):
            if name in self.transformers.loaded and not self.transformers.mapped:
                free = free and free + network.elements(asked.offload) * asked.dtype.itemsize
                host = host and host + asked.offload * network.page_locked(asked.dtype.itemsize)
        if free and "vae" in self.__dict__ and self.device.type != "cpu":
            free += self.footprint.autoencoder
        return fitting(self.footprint, asked, free, host)

    def run(self, request: Request, on_step: OnStep, on_preview: OnPreview | None = None) -> Clip:
        """The same request gives the same clip. `seconds=0` gives one frame."""
        made = self._prepared(request, streamed=False)
        frames = _whole(self._made(request, made, on_step, on_preview), made)
        return Clip(frames, self.capabilities.fps, self.provenance(request))

    def stream(self, request: Request, on_step: OnStep, on_preview: OnPreview | None = None) -> Iterator[Frames]:
        """Frames `[H,W,3]` one by one, the same as `run` gives, each as soon as it is decoded."""
        made = self._prepared(request, streamed=on_preview is None)
        yield from self._made(request, made, on_step, on_preview)

    def _made(self, request: Request, plan: Plan, on_step: OnStep, on_preview: OnPreview | None) -> Iterator[Frames]:
        x = self._sample(request, plan, None, self.family.shift(plan.size), None, on_step, on_preview)
        return self._shown(x, plan.frames, request.loop)

    def _prepared(self, request: Request, streamed: bool) -> Plan:
        """Raises as `check` does. What earlier runs left in memory is freed, unless there is room for it."""
        check_request(request, self.name, self.capabilities)
        self.transformers.keep = self.memory(request, streamed).kept
        if not self.transformers.keep:
            self.close()
        return self.plan(request)

    def provenance(self, request: Request) -> Provenance:
        """What `run`'s clip says of itself."""
        return request.provenance(self.name, "sampled", self.weights)

    def load_lora(self, path: Path, scale: float = 1.0, noise: Noise | None = None) -> None:
        """Add a LoRA to those that are there, or give one another scale.

        Of two transformers `noise` says which is meant, None both. Raises YingxiError if it does not fit.
        """
        self.transformers.load_lora(path, scale, noise)

    def unload_lora(self, path: Path) -> None:
        """Take a LoRA off again: the weights are bit by bit what they were."""
        self.transformers.unload_lora(path)

    def close(self) -> None:
        self.transformers.free()
        self.__dict__.pop("vae", None)

    def latents(
        self,
        prompt: str | Sequence[tuple[str, float]],
        *,
        seconds: float | None = None,
        size: Size | None = None,
        seed: int = 0,
        noise: Tensor | None = None,
        pins: Mapping[int | float, Pin] | None = None,
        source: Clip | None = None,
        strength: float | None = None,
        steps: int | None = None,
        cache: float = 0.0,
        guidance: Guidance | None = None,
        negative: str | None = None,
        shift: float | None = None,
        on_step: OnStep | None = None,
    ) -> Tensor:
        """Normalised latents [1,C,F,h,w] float32, those of diffusers' pipelines for the same `noise` [1,C,F,h,w].

        Size and duration are those of the noise. `guidance` may be two numbers, for high and for low noise; `shift`
        is the checkpoint's own by default, as in diffusers, where `run` takes the recommended one. Raises Refused as
        `check` does.
        """
        if noise is not None:
            size, seconds = self._extent(noise, prompt, size, seconds)
        request = Request(
            prompt,
            seconds=seconds,
            size=size,
            seed=seed,
            pins=dict(pins or {}),
            source=source,
            strength=strength,
            steps=steps,
            cache=cache,
            negative=negative,
        )
        made = self._prepared(request, streamed=True)
        if noise is not None and noise.shape[2] != made.latents:
            raise Refused("noise", f"noise of {noise.shape[2]} latent frames, where {made.latents} are asked for")
        x = self._sample(request, made, noise, shift, guidance, on_step or _quiet, None)
        return x.transpose(1, 2)

    def _extent(
        self, noise: Tensor, prompt: str | Sequence[tuple[str, float]], size: Size | None, seconds: float | None
    ) -> tuple[Size, float | None]:
        """The size and the seconds that `noise` stands for. Raises Refused where others are asked for."""
        family = self.family
        if noise.ndim != 5 or noise.shape[:2] != (1, family.channels):
            raise Refused("noise", f"noise for {self.name} is [1,{family.channels},F,h,w], not {list(noise.shape)}")
        latents, rows, columns = noise.shape[2:]
        found = Size(columns * family.spatial, rows * family.spatial)
        if size not in (None, found):
            raise Refused("noise", f"noise of {list(noise.shape)} is for {found}, not {size}")
        if isinstance(prompt, str) and seconds is None:
            seconds = (1 + family.temporal * (latents - 1)) / family.settings.fps
        return found, seconds

    def decode(self, latents: Tensor) -> Frames:
        """Normalised latents [1,C,F,h,w] -> frames [1+4(F-1),H,W,3]."""
        x = latents.transpose(1, 2)
        return np.stack(list(self._shown(x, 1 + self.family.temporal * (x.shape[1] - 1), loop=False)))

    def plan(self, request: Request) -> Plan:
        """What will be made: size, frames and latent frames. Raises Refused as `check` does."""
        return plan(request, self.name, self.family, self.capabilities.grid)

    def _sample(
        self,
        request: Request,
        plan: Plan,
        noise: Tensor | None,
        shift: float | None,
        guidance: Guidance | None,
        on_step: OnStep,
        on_preview: OnPreview | None,
    ) -> Tensor:
        """[1,F,C,h,w] float32."""
        settings = self.family.settings
        steps = request.steps or settings.steps
        kept = max(1, int(steps * (request.strength or STRENGTH))) if request.source else steps
        solver = self.folder.scheduler.solver(steps, shift, start=steps - kept)
        guidance = guidance if guidance is not None else request.guidance
        scales = settings.guidance if guidance is None else guidance
        high, low = scales if isinstance(scales, tuple) else (scales, scales)
        if noise is None:
            noise = self._noise(request.seed, plan)
        with torch.inference_mode():
            x = noise.transpose(1, 2).to(self.device, torch.float32)
            if plan.source is not None:
                level = solver.levels[0]
                x = (1 - level) * self._source(plan, request) + level * x
            *texts, negative = self.text.encode([*(text for _, text in plan.shots), request.negative or ""])
            shots = [(start, text) for (start, _), text in zip(plan.shots, texts, strict=True)]
            condition, picture = self._condition(plan, request)
            guided = Guided(self.transformers, shots, negative, picture, (high, low))
            windows = Windows(plan.latents, plan.window, request.loop)
            cached = StepCache(request.cache)
            for i, t in enumerate(solver.timesteps):
                seen, levels = condition.input(x, t)
                v = cached.velocity(
                    float(solver.levels[i]),
                    partial(windows.blended, partial(guided.velocity, t), seen, levels),
                    network=self.transformers.expert(t),
                    exact=i + 1 == kept,
                )
                x = solver.step(v, x)
                if request.loop:
                    x = x.roll(1, 1)
                    solver.turn(1)
                    cached.turn(1)
                on_step(i + 1, kept)
                if on_preview and preview_due(i + 1, kept):
                    clean = condition.held(solver.clean).roll(-(i + 1) if request.loop else 0, 1)
                    on_preview(i + 1, _whole(self._shown(clean, plan.frames, request.loop), plan))
            return condition.held(x.roll(-kept, 1) if request.loop else x)

    def _noise(self, seed: int, plan: Plan) -> Tensor:
        """[1,C,F,h,w], the same on every machine."""
        rows, columns = plan.size.height // self.family.spatial, plan.size.width // self.family.spatial
        generator = torch.Generator().manual_seed(seed % 2**63)
        return torch.randn(1, self.family.channels, plan.latents, rows, columns, generator=generator)

    def _source(self, plan: Plan, request: Request) -> Tensor:
        assert plan.source is not None
        frames = lasting(plan.source, 1 + self.family.temporal * (plan.latents - 1))
        return encoded(self.vae, (fitted(frame, plan.size, request) for frame in frames), self.device)

    def _condition(self, plan: Plan, request: Request) -> tuple[Condition, Tensor | None]:
        """What the given pictures are to the transformer, and what they mean to CLIP [1,S,1280]."""
        if plan.first is None:
            return Condition(), None
        first = fitted(plan.first, plan.size, request)
        if self.family.pictures == "first":
            return in_place(self.vae, first, self.device), None
        last = None if plan.last is None else fitted(plan.last, plan.size, request)
        condition = beside(self.vae, first, last, plan.latents, self.family.temporal, self.device)
        if self.image is None:
            return condition, None
        return condition, self.image.encode([plan.first] if plan.last is None else [plan.first, plan.last])

    @torch.inference_mode()
    def _shown(self, x: Tensor, frames: int, loop: bool) -> Iterator[Frames]:
        """Latents [1,F,C,h,w] as frames [H,W,3], the first `frames` of them."""
        warm = 0
        if loop:
            warm = min(WARM, x.shape[1])
            x = torch.cat((x[:, -warm:], x), dim=1)
        for chunk in self.vae.stream(x.transpose(1, 2), discard=warm):
            shown = to_bytes(chunk[0].movedim(1, 0).cpu())[:frames]
            yield from shown
            frames -= len(shown)
            if frames == 0:
                return


def _whole(frames: Iterable[Frames], plan: Plan) -> Frames:
    """Frames [H,W,3] as they come, in one array [T,H,W,3]."""
    whole = np.empty((plan.frames, plan.size.height, plan.size.width, 3), np.uint8)
    for place, frame in zip(whole, frames, strict=True):
        place[:] = frame
    return whole


def _empty_vae(part: Part) -> WanVAE:
    with torch.device("meta"):
        return WanVAE(WanVAEConfig.from_diffusers(part.config))


def _quiet(done: int, total: int) -> None:
    pass
