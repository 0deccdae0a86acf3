"""Checkpoints by name, from a server on this machine that answers as the hub does."""

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("diffusers")
constants = pytest.importorskip("huggingface_hub").constants

import yingxi  # noqa: E402
from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.model.wan.hub import find_folder  # noqa: E402

COMMIT = "c0ffee" + "0" * 34
NAME = "org/tiny-wan"
UNWANTED = ("README.md", "assets/demo.mp4", "transformer/diffusion_pytorch_model.bin", "original.safetensors")


@dataclass
class Hub:
    """`files` of the one repository by name. `refuses` makes it answer with a status and headers instead, but for the
    list of files if it `lists` them; `breaks` names a file whose first answer is cut off in the middle, `lacks` one
    that gives an error."""

    url: str
    files: dict[str, bytes]
    refuses: tuple[int, dict[str, str]] | None = None
    lists: bool = False
    breaks: str = ""
    lacks: str = ""
    seen: list[tuple[str, str, str | None]] = field(default_factory=list)

    def fetched(self) -> list[str]:
        """The files whose content was asked for."""
        marker = f"/{NAME}/resolve/{COMMIT}/"
        return [path.removeprefix(marker) for method, path, _ in self.seen if method == "GET" and marker in path]


class Answers(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        begins = self.headers.get("Range")
        first_time = ("GET", path, None) not in hub.seen
        hub.seen.append((self.command, path, begins))
        name = path.removeprefix(f"/{NAME}/resolve/{COMMIT}/")
        if hub.refuses and not (hub.lists and path.startswith("/api/")):
            self.answer(hub.refuses[0], b"{}", **hub.refuses[1])
        elif path == f"/api/models/{NAME}/revision/main":
            siblings = [{"rfilename": file} for file in hub.files]
            self.answer(200, json.dumps({"id": NAME, "modelId": NAME, "sha": COMMIT, "siblings": siblings}).encode())
        elif path == f"/api/models/{NAME}/tree/{COMMIT}":
            self.answer(200, json.dumps([entry(file, data) for file, data in hub.files.items()]).encode())
        elif name == hub.lacks:
            self.answer(403, b"")
        elif name in hub.files:
            data, etag = hub.files[name], hashlib.sha256(hub.files[name]).hexdigest()
            start = int(begins.removeprefix("bytes=").rstrip("-")) if begins else 0
            cut = len(data) // 2 if name == hub.breaks and first_time and self.command == "GET" else len(data)
            more = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
            if start:
                more["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.answer(206 if start else 200, data[start:], cut - start, **more)
        elif path.startswith(f"/{NAME}/"):
            self.answer(404, b"", **{"X-Error-Code": "EntryNotFound"})
        else:
            self.answer(404, b"{}", **{"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET

    def answer(self, code: int, data: bytes, sent: int | None = None, **headers: str) -> None:
        """`data`, of which only `sent` bytes are sent."""
        self.send_response(code)
        for name, text in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[:sent])

    def log_message(self, format: str, *args: object) -> None:
        pass


def entry(file: str, data: bytes) -> dict[str, object]:
    """A file in the list of a repository's tree; weights lie in large file storage."""
    oid = hashlib.sha256(data).hexdigest()
    found: dict[str, object] = {"type": "file", "path": file, "size": len(data), "oid": oid[:40]}
    return found | ({"lfs": {"oid": oid, "size": len(data), "pointerSize": 134}} if "tensors" in file else {})


@pytest.fixture
def hub(checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub with a tiny Wan, an empty cache for what comes from there, and nobody's token."""
    folder = checkpoint("t2v")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    files |= dict.fromkeys(UNWANTED, b"not for us")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as listening:
        state = Hub(f"http://127.0.0.1:{listening.server_port}", files)
        monkeypatch.setattr(Answers, "hub", state, raising=False)
        monkeypatch.setattr(constants, "ENDPOINT", state.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", state.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.delenv("HF_TOKEN", raising=False)
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield state
        listening.shutdown()
        thread.join()


def test_a_checkpoint_is_fetched_once_and_only_what_is_needed(hub: Hub, checkpoint: Callable[[str], Path]) -> None:
    with yingxi.load(NAME) as wan:
        assert wan.name == NAME
        assert wan.capabilities.fps == 16
        first = wan("a crane", size="32x32", seconds=0, steps=1, guidance=1)
    wanted = sorted(file for file in hub.files if file not in UNWANTED)
    assert sorted(hub.fetched()) == wanted
    with yingxi.load(checkpoint("t2v")) as same:
        assert same("a crane", size="32x32", seconds=0, steps=1, guidance=1).digest == first.digest
    hub.seen.clear()
    yingxi.load(NAME).close()
    assert not hub.fetched()
    assert [path for _, path, _ in hub.seen] == [f"/api/models/{NAME}/revision/main"]


def test_a_broken_answer_is_gone_on_with(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)
    hub.breaks = "transformer/diffusion_pytorch_model.safetensors"
    path = find_folder(NAME)
    whole = hub.files[hub.breaks]
    assert (path / hub.breaks).read_bytes() == whole
    ranges = [begins for method, asked, begins in hub.seen if method == "GET" and asked.endswith(hub.breaks)]
    assert ranges == [None, f"bytes={len(whole) // 2 // (1 << 16) * (1 << 16)}-"]


def test_files_that_are_whole_are_not_fetched_again(hub: Hub) -> None:
    hub.lacks = "vae/diffusion_pytorch_model.safetensors"
    with pytest.raises(YingxiError, match=f"{NAME} is not whole in the cache .*: the hub answers 403") as error:
        find_folder(NAME)
    assert "\n" not in str(error.value)
    there = set(hub.fetched()) - {hub.lacks}
    hub.lacks, hub.seen = "", []
    path = find_folder(NAME)
    assert not there & set(hub.fetched())
    assert "vae/diffusion_pytorch_model.safetensors" in hub.fetched()
    assert all((path / file).read_bytes() == data for file, data in hub.files.items() if file not in UNWANTED)


def test_without_a_network_what_was_fetched_is_taken(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    path = find_folder(NAME)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert find_folder(NAME) == path
    shutil.rmtree(path / "vae")
    with pytest.raises(YingxiError, match=r"is not whole in .* cannot be reached; is there") as error:
        find_folder(NAME)
    assert "\n" not in str(error.value)


GATED = {"X-Error-Code": "GatedRepo", "X-Error-Message": f"Access to model {NAME} is restricted."}
TROUBLE: dict[str, tuple[int, dict[str, str], str]] = {
    "gated": (401, GATED, f"is gated: accept its licence at http.*/{NAME} and set HF_TOKEN"),
    "gated for this key": (403, GATED, "is gated: accept its licence"),
    "unknown": (404, {"X-Error-Code": "RepoNotFound"}, "no repository of that name on the hub"),
    "private": (401, {"X-Error-Code": "RepoNotFound"}, "a private one needs HF_TOKEN"),
    "wrong key": (401, {"X-Error-Message": "Invalid credentials in Authorization header"}, "not accept HF_TOKEN"),
    "closed": (403, {"X-Error-Message": "Access to this resource is disabled."}, "the hub answers 403"),
    "no branch": (404, {"X-Error-Code": "RevisionNotFound"}, "the hub answers 404"),
    "down": (504, {}, "the hub answers 504"),
}


@pytest.mark.parametrize(
    ("trouble", "lists"), [*((trouble, False) for trouble in TROUBLE), ("gated", True), ("gated for this key", True)]
)
def test_trouble_is_one_sentence(hub: Hub, trouble: str, lists: bool) -> None:
    """The hub itself lists a gated repository's files to all, and refuses what is in them."""
    code, headers, sentence = TROUBLE[trouble]
    hub.refuses, hub.lists = (code, headers), lists
    with pytest.raises(YingxiError, match=sentence) as error:
        yingxi.load(NAME)
    said = str(error.value)
    assert NAME in said
    assert "\n" not in said
    assert "Error" not in said


def test_nobody_there_is_one_sentence(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(YingxiError) as error:
        yingxi.load(NAME)
    assert str(error.value) == (
        f"{NAME} is not whole in the cache and cannot be fetched: http://127.0.0.1:9 cannot be reached; "
        "is there a network?"
    )
