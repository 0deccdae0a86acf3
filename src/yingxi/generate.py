"""A checked generator around any model: what cannot be made is refused by name before any work."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from yingxi.core.clip import Clip
from yingxi.core.protocols import Capabilities, OnStep, VideoModel
from yingxi.core.request import Pin, Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.model.limits import check_request


def _quiet(done: int, total: int) -> None:
    pass


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
        guidance: float | None = None,
        negative: str | None = None,
        loop: bool = False,
        source: Clip | None = None,
        strength: float | None = None,
        shot: Shot | None = None,
        on_step: OnStep | None = None,
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
            guidance=guidance,
            negative=negative,
            shot=shot,
        )
        self.check(request)
        return self.model.run(request, on_step or _quiet)

    def check(self, request: Request) -> None:
        """Raises Refused, by the model's capabilities first and then by the model itself."""
        check_request(request, self.model.name, self.model.capabilities)
        self.model.check(request)

    def close(self) -> None:
        self.model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
