"""Wan checkpoints as video models: Wan 2.1 and 2.2, read from folders in the layout of diffusers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yingxi.core.extras import need
from yingxi.core.lora import LoraFile
from yingxi.core.protocols import Dtype

if TYPE_CHECKING:
    import torch

    from yingxi.model.wan.model import Wan


def load(
    name: str | Path,
    *,
    loras: Sequence[LoraFile | str] = (),
    offload: bool = False,
    compile: bool = False,
    dtype: "torch.dtype | Dtype" = "auto",
) -> "Wan":
    """The model in a folder, or in a repository of the Hugging Face hub (`org/name`), which is fetched if need be.

    `loras` are added as they come, each ``FILE[:SCALE][:high|low]``; `offload` streams the transformer's blocks from
    disk while it runs; `compile` fuses its small operations, on a GPU; `dtype` is its number format: ``auto`` is
    bfloat16 on a GPU, and on a CPU float32 where the weights are stored so. Raises YingxiError for what is not a
    whole Wan checkpoint, before its weights are read, and for compiling without a GPU.
    """
    need("a Wan checkpoint", "wan", "torch", "safetensors", "transformers", "huggingface_hub", "ftfy")
    import torch

    from yingxi.model.wan.hub import find_folder
    from yingxi.model.wan.model import Wan

    folder = find_folder(name)
    formats = {"auto": None, "float32": torch.float32, "bfloat16": torch.bfloat16}
    number = formats[dtype] if isinstance(dtype, str) else dtype
    called = folder.resolve().name if Path(name).exists() else str(name)
    wan = Wan(folder, name=called, dtype=number, offload=offload, compile=compile)
    for lora in (LoraFile.parse(lora) if isinstance(lora, str) else lora for lora in loras):
        wan.load_lora(lora.path, lora.scale, lora.noise)
    return wan
