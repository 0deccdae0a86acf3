"""What a Wan checkpoint can do and the settings that its makers recommend, decided by its tensors."""

from dataclasses import dataclass
from typing import Literal

from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.model.wan.folder import Folder
from yingxi.model.wan.vae import FRAMES, WanVAEConfig

MASK_CHANNELS = 4
"""A picture's mask has a channel for each frame of a latent."""


@dataclass(frozen=True)
class Settings:
    """Recommended: `guidance` for high and low noise; `shift` at 480p and at 720p, None for the checkpoint's own."""

    steps: int
    guidance: tuple[float, float]
    shift: tuple[float, float] | None
    size: Size
    frames: int
    fps: int


@dataclass(frozen=True)
class Family:
    """`pictures` says where a picture enters: nowhere, as extra channels, or in place of the first latent frame.

    `last` says that a last picture can be given too, `both` that there must be two. `channels` are a latent's,
    `spatial` and `temporal` are pixels a latent row and frames a latent frame.
    """

    name: str
    settings: Settings
    pictures: Literal["none", "channels", "first"]
    clip: bool
    last: bool
    both: bool
    channels: int
    spatial: int
    temporal: int

    @property
    def needs_picture(self) -> bool:
        return self.pictures == "channels"

    def shift(self, size: Size) -> float | None:
        """The recommended shift for a size, None for the checkpoint's own."""
        low_high = self.settings.shift
        return low_high and low_high[size.width * size.height > 2 * 832 * 480]


P480, P704 = Size(832, 480), Size(1280, 704)
# Wan 2.1 and 2.2, the published repositories' configurations.
_SMALL = Settings(50, (6.0, 6.0), (8.0, 8.0), P480, 81, 16)
_T2V = Settings(50, (5.0, 5.0), (3.0, 5.0), P480, 81, 16)
_I2V = Settings(40, (5.0, 5.0), (3.0, 5.0), P480, 81, 16)
_FLF2V = Settings(50, (5.0, 5.0), (3.0, 5.0), P480, 81, 16)
_TI2V = Settings(50, (5.0, 5.0), (5.0, 5.0), P704, 121, 24)
_A14B_T2V = Settings(40, (4.0, 3.0), (12.0, 12.0), P480, 81, 16)
_A14B_I2V = Settings(40, (3.5, 3.5), (5.0, 5.0), P480, 81, 16)
SMALL_WIDTH = 1536
"""The width of the 1.3B transformer."""


def read_family(folder: Folder) -> Family:
    """Raises YingxiError where the transformer's channels are no Wan's."""
    shapes = folder.transformer.shapes
    vae = WanVAEConfig.from_diffusers(folder.vae.config)
    channels = vae.z_dim
    if "patch_embedding.weight" not in shapes:
        raise YingxiError(f"{folder.transformer.path} lacks the tensor patch_embedding.weight: it is not Wan's")
    width, inputs = shapes["patch_embedding.weight"][:2]
    clip = any(name.startswith("condition_embedder.image_embedder.") for name in shapes)
    both = "condition_embedder.image_embedder.pos_embed" in shapes
    experts = folder.transformer_2 is not None
    if inputs == 2 * channels + MASK_CHANNELS:
        pictures = "channels"
    elif inputs == channels:
        pictures = "first" if folder.expand_timesteps else "none"
    else:
        raise YingxiError(
            f"{folder.transformer.path}: patch_embedding.weight takes {inputs} channels; Wan's take {channels} for "
            f"text or {2 * channels + MASK_CHANNELS} with a picture"
        )
    if clip and folder.image_encoder is None:
        raise YingxiError(f"{folder.path}: the transformer wants a picture's meaning, and there is no image_encoder")
    if pictures == "first":
        name, settings = "TI2V", _TI2V
    elif experts:
        name, settings = ("A14B I2V", _A14B_I2V) if pictures == "channels" else ("A14B T2V", _A14B_T2V)
    elif pictures == "channels":
        name, settings = ("FLF2V", _FLF2V) if both else ("I2V", _I2V)
    else:
        name, settings = ("T2V small", _SMALL) if width <= SMALL_WIDTH else ("T2V", _T2V)
    return Family(
        name=name,
        settings=settings,
        pictures=pictures,
        clip=clip,
        last=pictures == "channels" and (both or not clip),
        both=both,
        channels=channels,
        spatial=vae.scale,
        temporal=FRAMES,
    )
