"""Where a transformer's tensors come from: its safetensors files, with what LoRAs add."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.model.lora import Lora, read_lora

AT_ONCE = 8
"""Tensors read in one opening of a file: what is read stays in memory until the file is closed."""


class Source:
    """The tensors of one transformer, read from their files when they are wanted and never kept.

    LoRAs are added on the way, in float32 and all at once, so a weight is rounded once however many there are; taking
    them off is reading the file again, bit by bit what it was.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        """`files` names the file of each tensor."""
        self.files = files
        self.loras: dict[Path, tuple[Lora, float]] = {}

    def shapes(self) -> dict[str, torch.Size]:
        """The shape of each tensor, from the files' headers. Raises YingxiError for a damaged file."""
        found = {}
        for path, names in self._by_file(self.files).items():
            with _opened(path) as file:
                found |= {name: torch.Size(file.get_slice(name).get_shape()) for name in names}
        return found

    def is_float32(self, name: str) -> bool:
        """Whether a tensor is stored in float32. Raises YingxiError for a damaged file."""
        with _opened(self.files[name]) as file:
            return file.get_slice(name).get_dtype() == "F32"

    def read(self, names: Iterable[str], device: torch.device | str = "cpu") -> Iterator[tuple[str, Tensor]]:
        """The tensors of these names with the LoRAs added: in the file's number format, or float32 where one adds."""
        for path, wanted in self._by_file(names).items():
            for start in range(0, len(wanted), AT_ONCE):
                with _opened(path) as file:
                    for name in wanted[start : start + AT_ONCE]:
                        yield name, self._adapted(name, file.get_tensor(name).to(device))

    def add(self, path: Path, scale: float) -> set[str]:
        """Add a LoRA on top of the others, or give one that is there another scale.

        Returns the names of the tensors that are now others. Raises YingxiError if it does not fit.
        """
        if not math.isfinite(scale):
            raise YingxiError(f"a LoRA's scale is a finite number, not {scale}")
        lora = self.loras[path][0] if path in self.loras else read_lora(path, self.shapes())
        self.loras[path] = lora, scale
        return set(lora.deltas)

    def remove(self, path: Path) -> set[str]:
        """Take a LoRA off. Returns the names of the tensors that are now others; raises YingxiError if it is not."""
        if path not in self.loras:
            raise YingxiError(f"{path}: this LoRA is not on the model")
        lora, _ = self.loras.pop(path)
        return set(lora.deltas)

    def digest(self) -> str:
        """Of the LoRAs and their scales; empty without any."""
        loras = [[lora.digest, scale] for lora, scale in self.loras.values()]
        return digest(loras) if loras else ""

    def _adapted(self, name: str, tensor: Tensor) -> Tensor:
        added = [(delta, scale) for lora, scale in self.loras.values() for delta in lora.deltas.get(name, ())]
        if not added:
            return tensor
        total = tensor.to(torch.float32, copy=True)
        for delta, scale in added:
            delta.add_to(total, scale)
        return total

    def _by_file(self, names: Iterable[str]) -> dict[Path, list[str]]:
        groups: dict[Path, list[str]] = defaultdict(list)
        for name in names:
            groups[self.files[name]].append(name)
        return groups


def _opened(path: Path) -> safe_open:
    try:
        return safe_open(path, "pt")
    except (OSError, SafetensorError) as error:
        raise YingxiError(f"{path}: cannot be read as safetensors ({error})") from error
