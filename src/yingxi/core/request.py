"""What is asked of a generator: one operation, denoise what is not pinned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yingxi.core.clip import Clip, Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot

Pin = Clip | Frames
"""A picture `[H,W,3]` or a clip, held fixed at a time of the clip being generated."""


@dataclass(frozen=True, eq=False)
class Request:
    """One call of a model.

    `prompt` is a text, or a list of (text, seconds) for several shots in one sample. `seconds=0` is one frame.
    `pins` maps a time to a picture or clip: an int is an output frame (negative counts from the end), a float is
    seconds; a clip at -1 ends at the last frame. None means the model's own default. `shot` carries a shot's
    structure for models that understand it; the others read `prompt`.
    """

    prompt: str | Sequence[tuple[str, float]]
    seconds: float | None = None
    size: Size | None = None
    fps: float | None = None
    seed: int = 0
    pins: Mapping[int | float, Pin] = field(default_factory=dict)
    source: Clip | None = None
    strength: float | None = None
    loop: bool = False
    steps: int | None = None
    guidance: float | None = None
    negative: str | None = None
    shot: Shot | None = None
