"""A transformer whose blocks are read while it runs: the same numbers, in a fraction of the memory."""

import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from yingxi.model.dit import DiT, DiTConfig  # noqa: E402
from yingxi.model.offload import StreamedBlocks, offload, refresh  # noqa: E402
from yingxi.model.source import Source  # noqa: E402

CPU = torch.device("cpu")
CONFIG = DiTConfig(heads=2, head=12, layers=5, ffn=32, in_channels=4, out_channels=4, text=8, frequency=16)


def saved(dit: DiT, path: Path) -> Source:
    """In two files, split in the middle of a block."""
    state = dit.state_dict()
    names = list(state)
    halves = {path / "1.safetensors": names[: len(names) // 2], path / "2.safetensors": names[len(names) // 2 :]}
    for file, part in halves.items():
        save_file({name: state[name].clone() for name in part}, file)
    return Source({name: file for file, part in halves.items() for name in part})


def output(dit: DiT) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(1, 3, 4, 2, 5, generator=generator)
    text = torch.randn(1, 3, 8, generator=generator)
    with torch.inference_mode():
        return dit(x, torch.rand(1, 3, generator=generator) * 1000, torch.arange(3.0)[None], dit.context(text))


def streamed(source: Source, config: DiTConfig = CONFIG) -> DiT:
    with torch.device("meta"):
        dit = DiT(config).requires_grad_(False)
    offload(dit, source, CPU, lambda _: torch.float32)
    return dit


def test_the_output_is_the_same_to_the_bit(tmp_path: Path) -> None:
    dit = DiT(CONFIG).requires_grad_(False)
    expected = output(dit)
    other = streamed(saved(dit, tmp_path))
    assert torch.equal(output(other), expected)
    assert torch.equal(output(other), expected)


@pytest.mark.parametrize("layers", [1, 2])
def test_models_of_one_and_two_blocks(layers: int, tmp_path: Path) -> None:
    config = DiTConfig(2, 12, layers, 32, 4, 4, 8, frequency=16)
    dit = DiT(config).requires_grad_(False)
    assert torch.equal(output(streamed(saved(dit, tmp_path), config)), output(dit))


def test_a_lora_is_added_while_blocks_are_read(tmp_path: Path) -> None:
    dit = DiT(CONFIG).requires_grad_(False)
    without = output(dit)
    source = saved(dit, tmp_path)
    other = streamed(source)
    name = "blocks.3.ffn.net.2"
    state = {
        f"transformer.{name}.lora_A.weight": torch.randn(2, 32),
        f"transformer.{name}.lora_B.weight": torch.randn(24, 2),
    }
    state["transformer.proj_out.diff_b"] = torch.randn(4)
    save_file(state, tmp_path / "lora.safetensors")
    changed = source.add(tmp_path / "lora.safetensors", 0.5)
    refresh(dit, source, changed)
    refresh(other, source, changed)
    assert torch.equal(output(other), output(dit))
    assert not torch.allclose(output(dit), without)
    refresh(other, source, source.remove(tmp_path / "lora.safetensors"))
    assert torch.equal(output(other), without)


def test_a_pass_that_breaks_off_leaves_the_next_one_whole(tmp_path: Path) -> None:
    dit = DiT(CONFIG).requires_grad_(False)
    other = streamed(saved(dit, tmp_path))
    blocks = other.get_submodule("blocks")
    assert isinstance(blocks, StreamedBlocks)
    for _ in zip(range(2), blocks, strict=False):
        pass
    assert torch.equal(output(other), output(dit))


WIDE = DiTConfig(heads=4, head=128, layers=24, ffn=1024, in_channels=4, out_channels=4, text=8, frequency=16)
PEAK = """
import sys
from dataclasses import replace
from pathlib import Path
import torch
from safetensors import safe_open
from yingxi.model.dit import DiT, DiTConfig
from yingxi.model.offload import offload
from yingxi.model.source import Source

def resident(field):
    return int(Path("/proc/self/status").read_text().split(field)[1].split()[0]) * 1024

def run(dit):
    context = dit.context(torch.ones(1, 3, 8))
    return dit(torch.ones(1, 1, 4, 4, 4), torch.ones(1, 1), torch.zeros(1, 1), context).sum().item()

file, config = Path(sys.argv[1]), eval(sys.argv[2])
torch.set_num_threads(1)
with torch.inference_mode():
    run(DiT(replace(config, layers=1, ffn=64)))
with torch.device("meta"):
    dit = DiT(config).requires_grad_(False)
with safe_open(file, "pt") as opened:
    source = Source(dict.fromkeys(opened.keys(), file))
before = resident("VmRSS:")
offload(dit, source, torch.device("cpu"), lambda _: torch.float32)
with torch.inference_mode():
    total = run(dit)
print(resident("VmHWM:") - before, total)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_twenty_four_blocks_run_in_the_memory_of_five(tmp_path: Path) -> None:
    """In a process of its own, since a peak of resident memory stays for life."""
    dit = DiT(WIDE).requires_grad_(False)
    file = tmp_path / "wide.safetensors"
    save_file(dit.state_dict(), file)
    command = [sys.executable, "-c", PEAK, file, repr(WIDE)]
    peak, total = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    size = file.stat().st_size
    file.unlink()
    with torch.inference_mode():
        context = dit.context(torch.ones(1, 3, 8))
        out = dit(torch.ones(1, 1, 4, 4, 4), torch.ones(1, 1), torch.zeros(1, 1), context)
    assert float(total) == pytest.approx(out.sum().item(), rel=1e-4)
    assert size > 280e6
    assert int(peak) < size * 5 / 24


def test_a_text_encoder_is_read_while_it_runs_too(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    config = transformers.UMT5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=24, num_layers=3, num_heads=2)
    whole = transformers.UMT5EncoderModel(config).eval().requires_grad_(False)
    state = {name: tensor.clone() for name, tensor in whole.state_dict().items()}
    state.pop("encoder.embed_tokens.weight")
    save_file(state, tmp_path / "model.safetensors")
    with torch.device("meta"):
        encoder = transformers.UMT5EncoderModel(config)
    encoder.encoder.embed_tokens = encoder.shared
    source = Source(dict.fromkeys(state, tmp_path / "model.safetensors"))
    offload(encoder, source, CPU, lambda _: torch.float32, "encoder.block")
    encoder.eval()
    ids = torch.tensor([[3, 7, 1]])
    with torch.inference_mode():
        assert torch.equal(encoder(ids).last_hidden_state, whole(ids).last_hidden_state)
