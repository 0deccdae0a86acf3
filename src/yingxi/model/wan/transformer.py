"""The transformers of a checkpoint: one, or two of which one runs while there is much noise and the other after."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import torch

from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.core.lora import Noise
from yingxi.model.device import best_device, best_dtype
from yingxi.model.dit import DiT, DiTConfig, kept_in_float32
from yingxi.model.offload import offload, refresh
from yingxi.model.source import Source
from yingxi.model.wan.folder import Folder, Part, check_numbers, check_tensors, load_tensors

Expert = Literal["dit", "dit_2"]
TYPICAL = "blocks.0.attn1.to_q.weight"
EXPERTS: dict[Noise, Expert] = {"high": "dit", "low": "dit_2"}


class Transformers:
    """Reads a transformer when it is first needed. Of two, only the one in use is in memory, unless `keep` is set."""

    def __init__(self, folder: Folder, dtype: torch.dtype | None, streamed: bool, compiled: bool = False) -> None:
        """Raises YingxiError where the files' headers do not fit the configurations.

        With `streamed` a transformer's blocks are read from disk while it runs; with `compiled` TorchInductor fuses
        their small operations, which a CPU gains nothing from: YingxiError there.
        """
        self.device = best_device()
        if compiled and self.device.type == "cpu":
            raise YingxiError("compiling is for GPUs, and there is none: a CPU is as quick without")
        self.compiled = compiled
        self.streamed = streamed
        self.boundary = folder.boundary
        self.parts: dict[Expert, Part] = {"dit": folder.transformer}
        if folder.transformer_2 is not None:
            self.parts["dit_2"] = folder.transformer_2
        for part in self.parts.values():
            check_tensors(empty(part), part)
        self.sources: dict[Expert, Source] = {name: part.source() for name, part in self.parts.items()}
        self.dtype = dtype or best_dtype(self.device, self.sources["dit"].is_float32(TYPICAL))
        self.keep = False
        self._checked: set[Expert] = set()
        self._loaded: dict[Expert, DiT] = {}

    @property
    def mapped(self) -> bool:
        """Whether weights stay in their files' memory: the system takes it back where it is wanted."""
        stored = self.sources["dit"].is_float32(TYPICAL) == (self.dtype == torch.float32)
        return stored and self.device.type == "cpu" and not self.streamed

    def expert(self, t: float) -> Expert:
        """Which one runs at timestep `t` of 0..1000."""
        return "dit" if self.boundary is None or t >= self.boundary * 1000 else "dit_2"

    @property
    def loaded(self) -> tuple[Expert, ...]:
        """Which ones are in memory."""
        return tuple(self._loaded)

    @torch.inference_mode(False)
    def load(self, name: Expert) -> DiT:
        """Raises YingxiError if a weight is not finite."""
        if not self.keep:
            self._loaded = {other: dit for other, dit in self._loaded.items() if other == name}
        if name in self._loaded:
            return self._loaded[name]
        part, source = self.parts[name], self.sources[name]
        dit = empty(part)
        if self.compiled:
            dit.compile_blocks()
        if self.streamed:
            if name not in self._checked:
                check_numbers(part)
                self._checked.add(name)
            offload(dit, source, self.device, self._format)
        else:
            load_tensors(dit, part, source, self.device, self._format)
        self._loaded[name] = dit
        return dit

    def load_lora(self, path: Path, scale: float, noise: Noise | None) -> None:
        """Onto the transformer for high or for low noise, or onto all there are. Raises as `Source.add` does."""
        for name in self._meant(noise):
            self._changed(name, self.sources[name].add(path, scale))

    def unload_lora(self, path: Path) -> None:
        """From wherever it is. Raises YingxiError if it is nowhere."""
        having: list[Expert] = [name for name, source in self.sources.items() if path in source.loras]
        for name in having or list(self.sources):
            self._changed(name, self.sources[name].remove(path))

    def digest(self) -> str:
        """Of the LoRAs on each; empty without any."""
        found = {name: source.digest() for name, source in self.sources.items()}
        return digest(found) if any(found.values()) else ""

    def _meant(self, noise: Noise | None) -> list[Expert]:
        if noise is None:
            return list(self.sources)
        if EXPERTS["low"] not in self.sources:
            raise YingxiError(f"there is one transformer for all noise: a LoRA cannot go onto one for {noise} noise")
        return [EXPERTS[noise]]

    def free(self) -> None:
        self._loaded.clear()

    def _format(self, tensor: str) -> torch.dtype:
        return torch.float32 if kept_in_float32(tensor) else self.dtype

    def _changed(self, name: Expert, tensors: Iterable[str]) -> None:
        if name in self._loaded:
            refresh(self._loaded[name], self.sources[name], tensors)


def empty(part: Part) -> DiT:
    """The transformer that a configuration describes, on the meta device."""
    with torch.device("meta"):
        return DiT(DiTConfig.from_diffusers(part.config, part.shapes))
