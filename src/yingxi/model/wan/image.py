"""What a picture means, for Wan 2.1's image to video: the vectors of CLIP's vision tower, last layer but one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from yingxi.core.clip import Frames
from yingxi.model.wan.folder import Folder, Part, check_tensors, load_tensors, read_json

if TYPE_CHECKING:
    from transformers import CLIPVisionModel


def prepared(picture: Frames, settings: Mapping[str, Any]) -> Tensor:
    """A picture [H,W,3] as CLIP sees it: [3,S,S], the shorter side scaled to S, the middle cut out, normalised.

    `settings` are those of the checkpoint's `preprocessor_config.json`.
    """
    short, size = settings["size"]["shortest_edge"], settings["crop_size"]
    rows, columns = picture.shape[:2]
    scale = short / min(rows, columns)
    shape = (short, int(rows * scale)) if columns <= rows else (int(columns * scale), short)
    image = Image.fromarray(picture).resize(shape, Image.Resampling.BICUBIC)
    top, left = (shape[1] - size["height"]) // 2, (shape[0] - size["width"]) // 2
    image = image.crop((left, top, left + size["width"], top + size["height"]))
    x = np.asarray(image, np.float32) / 255
    x = (x - np.float32(settings["image_mean"])) / np.float32(settings["image_std"])
    return torch.from_numpy(x).movedim(-1, 0)


class ImageEncoder:
    """The vision tower of a checkpoint."""

    def __init__(self, folder: Folder, part: Part, dtype: torch.dtype, device: torch.device) -> None:
        """Raises YingxiError where the files' headers do not fit the configuration."""
        self.part = part
        self.dtype = dtype
        self.device = device
        self.settings = read_json(folder.path / "image_processor" / "preprocessor_config.json")
        check_tensors(self._empty(), part, _name)

    def encode(self, pictures: list[Frames]) -> Tensor:
        """N pictures [H,W,3] -> [1,N*257,1280]. The tower is loaded for the call and freed again."""
        model = self._empty()
        load_tensors(model, self.part, self.part.source(), self.device, lambda _: self.dtype, _name)
        places = torch.arange(model.embeddings.num_positions, device=self.device)[None]
        model.embeddings.register_buffer("position_ids", places, persistent=False)
        with torch.inference_mode():
            x = torch.stack([prepared(picture, self.settings) for picture in pictures]).to(self.device, self.dtype)
            return model(x, output_hidden_states=True).hidden_states[-2].flatten(0, 1)[None]

    def _empty(self) -> "CLIPVisionModel":
        from transformers import CLIPVisionConfig, CLIPVisionModel

        with torch.device("meta"):
            return CLIPVisionModel(CLIPVisionConfig(**self.part.config))


def _name(stored: str) -> str:
    """Older files have every name under `vision_model`."""
    return stored.removeprefix("vision_model.")
