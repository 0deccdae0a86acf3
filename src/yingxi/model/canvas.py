"""A clip before it is denoised: how long it is, where it lies on the latent grid, and what of it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.model.pins import Conditions, Placed
from yingxi.model.vae import FRAMES


@dataclass(frozen=True, eq=False)
class Canvas:
    """`frames` output frames, of which frame f lies in latent (f + shift) // 4. `source` [N,C,h,w] is made anew."""

    frames: int
    shift: int
    pins: Sequence[Placed]
    conditions: Conditions
    source: Tensor | None

    @property
    def latents(self) -> int:
        return -(-(self.frames + self.shift) // FRAMES)

    def boundary(self, frame: int) -> int:
        """The latent frame that begins nearest to output frame `frame`."""
        return (frame + self.shift + FRAMES // 2) // FRAMES

    def shown(self, decoded: Frames, first: int) -> Frames:
        """Those of the frames decoded from latent `first` on that are in the clip, what is pinned in its place."""
        begin = first * FRAMES - self.shift
        for pin in self.pins:
            low, high = max(begin, pin.start), min(begin + len(decoded), pin.start + len(pin.frames))
            if low < high:
                decoded[low - begin : high - begin] = pin.frames[low - pin.start : high - pin.start]
        return decoded[max(0, -begin) : self.frames - begin]
