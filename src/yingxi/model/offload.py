"""Transformers larger than the memory they run in: two blocks have a place there, and the next is read ahead of use.

It serves any module that iterates over a list of like blocks: `DiT.blocks`, or `encoder.block` of the text encoder.

On a CPU a block is read from its safetensors file by a second thread while the one before is computed. On a GPU all
blocks are in page-locked host memory and are copied on a stream of their own. What only a GPU can show has not been
run: the copies to page-locked memory (`StreamedBlocks.refresh`) and from there (`_from_host`), how long they take and
how much memory they leave.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch
from torch import Tensor, nn

from yingxi.model.source import Source


class StreamedBlocks(nn.Module):
    """In place of a list of blocks: iterated once a pass, each block is in memory until the next is asked for.

    Its tensors are no parameters of the transformer: they belong to whichever block is in turn.
    """

    def __init__(self, blocks: nn.ModuleList, source: Source, device: torch.device, at: str) -> None:
        """`blocks` have the shapes and number formats, and may be on the meta device; `source` has the tensors."""
        super().__init__()
        self.at = at
        self.count = len(blocks)
        self.source = source
        self.device = device
        self.places = [block.to_empty(device=device).requires_grad_(False).eval() for block in list(blocks)[:2]]
        self.states = [place.state_dict() for place in self.places]
        self.host: dict[str, Tensor] = {}
        if device.type == "cuda":
            self.stream = torch.cuda.Stream(device)
            self.refresh(name for index in range(self.count) for name in self._names(index))

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[nn.Module]:
        with ThreadPoolExecutor(1) as reader:
            fetch = self._from_host if self.device.type == "cuda" else partial(self._from_files, reader)
            wait = fetch(0)
            for index in range(self.count):
                wait()
                if index + 1 < self.count:
                    wait = fetch(index + 1)
                yield self.places[self._place(index)]

    def refresh(self, names: Iterable[str]) -> None:
        """Read tensors again whose LoRAs have changed."""
        if self.device.type != "cuda":
            return
        with torch.inference_mode():
            for name, tensor in self.source.read(names):
                self.host[name] = tensor.to(self.states[0][self._within(name)].dtype).pin_memory()

    def _names(self, index: int) -> list[str]:
        return [f"{self.at}.{index}.{name}" for name in self.states[0]]

    def _within(self, name: str) -> str:
        """`blocks.7.attn1.to_q.weight` -> `attn1.to_q.weight`."""
        return name.removeprefix(f"{self.at}.").split(".", 1)[1]

    def _place(self, index: int) -> int:
        return index % len(self.places)

    def _copy(self, index: int, tensors: Iterable[tuple[str, Tensor]]) -> None:
        state = self.states[self._place(index)]
        with torch.inference_mode():
            for name, tensor in tensors:
                state[self._within(name)].copy_(tensor, non_blocking=True)

    def _from_files(self, reader: ThreadPoolExecutor, index: int) -> Callable[[], object]:
        """Begin to read a block. What is returned waits until it is there, and so it does for `_from_host`."""
        return reader.submit(self._copy, index, self.source.read(self._names(index))).result

    def _from_host(self, index: int) -> Callable[[], object]:
        compute = torch.cuda.current_stream(self.device)
        self.stream.wait_stream(compute)  # the block that had this place has been computed
        with torch.cuda.stream(self.stream):
            self._copy(index, ((name, self.host[name]) for name in self._names(index)))
        return partial(compute.wait_event, self.stream.record_event())


def offload(
    module: nn.Module, source: Source, device: torch.device, dtype: Callable[[str], torch.dtype], at: str = "blocks"
) -> None:
    """Let the blocks of `module` be read from `source` while it runs; load all its other tensors to `device`.

    The module may be on the meta device, as only its shapes are used; `dtype` says the format of each tensor by name.
    A tensor that `source` does not have, such as one tied to another, is left to the caller.
    """
    for name, parameter in module.named_parameters():
        parameter.data = parameter.data.to(dtype(name))
    blocks = module.get_submodule(at)
    assert isinstance(blocks, nn.ModuleList)
    module.set_submodule(at, StreamedBlocks(blocks, source, device, at))
    module.to_empty(device=device)
    refresh(module, source, module.state_dict().keys() & source.files.keys())


def refresh(module: nn.Module, source: Source, names: Iterable[str]) -> None:
    """Read these tensors of a module again, in place, after its LoRAs have changed."""
    state = module.state_dict()
    names = set(names)
    held = [name for name in state if name in names]
    with torch.inference_mode():
        for name, tensor in source.read(held, next(iter(state.values())).device):
            state[name].copy_(tensor)
    for blocks in module.modules():
        if isinstance(blocks, StreamedBlocks):
            blocks.refresh(names - state.keys())
