"""Measures whole commands, as a person runs them: seconds of picture per second of wall clock, and peak memory.

    python dev/bench.py            every row
    python dev/bench.py film       only rows whose name contains "film"

Each command runs alone, in a process of its own; peak memory is the largest resident set of that process.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from yingxi.media.video import probe

ROOT = Path(__file__).parent.parent
YINGXI = [sys.executable, "-m", "yingxi"]
STORY = ROOT / "examples" / "monkey_king.txt"
PROMPT = "a monk walks over the bridge at dusk"
ROWS = {
    "stage clip 1280x720": (["generate", PROMPT, "-o", "out.mp4", "--model", "stage", "--seconds", "10"], "out.mp4"),
    "stage clip 1920x1080": (
        ["generate", PROMPT, "-o", "out.mp4", "--model", "stage", "--seconds", "10", "--size", "1920x1080"],
        "out.mp4",
    ),
    "nano clip": (["generate", PROMPT, "-o", "out.mp4", "--seconds", "2"], "out.mp4"),
    "stage film 1280x720": (["make", str(STORY), "-o", "out.film", "--model", "stage"], "out.film/film.mp4"),
    "nano film 1280x720": (["make", str(STORY), "-o", "out.film", "--model", "nano"], "out.film/film.mp4"),
}


def measure(arguments: list[str], product: str) -> tuple[float, float, float]:
    """Seconds of picture, seconds of wall clock, peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = subprocess.Popen([*YINGXI, *arguments], cwd=folder, stderr=subprocess.DEVNULL)
        _, code, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        if code:
            raise SystemExit(f"yingxi {' '.join(arguments)} failed")
        return probe(Path(folder, product)).seconds, wall, usage.ru_maxrss / 1024


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    print(f"load average before: {os.getloadavg()[0]:.1f}", flush=True)
    for name, (arguments, product) in ROWS.items():
        if wanted in name:
            seconds, wall, peak = measure(arguments, product)
            row = f"| {name} | {seconds:.1f} s | {wall:.1f} s | {seconds / wall:.2f} | {peak:.0f} MB |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
