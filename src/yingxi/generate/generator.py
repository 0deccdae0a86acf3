"""A checked generator around any model: what cannot be made is refused by name before any work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from yingxi.core.clip import Clip, Frames
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.protocols import Capabilities, OnPreview, OnStep, StreamingModel, VideoModel
from yingxi.core.request import Fit, Pin, Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.generate.wording import told_again
from yingxi.model.limits import check_request

if TYPE_CHECKING:
    from torch import Tensor


def _quiet(done: int, total: int) -> None:
    pass


def _shown(on_preview: OnPreview | None) -> tuple[OnPreview, ...]:
    """The third argument, for models that take one."""
    return (on_preview,) if on_preview else ()


@contextmanager
def _advice(request: Request, can: Capabilities) -> Iterator[None]:
    """Memory that runs out, on whatever device, as a sentence."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # torch's own errors are RuntimeErrors
        text = str(error).lower()
        if not isinstance(error, MemoryError) and "out of memory" not in text and "allocate memory" not in text:
            raise
        size, seconds = request.size or can.default_size, request.length(can.default_seconds)
        raise YingxiError(
            f"memory ran out while making {seconds:g} seconds of {size}: make it shorter or smaller, end other "
            "programs, or, for a large checkpoint, load it with --offload"
        ) from error


class Generator:
    """Calls a model with a Request made of keywords. Use as a context manager, or call `close`."""

    def __init__(self, model: VideoModel) -> None:
        self.model = model

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def capabilities(self) -> Capabilities:
        return self.model.capabilities

    def __call__(
        self,
        prompt: str | Sequence[tuple[str, float]],
        *,
        seconds: float | None = None,
        size: Size | str | None = None,
        fps: float | None = None,
        seed: int = 0,
        pins: Mapping[int | float, Pin] | None = None,
        steps: int | None = None,
        cache: float = 0.0,
        guidance: float | None = None,
        negative: str | None = None,
        loop: bool = False,
        source: Clip | None = None,
        strength: float | None = None,
        shot: Shot | None = None,
        fit: Fit = "crop",
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
    ) -> Clip:
        """Generate a clip; `core.request.Request` says what each keyword means. `size` may be ``"WIDTHxHEIGHT"``.

        Raises Refused, naming what the model cannot take.
        """
        request = Request(
            prompt=prompt,
            seconds=seconds,
            size=Size.parse(size) if isinstance(size, str) else size,
            fps=fps,
            seed=seed,
            pins=dict(pins or {}),
            source=source,
            strength=strength,
            loop=loop,
            steps=steps,
            cache=cache,
            guidance=guidance,
            negative=negative,
            shot=shot,
            fit=fit,
        )
        return self.run(request, on_step, on_preview)

    def run(self, request: Request, on_step: OnStep | None = None, on_preview: OnPreview | None = None) -> Clip:
        """The clip that is asked for. `on_preview` sees it as it becomes.

        Raises Refused, naming what the model cannot take, and YingxiError with advice where memory runs out.
        """
        self.check(request, on_preview is not None)
        with _advice(request, self.capabilities):
            clip = self.model.run(self._worded(request), on_step or _quiet, *_shown(on_preview))
        if not self.capabilities.captions:
            return clip
        # A clip says of itself what a person wrote.
        return replace(clip, provenance=replace(clip.provenance, prompt=request.text))

    def stream(
        self, request: Request, on_step: OnStep | None = None, on_preview: OnPreview | None = None
    ) -> Iterator[Frames]:
        """Frames `[H,W,3]` one by one, of any model; those of a StreamingModel are never all in memory. Raises as
        `run` does, what is refused at once."""
        self.check(request, on_preview is not None)
        return self._stream(request, on_step, on_preview)

    def _stream(self, request: Request, on_step: OnStep | None, on_preview: OnPreview | None) -> Iterator[Frames]:
        request = self._worded(request)
        with _advice(request, self.capabilities):
            if isinstance(self.model, StreamingModel):
                yield from self.model.stream(request, on_step or _quiet, *_shown(on_preview))
            else:
                yield from self.model.run(request, on_step or _quiet, *_shown(on_preview)).frames

    def _worded(self, request: Request) -> Request:
        """The request as the model can read it."""
        return told_again(request) if self.capabilities.captions else request

    def latents(self, prompt: str | Sequence[tuple[str, float]], **options: Any) -> Tensor:
        """The final, normalised latents [1,C,F,h,w] of a Wan checkpoint; its `Wan.latents` says what the options are.

        Raises Refused for other models.
        """
        return self._latent("latents")(prompt, **options)

    def decode(self, latents: Tensor) -> Frames:
        """Latents [1,C,F,h,w] of a Wan checkpoint -> frames `[T,H,W,3]`. Raises Refused for other models."""
        return self._latent("decode")(latents)

    def _latent(self, name: str) -> Callable[..., Any]:
        found = getattr(self.model, name, None)
        if found is None:
            raise Refused("latents", f"{self.name} hands out no latents: a Wan checkpoint does")
        return found

    def check(self, request: Request, previews: bool = False) -> None:
        """Raises Refused, by the model's capabilities first and then by the model itself."""
        check_request(request, self.model.name, self.model.capabilities)
        self.model.check(request)
        if previews and not self.capabilities.previews:
            raise Refused("preview", f"{self.name} shows no previews")

    def close(self) -> None:
        self.model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
