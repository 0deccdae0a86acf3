"""`make bench` at the smallest size: every phase is measured, and the two sides make the same latents."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers")

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent.parent / "dev" / "compare.py"
SIDES = {"diffusers", "yingxi"}


def test_every_phase_is_measured_and_the_latents_agree(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    options = ["--size", "tiny", "--dtype", "float32", "--rounds", "2", "--steps", "2", "--agree", "3", "5"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *options, "--threads", "1", "--json", str(file)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

    [found] = json.loads(file.read_text())["results"]
    assert (found["size"], found["dtype"], found["setting"]) == ("tiny", "float32", {"threads": 1, "device": "cpu"})
    assert list(found["phases"]) == ["text", "sample", "decode", "file", "film"]
    for phase in found["phases"].values():
        assert set(phase["seconds"]) == set(phase["peak_bytes"]) == SIDES
        for seconds in phase["seconds"].values():
            assert 0 < seconds["least"] <= seconds["median"] <= seconds["most"]
        # Numbers of torch and its libraries alone are above 100 MB.
        assert min(phase["peak_bytes"].values()) > 1e8
        assert set(phase["ratio"]) == {"diffusers"}
    steps, decode, film = (found["phases"][name]["seconds"] for name in ("sample", "decode", "film"))
    for side in SIDES:
        assert film[side]["most"] > decode[side]["least"] > steps[side]["least"]
    assert 0 < found["share_of_product_rate"]["median"] < 1

    few, most = found["agreement"]
    assert (few["steps"], most["steps"]) == (3, 5)
    assert max(few["apart"], most["apart"]) < 1e-4
    # Other numbers of steps give other latents: it is not for want of a difference that these agree.
    assert few["from_most_steps"] > 100 * few["apart"]

    lines = done.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| phase"))
    rows = [line.split("|") for line in lines[start : start + 7]]
    assert [row[1].strip() for row in rows[2:]] == [
        "text",
        "a guided step",
        "decoding",
        "writing the file",
        "end to end",
    ]
    assert {len(row) for row in rows} == {8}
