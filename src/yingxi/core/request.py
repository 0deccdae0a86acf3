"""What is asked of a generator: one operation, denoise what is not pinned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from yingxi.core.clip import Clip, Frames, Provenance
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot

Fit = Literal["crop", "pad"]
"""How pictures of another aspect are brought to the clip's: the middle is cut out, or black is put around."""

Pin = Clip | Frames
"""A picture `[H,W,3]` or a clip, held fixed at a time of the clip being generated."""

STRENGTH = 0.6
"""How much of a source is made anew where a request does not say."""


@dataclass(frozen=True, eq=False)
class Request:
    """One call of a model.

    `prompt` is a text, or a list of (text, seconds) for several shots in one sample. `seconds=0` is one frame.
    `pins` maps a time to a picture or clip: an int is an output frame (negative counts from the end), a float is
    seconds; a clip at -1 ends at the last frame. `source` is a clip to be made anew by the prompt: `strength`, above
    0 and at most 1, is the share of the denoising steps that are run on it. None means the model's own default.
    `cache` is the relative error that the network's output may be expected to have where a step is not computed but
    drawn further from those before: 0, all steps are computed, to 1.
    `shot` carries a shot's structure for models that understand it; the others read `prompt`.
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
    cache: float = 0.0
    guidance: float | None = None
    negative: str | None = None
    shot: Shot | None = None
    fit: Fit = "crop"

    @property
    def text(self) -> str:
        """The prompt; of several, one a line."""
        return self.prompt if isinstance(self.prompt, str) else "\n".join(text for text, _ in self.prompt)

    def length(self, default: float) -> float:
        """Seconds asked for: those of the prompts together, else `seconds`, else the source's, else `default`."""
        if not isinstance(self.prompt, str):
            return sum(seconds for _, seconds in self.prompt)
        if self.seconds is not None:
            return self.seconds
        return self.source.seconds if self.source else default

    def picture(self, key: int | float) -> Frames:
        """The picture `[H,W,3]` that is pinned at `key`."""
        pin = self.pins[key]
        frames = pin.frames if isinstance(pin, Clip) else pin
        return frames[0] if frames.ndim == 4 else frames

    def provenance(self, model: str, kind: Literal["animation", "sampled"], weights: str | None) -> Provenance:
        """What a clip says that is made of this request. Its parents are the clips that it was given."""
        given = [clip for clip in (*self.pins.values(), self.source) if isinstance(clip, Clip)]
        parents = tuple(clip.digest for clip in given)
        found = tuple(dict.fromkeys(name for clip in given for name in clip.provenance.origins))
        return Provenance(model, kind, weights, self.seed, self.text, parents, found)
