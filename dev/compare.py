"""This package's Wan beside diffusers' own pipeline: one checkpoint with random weights, one run, turn by turn.

    make bench ARGS="--size nano --dtype both --compile --agree 10 50"

Each side is a process of its own that waits while the other computes. A ratio is diffusers' seconds by this package's
within one round: its median, and the least and the most. Memory is the largest resident set of the process while it
does that phase; on an accelerator what torch took there. Both sides have the same format and threads, and the
autoencoder in float32; OpenMP waits as each would have it, diffusers by OpenMP's defaults. `--agree` compares the
latents after so many steps from the same noise.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
OURS, THEIRS, COMPILED = "yingxi", "diffusers", "compiled"
SIZES = ("tiny", "nano", "middle", "1.3b")
PHASES = ("text", "sample", "decode", "file", "film")
NAMES = {
    "text": "text",
    "sample": "a guided step",
    "decode": "decoding",
    "file": "writing the file",
    "film": "end to end",
}
GUIDED_STEPS = 3
"""For timing: the first is not counted, so two are. Of a checkpoint too large for more, one is."""
TOLERANCE = 1e-4
"""How far apart, relative to their norm, the latents of the two sides may be in float32."""


class Side:
    """A worker that computes only between an order and its answer."""

    def __init__(self, name: str, options: Sequence[str], environment: dict[str, str]) -> None:
        self.name = name
        command = [sys.executable, str(HERE / "compare_worker.py"), name, *options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.setting = self._answer()

    def __call__(self, do: str, **order: Any) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(
                f"the process of {self.name} ended with code {self.process.wait()}; what it said is above"
            )
        return json.loads(line)

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self.process.kill()
        self.process.communicate()


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def apart(a: Path, b: Path) -> float:
    """Relative distance of two arrays, in their norm."""
    x, y = np.load(a).astype(np.float64), np.load(b).astype(np.float64)
    return float(np.linalg.norm(x - y) / np.linalg.norm(y))


def written(size: str, folder: Path) -> dict[str, Any]:
    """Writes the checkpoint, in a process of its own: torch stays out of this one. What `compare_sizes.py` says."""
    writer = [sys.executable, str(HERE / "compare_sizes.py"), size, str(folder)]
    return json.loads(subprocess.run(writer, check=True, stdout=subprocess.PIPE).stdout)


def measure(size: str, scale: dict[str, Any], folder: Path, dtype: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Every number of a size and a format."""
    clip = scale["clip"]
    environment = dict(os.environ)
    if asked.device == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    phases = PHASES if scale["decodes"] else ("text", "sample")
    guided = GUIDED_STEPS if scale["decodes"] else 2
    sides: list[Side] = []
    try:
        for name in (THEIRS, OURS, *([COMPILED] if asked.compile else [])):
            scratch = folder / name
            scratch.mkdir(exist_ok=True)
            options = [folder / "checkpoint", scratch, dtype, asked.device, asked.threads, json.dumps(clip)]
            sides.append(Side(name, [str(option) for option in options], environment))
        first, tuned = {}, {}
        for side in sides:
            if side.name != OURS and scale["decodes"]:
                tuned[side.name] = side("tune")
            if side.name == COMPILED:
                side("compile")
            first[side.name] = {phase: side(phase, **order(phase, 0, 1, 1)) for phase in phases}
        words = first[OURS]["text"]["words"]
        agreement = agree(sides, folder, dtype, asked.agree if scale["decodes"] else [])
        taken: dict[str, dict[str, list[float]]] = {phase: {side.name: [] for side in sides} for phase in phases}
        memory: dict[str, dict[str, int]] = {phase: {side.name: 0 for side in sides} for phase in phases}
        rates, shares = [], []
        ours = next(side for side in sides if side.name == OURS)
        for i in range(1, asked.rounds + 1):
            rates.append(ours("rate")["rate"])
            for phase in phases:
                for side in sides[:: 1 if i % 2 else -1]:
                    answer = side(phase, **order(phase, i, asked.steps, guided))
                    seconds = answer["seconds"]
                    taken[phase][side.name].append(statistics.mean(seconds) if phase == "sample" else seconds)
                    memory[phase][side.name] = max(memory[phase][side.name], answer["peak"])
            operations = scale["operations"] + scale["operations_per_word"] * (words + 1)
            shares.append(operations / taken["sample"][OURS][-1] / rates[-1])
    finally:
        for side in sides:
            side.close()
    return {
        "size": size,
        "dtype": dtype,
        "what": scale["note"],
        "setting": sides[0].setting,
        "steps": asked.steps,
        "words": words,
        "first": {
            side: {phase: got.get("whole", got["seconds"]) for phase, got in each.items()}
            for side, each in first.items()
        },
        "decode_by_layout": tuned,
        "phases": {
            phase: {
                "seconds": {side: spread(seconds) for side, seconds in by_side.items()},
                "ratio": {
                    side: spread([a / b for a, b in zip(seconds, by_side[OURS], strict=True)])
                    for side, seconds in by_side.items()
                    if side != OURS
                },
                "peak_bytes": memory[phase],
            }
            for phase, by_side in taken.items()
        },
        "product_rate": spread(rates),
        "share_of_product_rate": spread(shares),
        "agreement": agreement,
    }


