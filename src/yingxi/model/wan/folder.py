"""A Wan checkpoint on disk, in the layout of diffusers: checked as a whole from configurations and file headers, so
that what is wrong is said before gigabytes are read. Pickled weights are never opened: a pickle can run any program.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from yingxi.core.digest import DIGEST_LENGTH
from yingxi.core.errors import YingxiError
from yingxi.model.source import Source
from yingxi.model.wan.scheduler import Scheduler, read_scheduler

PIPELINES = ("WanPipeline", "WanImageToVideoPipeline")
CLASSES = {
    "transformer": "WanTransformer3DModel",
    "transformer_2": "WanTransformer3DModel",
    "vae": "AutoencoderKLWan",
    "text_encoder": "UMT5EncoderModel",
    "image_encoder": "CLIPVisionModel",
}
UNUSED = (".norm_added_q.weight", ".position_ids")
"""Tensors that published files hold and no arithmetic asks for."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_SAMPLES, _SAMPLE = 64, 4096


@dataclass(frozen=True)
class Part:
    """One network of a checkpoint: its configuration, and the file and shape of each tensor."""

    path: Path
    config: Mapping[str, Any]
    files: Mapping[str, Path]
    shapes: Mapping[str, tuple[int, ...]]

    def source(self) -> Source:
        return Source(self.files)


