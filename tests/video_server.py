"""A real server on this machine that behaves as `/v1/videos` does, and misbehaves as servers do, for all tests."""

import email
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[int], Answer]


def answer(code: int, body: Any, **headers: str) -> Answer:
    return code, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(body).encode()


def complaint(code: int, message: str, /, **more: str) -> Answer:
    return answer(code, {"error": {"message": message, **more}})


VIDEO: dict[str, Any] = {
    "id": "video_1", "object": "video", "model": "wan", "status": "queued", "progress": 0, "created_at": 1763000000,
    "completed_at": None, "expires_at": None, "error": None, "prompt": "a crane flies", "seconds": "2",
    "size": "1280x720", "remixed_from_video_id": None,
}  # fmt: skip


@dataclass
class Server:
    """`paths` says what to answer at the n-th call of a path; `seen` holds (path, headers, form) of each call."""

    url: str
    paths: dict[str, Handler] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def calls(self, path: str) -> list[dict[str, Any]]:
        return [form for seen, _, form in self.seen if seen == path]

    def job(self, *states: dict[str, Any], **headers: str) -> None:
        """A job that goes through `states`, one a look; each is a Video of the API but for what it says itself."""
        first, *whole = [{**VIDEO, **state} for state in ({}, *states)]
        self.paths["POST /v1/videos"] = lambda n: answer(200, first)
        self.paths["GET /v1/videos/video_1"] = lambda n: answer(200, whole[min(n, len(whole) - 1)], **headers)

    def gives(self, data: bytes) -> None:
        for query in ("", "?variant=video"):
            path = f"GET /v1/videos/video_1/content{query}"
            self.paths[path] = lambda n: (200, {"Content-Type": "video/mp4"}, data)


def form_of(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    parts = email.message_from_bytes(head + body, policy=HTTP).iter_parts()
    fields: dict[str, Any] = {}
    for part in parts:
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        fields[str(name)] = content if part.get_filename() else content.decode()  # type: ignore[union-attr]
    return fields


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    from yingxi.model import engine, remote

    for name in remote.KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(engine, "WAITS", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(remote, "POLL", 0.01)

    class Calls(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = f"{self.command} {self.path}"
            headers = {name.lower(): text for name, text in self.headers.items()}
            number = len(state.calls(path))
            state.seen.append((path, headers, form_of(headers, body)))
            make = state.paths.get(path, lambda n: complaint(404, "Not Found"))
            code, more, data = make(number)
            self.send_response(code)
            for name, text in {"Content-Length": str(len(data)), **more}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Calls) as listening:
        state = Server(f"http://127.0.0.1:{listening.server_port}/v1")
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield state
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """32 frames of 64x48 at 16 a second, frame n as bright as 6 n."""
    from yingxi.media.video import write_take

    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    write_take(path, (np.full((48, 64, 3), 6 * n, np.uint8) for n in range(32)), 16)
    return path.read_bytes()


@pytest.fixture
def working(server: Server, video: bytes) -> Server:
    server.job({"status": "in_progress", "progress": 40}, {"status": "completed", "progress": 100})
    server.gives(video)
    return server


@pytest.fixture(scope="session")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Eight seconds of 64x48 at 12 frames a second, with a tone of 1 kHz at -12 dBFS."""
    from yingxi.core.clip import Sound
    from yingxi.core.shapes import Size
    from yingxi.media.film import Reel, write_film

    path = tmp_path_factory.mktemp("sounding") / "clip.mp4"
    tone = Sound((0.25 * np.sin(2 * np.pi * 1000 * np.arange(8 * 48_000) / 48_000)).astype(np.float32), 48_000)
    write_film(path, (np.full((48, 64, 3), n, np.uint8) for n in range(96)), Reel(Size(64, 48), 12, "en", tone), {})
    return path.read_bytes()