def order(phase: str, round: int, steps: int, guided: int) -> dict[str, int]:
    return {"round": round, "steps": guided if phase == "sample" else steps}


def agree(sides: list[Side], folder: Path, dtype: str, counts: list[int]) -> list[dict[str, Any]]:
    """The distance of the two sides' latents, and of each from diffusers' in float32 where these were made before."""
    found = []
    for steps in counts:
        made, seconds = {}, {}
        for side in sides:
            if side.name != COMPILED:
                made[side.name] = folder / f"{side.name}-{dtype}-{steps}.npy"
                side("text", round=0)
                seconds[side.name] = side("sample", steps=steps, save=str(made[side.name]))["whole"]
        row: dict[str, Any] = {"steps": steps, "apart": apart(made[OURS], made[THEIRS]), "seconds": seconds}
        exact, most = (folder / f"{THEIRS}-float32-{n}.npy" for n in (steps, max(counts)))
        if exact.exists():
            row["from_float32"] = {name: apart(path, exact) for name, path in made.items()}
        found.append(row)
        if dtype == "float32" and row["apart"] > TOLERANCE:
            raise SystemExit(f"the latents of {steps} steps are {row['apart']:.1e} apart, more than {TOLERANCE:.0e}")
        row["of_most_steps"] = most
    for row in found:
        most = row.pop("of_most_steps")
        mine = folder / f"{OURS}-{dtype}-{row['steps']}.npy"
        if len(counts) > 1 and most.exists():
            row["from_most_steps"] = apart(mine, most)
    return found


def table(found: dict[str, Any]) -> str:
    """What `measure` found, in Markdown."""
    names = [name for name in (THEIRS, COMPILED, OURS) if name in found["phases"]["text"]["seconds"]]
    ratios = [name for name in names if name != OURS]
    head = [*(f"{n}, s" for n in names), *(f"{n} / {OURS}" for n in ratios), *(f"{n}, MB" for n in names)]
    lines = [
        f"### {found['size']}, {found['dtype']}, {found['setting']['device']}, {found['setting']['threads']} threads",
        f"{found['what']}; {found['words']} text tokens; end to end with {found['steps']} steps.",
        "",
        f"| {' | '.join(['phase', *head])} |",
        f"|{' --- |' * (1 + len(head))}",
    ]
    for phase, row in found["phases"].items():
        cells = [f"{row['seconds'][n]['median']:.3g}" for n in names]
        cells += ["{median:.2f} ({least:.2f}-{most:.2f})".format(**row["ratio"][n]) for n in ratios]
        cells += [f"{row['peak_bytes'][n] / 2**20:.0f}" for n in names]
        lines.append(f"| {' | '.join([NAMES[phase], *cells])} |")
    rate, share = found["product_rate"], found["share_of_product_rate"]
    lines += [
        "",
        f"A matrix product alone: {rate['median'] / 1e9:.0f} GFLOP/s ({rate['least'] / 1e9:.0f}-"
        f"{rate['most'] / 1e9:.0f}); {OURS}'s step reaches {share['median']:.0%} of it "
        f"({share['least']:.0%}-{share['most']:.0%}).",
    ]
    for name, seconds in found["decode_by_layout"].items():
        each = ", ".join(f"{layout} {s:.3g} s" for layout, s in seconds.items())
        lines.append(f"Five frames decoded by {name} by memory layout of its weights, the quicker stayed: {each}.")
    if COMPILED in names:
        each = ", ".join(f"{NAMES[phase]} {s:.3g} s" for phase, s in found["first"][COMPILED].items())
        lines.append(f"The first of each phase with torch.compile, compilation included, not in the table: {each}.")
    for row in found["agreement"]:
        text = f"Latents after {row['steps']} steps: {row['apart']:.1e} apart"
        if "from_float32" in row and found["dtype"] != "float32":
            each = ", ".join(f"{name} {value:.1e}" for name, value in row["from_float32"].items())
            text += f"; from diffusers in float32: {each}"
        if "from_most_steps" in row:
            text += f"; {OURS} from diffusers in float32 with the most steps {row['from_most_steps']:.1e}"
        text += "; " + ", ".join(f"{name} {seconds:.3g} s" for name, seconds in row["seconds"].items())
        lines.append(text + ".")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=[*SIZES, "all"], default="nano", help="all: but for tiny")
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4, help="end to end")
    parser.add_argument("--agree", type=int, nargs="*", default=[10], metavar="STEPS", help="50: the official number")
    parser.add_argument("--compile", action="store_true", help="diffusers with torch.compile as well")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="cuda was written, and not yet run")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch takes")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    results = []
    for size in SIZES[1:] if asked.size == "all" else [asked.size]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            scale = written(size, folder / "checkpoint")
            formats = ["float32", "bfloat16"] if asked.dtype == "both" else [asked.dtype]
            if asked.dtype == "both" and not scale["decodes"]:
                formats = ["bfloat16"]  # as float32 it fills most machines
            for dtype in formats:
                results.append(measure(size, scale, folder, dtype, asked))
                print(table(results[-1]), flush=True)
    if asked.json:
        machine = {"machine": platform.machine(), "system": platform.system(), "cores": os.cpu_count()}
        when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        asked.json.write_text(json.dumps({"when": when, **machine, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
