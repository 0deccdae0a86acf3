"""The judge: how well the pictures of a take agree with its shot, by two towers trained to meet.

One tower sees a picture, the other reads the shot's caption with nano's text encoder; the score is the cosine
between them. Radford et al., arXiv 2103.00020. It learned from the stage's own pictures and is no judge of beauty.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yingxi.core.clip import Clip
from yingxi.core.errors import YingxiError
from yingxi.core.extras import need
from yingxi.core.shot import Shot

if TYPE_CHECKING:
    import torch

WEIGHTS = Path(__file__).parent.parent / "model" / "weights" / "nano"
LOOKS = 3


def load(folder: Path = WEIGHTS) -> "Judge":
    """The judge in the box. Raises YingxiError if torch or its weights are missing."""
    need("the judge", "model", "torch", "safetensors")
    if not (folder / "judge.safetensors").exists():
        raise YingxiError(f"no judge in {folder}: train one with `yingxi train nano`")
    return Judge(folder)


class Judge:
    """Scores a take by up to three of its pictures: first, middle and last."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        from yingxi.eval.towers import PATCH, TowerConfig
        from yingxi.model.checkpoint import load_config, load_module
        from yingxi.model.text import TextEncoder, Tokenizer

        config = load_config(folder)
        shape = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        tower = TowerConfig(**shape)
        self.tower = Towers(tower, config.text.width, config.text.slots)
        load_module(self.tower.both, folder / "judge.safetensors")
        self.tower.both.requires_grad_(False)
        self.text: Any = TextEncoder(config.text)
        load_module(self.text, folder / "text.safetensors")
        self.text.requires_grad_(False)
        self.tokenizer = Tokenizer(config.vocabulary)
        self.size = tower.columns * PATCH, tower.rows * PATCH

    def see(self, frames: "np.ndarray[Any, Any]") -> "torch.Tensor":
        """Unit vectors [looks,out] of the pictures of [T,H,W,3] that are looked at."""
        from yingxi.model.pixels import fit, to_tensor

        picked = frames[np.unique(np.linspace(0, len(frames) - 1, LOOKS).round().astype(int))]
        return self.tower.see(to_tensor(fit(picked, *self.size)))

    def agreement(self, frames: "np.ndarray[Any, Any]", caption: str) -> float:
        """Mean cosine, -1..1, between pictures [T,H,W,3] and a caption."""
        words = self.tower.read(self.text(self.tokenizer.batch([caption])))
        return float((self.see(frames) @ words.T).mean())

    def score(self, clip: Clip, shot: Shot) -> Mapping[str, float]:
        """`agreement` and `overall`, the same number, in -1..1."""
        from yingxi.eval.caption import caption_of

        value = self.agreement(clip.frames, caption_of(shot))
        return {"agreement": value, "overall": value}


class Towers:
    """Both towers behind one module, so that they are saved together."""

    def __init__(self, config: Any, text_width: int, slots: int) -> None:
        from torch import nn

        from yingxi.eval.towers import PictureTower

        self.config = config
        words = nn.Sequential(nn.Flatten(), nn.Linear(text_width * slots, config.out))
        self.both = nn.ModuleDict({"picture": PictureTower(config), "words": words})

    def see(self, x: "torch.Tensor") -> "torch.Tensor":
        """[B,3,H,W] -> unit vectors [B,out]."""
        from torch.nn.functional import normalize

        return normalize(self.both["picture"](x), dim=-1)

    def read(self, text: "torch.Tensor") -> "torch.Tensor":
        """[B,S,D] -> unit vectors [B,out]."""
        from torch.nn.functional import normalize

        return normalize(self.both["words"](text), dim=-1)

    def describe(self) -> str:
        return json.dumps(asdict(self.config))
