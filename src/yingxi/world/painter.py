"""A second painter: a process of its own that draws some of a shot's frames, since skia draws one at a time in each.

It is told in lines of JSON what to draw and says in lines which frames are done; the pictures lie in a mapped file.
It ends when its input does, so it never outlives who asked for it.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import numpy as np

from yingxi.core.clip import Frames
from yingxi.core.shapes import Size
from yingxi.core.shot import Shot
from yingxi.world.play import Staging

SLOTS = 2
"""Frames that it may be asked for at a time."""
AHEAD = 6
"""Frames that are drawn before the one that is due."""
WORTH = 60_000_000
"""Pixels of a shot from which on a second painter pays for its start."""
READY, ENDED = -1, -2


class Painter:
    """The process, seen from outside. One shot at a time. `close` ends it, as does forgetting it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._said: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self._shot = 0
        self._slots: Frames | None = None
        self._asked: dict[int, int] = {}
        self.ready = self.ended = False
        listener = Thread(target=_listen, args=(self._process.stdout, self._said), daemon=True)
        listener.start()
        self.close = weakref.finalize(self, _dismiss, self._process, listener)

    def begin(self, shot: Shot, size: Size, seconds: float, seed: int) -> None:
        """Get a shot ready; until it is, nothing may be asked."""
        handle, name = tempfile.mkstemp(prefix="yingxi-")
        os.close(handle)
        shape = SLOTS, size.height, size.width, 3
        self._slots = np.memmap(name, np.uint8, "w+", shape=shape)
        self._shot, self._asked, self.ready = self._shot + 1, {}, False
        told = {"number": self._shot, "file": name, "size": [size.width, size.height], "seed": seed}
        self._tell({**told, "shot": shot.model_dump_json(), "seconds": seconds})

    @property
    def free(self) -> bool:
        return self.ready and len(self._asked) < SLOTS

    def ask(self, frame: int, seconds: float) -> None:
        slot = next(slot for slot in range(SLOTS) if slot not in self._asked.values())
        self._asked[frame] = slot
        self._tell({"frame": frame, "at": seconds, "slot": slot})

    def collect(self, done: dict[int, Frames], wait: bool = False) -> None:
        """Add what is drawn by now; with `wait`, at least one frame if any is asked for and the process lives."""
        while True:
            try:
                shot, frame = self._said.get(block=wait and bool(self._asked) and not self.ended)
            except Empty:
                return
            if frame == ENDED:
                self.ended, self.ready = True, False
            elif shot == self._shot and frame == READY:
                self.ready = True
            elif shot == self._shot and self._slots is not None:
                done[frame] = self._slots[self._asked.pop(frame)].copy()
                wait = False

    def lost(self) -> list[int]:
        """Frames that it was asked for and will not draw any more."""
        return sorted(self._asked) if self.ended else []

    def _tell(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError:
            self.ended, self.ready = True, False


def _listen(lines: IO[str], said: SimpleQueue[tuple[int, int]]) -> None:
    with lines:
        for line in lines:
            shot, frame = map(int, line.split())
            said.put((shot, frame))
    said.put((0, ENDED))


def _dismiss(process: subprocess.Popen[str], listener: Thread) -> None:
    assert process.stdin
    with contextlib.suppress(OSError):
        process.stdin.close()
    process.wait()
    listener.join()


def drawn(stage: Staging, times: Sequence[float], painter: Painter | None) -> Iterator[Frames]:
    """The frames [H,W,3] of a staged shot at `times`, in order. Who draws what depends on who has time; what is drawn
    does not."""
    done: dict[int, Frames] = {}
    following = 0
    for due in range(len(times)):
        while due not in done:
            if painter:
                painter.collect(done)
                while following < len(times) and painter.free:
                    painter.ask(following, times[following])
                    following += 1
            if painter and due not in done and (lost := painter.lost()):
                done |= {frame: stage.picture(times[frame]) for frame in lost}
                painter = None
            elif due not in done and following < len(times) and following <= due + AHEAD:
                done[following] = stage.picture(times[following])
                following += 1
            elif due not in done and painter:
                painter.collect(done, wait=True)
        yield done.pop(due)


def _serve() -> None:
    """The process itself."""
    said, sys.stdout = sys.stdout, sys.stderr
    stage: Staging | None = None
    slots: Frames | None = None
    shot = 0
    for line in sys.stdin:
        told = json.loads(line)
        if "file" in told:
            shot, size = told["number"], Size(*told["size"])
            slots = np.memmap(told["file"], np.uint8, "r+", shape=(SLOTS, size.height, size.width, 3))
            with contextlib.suppress(OSError):  # its memory stays until both let go; where that cannot be, it stays
                Path(told["file"]).unlink()
            stage = Staging(Shot.model_validate_json(told["shot"]), size, told["seconds"], told["seed"])
            said.write(f"{shot} {READY}\n")
        elif stage is not None and slots is not None:
            slots[told["slot"]] = stage.picture(told["at"])
            said.write(f"{shot} {told['frame']}\n")
        said.flush()


if __name__ == "__main__":
    _serve()