@dataclass(frozen=True)
class Folder:
    """A whole checkpoint. `boundary` is the share of the noise above which `transformer` runs, below it
    `transformer_2`."""

    path: Path
    transformer: Part
    transformer_2: Part | None
    vae: Part
    text_encoder: Part
    image_encoder: Part | None
    scheduler: Scheduler
    boundary: float | None
    expand_timesteps: bool

    @property
    def parts(self) -> list[Part]:
        found = (self.transformer, self.transformer_2, self.vae, self.text_encoder, self.image_encoder)
        return [part for part in found if part is not None]

    def fingerprint(self) -> str:
        """24 hexadecimal digits that name the weights: over each file's length and 64 samples of its bytes.

        Hashing every byte would take minutes; a fine-tuned or damaged copy differs in the samples too.
        """
        state = hashlib.sha256()
        for path in sorted({path for part in self.parts for path in part.files.values()}):
            size = path.stat().st_size
            state.update(f"{path.relative_to(self.path)} {size}".encode())
            with path.open("rb") as file:
                for i in range(_SAMPLES):
                    file.seek(size * i // _SAMPLES)
                    state.update(file.read(_SAMPLE))
        return state.hexdigest()[:DIGEST_LENGTH]


def read_folder(path: Path) -> Folder:
    """Raises YingxiError, in one sentence, for what is not a whole Wan checkpoint."""
    index = _index(path)
    if index["_class_name"] not in PIPELINES:
        raise YingxiError(f"{path} holds {index['_class_name']}, and only {' or '.join(PIPELINES)} can be loaded")
    for name, expected in CLASSES.items():
        found = (index.get(name) or [None, None])[1]
        if found not in (expected, None):
            raise YingxiError(f"{path}: its {name} is {found}, and Wan's is {expected}")
    boundary = index.get("boundary_ratio")
    second = _part(path, "transformer_2") if _has(index, "transformer_2") else None
    if (second is None) != (boundary is None):
        raise YingxiError(
            f"{path / 'model_index.json'}: boundary_ratio and transformer_2 belong together, one is null"
        )
    for name in ("transformer", "vae", "text_encoder", "tokenizer", "scheduler"):
        if not _has(index, name):
            raise YingxiError(f"{path / 'model_index.json'} names no {name}")
    if not (path / "tokenizer").is_dir():
        raise YingxiError(f"{path} is not whole: it lacks the folder tokenizer")
    return Folder(
        path=path,
        transformer=_part(path, "transformer"),
        transformer_2=second,
        vae=_part(path, "vae"),
        text_encoder=_part(path, "text_encoder"),
        image_encoder=_part(path, "image_encoder") if _has(index, "image_encoder") else None,
        scheduler=read_scheduler(read_json(path / "scheduler" / "scheduler_config.json")),
        boundary=None if boundary is None else float(boundary),
        expand_timesteps=bool(index.get("expand_timesteps")),
    )


def check_tensors(module: nn.Module, part: Part, rename: Callable[[str], str] = str) -> dict[str, str]:
    """Hold a module's parameters against the files' headers. Returns the name of each in the files.

    `rename` turns a name in the files into one of the module. Raises YingxiError, naming the tensor, for one that is
    missing, left over or of another shape.
    """
    names = {rename(name): name for name in part.shapes if not name.endswith(UNUSED)}
    wanted = {name: tuple(tensor.shape) for name, tensor in module.named_parameters()}
    missing, over = sorted(wanted.keys() - names.keys()), sorted(names.keys() - wanted.keys())
    if missing:
        raise YingxiError(f"{part.path} lacks the tensor {missing[0]}{_more(missing)} that its config.json asks for")
    if over:
        raise YingxiError(
            f"{part.path} has a tensor {names[over[0]]}{_more(over)} that its config.json has no place for"
        )
    for name, shape in wanted.items():
        found = part.shapes[names[name]]
        if found != shape:
            raise YingxiError(
                f"{part.path}: the tensor {names[name]} is {found}, and its config.json asks for {shape}"
            )
    return names


@torch.inference_mode(False)
def load_tensors(
    module: nn.Module,
    part: Part,
    source: Source,
    device: torch.device,
    dtype: Callable[[str], torch.dtype],
    rename: Callable[[str], str] = str,
) -> None:
    """Give a module on the meta device its tensors, memory-mapped where they are stored as they are wanted.

    `dtype` says the number format of each tensor by its name in the module. Raises YingxiError as `check_tensors`
    does, and for numbers that are not finite.
    """
    names = {stored: name for name, stored in check_tensors(module, part, rename).items()}
    state: dict[str, Tensor] = {}
    for stored, tensor in source.read(names):
        check_finite(f"{part.path}: the tensor {stored}", tensor)
        state[names[stored]] = tensor.to(device, dtype(names[stored]))
    module.load_state_dict(state, strict=False, assign=True)  # not strict: a tensor may have a second name
    module.requires_grad_(False).eval()


def check_finite(what: str, tensor: Tensor) -> None:
    """Raises YingxiError if a number is NaN or infinite, or of a quantised format. One pass, no memory."""
    if tensor.dtype not in (torch.float32, torch.bfloat16, torch.float16):
        raise YingxiError(f"{what} is stored as {str(tensor.dtype).removeprefix('torch.')}, which cannot be loaded")
    low, high = torch.aminmax(tensor)
    if not (torch.isfinite(low) and torch.isfinite(high)):
        raise YingxiError(f"{what} holds numbers that are not finite; get the file again")


def check_numbers(part: Part) -> None:
    """Raises YingxiError if a tensor is not finite. One look before the first run is enough for what is streamed."""
    for stored, tensor in part.source().read(part.files):
        check_finite(f"{part.path}: the tensor {stored}", tensor)


def _more(names: list[str]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""


def _has(index: Mapping[str, Any], name: str) -> bool:
    return bool((index.get(name) or [None])[0])


def _index(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise YingxiError(f"there is no folder {path}")
    if not path.is_dir():
        raise YingxiError(
            f"{path} is a file: a Wan checkpoint is a folder with model_index.json, as diffusers has it"
        )
    if not (path / "model_index.json").is_file():
        config = path / "config.json"
        if config.is_file() and str(read_json(config).get("_class_name")).startswith("Wan"):
            raise YingxiError(f"{path} has the original layout of Wan: get the edition whose name ends in -Diffusers")
        raise YingxiError(f"{path} is not a Wan checkpoint: it has no model_index.json")
    index = read_json(path / "model_index.json")
    if not isinstance(index.get("_class_name"), str):
        raise YingxiError(f"{path / 'model_index.json'} does not say what it is (_class_name)")
    return index


def read_json(path: Path) -> dict[str, Any]:
    """Raises YingxiError where the file is missing or no JSON object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise YingxiError(f"{path.parent} is not whole: it lacks {path.name}") from error
    except (OSError, ValueError) as error:
        raise YingxiError(f"{path} cannot be read as JSON ({error})") from error
    if not isinstance(data, dict):
        raise YingxiError(f"{path} is not a JSON object")
    return data


def _part(root: Path, name: str) -> Part:
    path = root / name
    config = read_json(path / "config.json")
    promised = _promised(path)
    files: dict[str, Path] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    for file in sorted(set(promised.values())):
        try:
            with safe_open(file, "pt") as opened:
                for key in opened.keys():  # noqa: SIM118 - not a mapping
                    files[key] = file
                    shapes[key] = tuple(opened.get_slice(key).get_shape())
        except (OSError, SafetensorError) as error:
            raise YingxiError(f"{file} is cut short or damaged ({error}); get it again") from error
    for key in promised.keys() - {"*"}:
        if files.get(key) != promised[key]:
            raise YingxiError(f"{promised[key]} lacks the tensor {key} that its index promises; get it again")
    return Part(path, config, files, shapes)


def _promised(path: Path) -> dict[str, Path]:
    """The file of each tensor as the index of shards has it, or one file for ``*``."""
    indices = sorted(path.glob("*.safetensors.index.json"))
    if indices:
        shards = read_json(indices[0]).get("weight_map")
        if not isinstance(shards, dict) or not all(isinstance(name, str) for name in shards.values()):
            raise YingxiError(f"{indices[0]} has no weight_map")
        for name in sorted(set(shards.values())):
            if Path(name).name != name or not (path / name).is_file():
                raise YingxiError(f"{path} is not whole: it lacks {name}")
        return {key: path / name for key, name in shards.items()}
    files = sorted(path.glob("*.safetensors"))
    if len(files) == 1:
        return {"*": files[0]}
    if files:
        raise YingxiError(f"{path} has {len(files)} safetensors files and no index that says which to take")
    pickles = sorted(file.name for file in path.iterdir() if file.suffix in PICKLES)
    if pickles:
        raise YingxiError(f"{path} has only pickled weights ({pickles[0]}), which are never loaded: use safetensors")
    raise YingxiError(f"{path} is not whole: it has no safetensors file")
