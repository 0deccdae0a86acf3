"""A small company for quick tests: a stage of coloured frames, a voice that beeps, a sampled model that dims.

Every member counts what it is asked for, so that a test can tell what was made again. Run as a program it builds a
film in a folder, for the tests that kill it.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from yingxi.core.cast import Cast, Character, Look, Place, VoiceProfile
from yingxi.core.clip import Clip, Frames, Provenance, Sound
from yingxi.core.digest import digest
from yingxi.core.errors import Refused
from yingxi.core.protocols import Capabilities, OnStep, Vocabulary
from yingxi.core.request import Request
from yingxi.core.shapes import Size
from yingxi.core.shot import Figure, Line, Shot, ShotList
from yingxi.core.story import Story
from yingxi.core.time import frame_count

STORY = "The Red Fox\n\nA fox walked over the hill. The moon was red. He sat down and laughed.\n"


def colour(*parts: object) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(digest(*parts)[:6]), np.uint8)


class Painter:
    """The stage: each frame one colour, of the shot and the seed."""

    name = "stage"
    capabilities = Capabilities(
        kind="animation", fps=24, default_size=Size(192, 108), default_seconds=2, max_seconds=600,
        min_size=Size(96, 64), max_size=Size(640, 360), any_fps=True, reads_shot=True,
    )  # fmt: skip

    def __init__(self, delay: float = 0.0) -> None:
        self.delay, self.played = delay, []

    def check(self, request: Request) -> None:
        if request.shot and "unplayable" in request.shot.prompt:
            raise Refused("unplayable", "the stage cannot play what is unplayable")

    def stream(self, request: Request, on_step: OnStep) -> Iterator[Frames]:
        assert request.shot is not None
        assert request.size is not None
        assert request.fps is not None
        self.played.append(request.shot.slate)
        plain = colour(request.shot.prompt, [f.action for f in request.shot.figures], request.seed)
        for index in range(frame_count(request.seconds or 0, request.fps)):
            time.sleep(self.delay)
            frame = np.empty((request.size.height, request.size.width, 3), np.uint8)
            frame[:] = plain
            frame[:, : index + 1] //= 2
            yield frame

    def run(self, request: Request, on_step: OnStep) -> Clip:
        return Clip(np.stack(list(self.stream(request, on_step))), 24, Provenance(self.name, "animation"))

    def close(self) -> None: ...


class Dreamer:
    """A sampled model of 64x48 at 12 frames a second that reaches one second, and takes any pin."""

    name = "dreamer"

    def __init__(self, delay: float = 0.0, pins: str = "any") -> None:
        self.delay, self.requests = delay, []
        self.capabilities = Capabilities(
            kind="sampled", fps=12, default_size=Size(64, 48), default_seconds=1, max_seconds=1,
            min_size=Size(64, 48), max_size=Size(64, 48), pins=pins, steps=True,  # pyright: ignore[reportArgumentType]
        )  # fmt: skip

    def check(self, request: Request) -> None:
        if "nightmare" in str(request.prompt):
            raise Refused("nightmares", "dreamer has no nightmares")

    def run(self, request: Request, on_step: OnStep) -> Clip:
        time.sleep(self.delay)
        assert request.seconds is not None
        assert request.seconds <= 1
        self.requests.append(request)
        count = frame_count(request.seconds, 12)
        frames = np.empty((count, 48, 64, 3), np.uint8)
        frames[:] = colour(request.prompt, request.seed)
        at, pin = 0, request.pins.get(0)
        if isinstance(pin, Clip):
            frames[: len(pin.frames)], at = pin.frames, len(pin.frames)
        elif pin is not None:
            frames[0], at = pin, 1
        for index in range(max(1, at), count):
            frames[index] = np.maximum(frames[index - 1], 2) - 2  # darker with every frame: a seam would show
        on_step(1, 1)
        return Clip(frames, 12, Provenance(self.name, "sampled", "w1", request.seed, str(request.prompt)))

    def close(self) -> None: ...


class Brightest:
    """A judge that likes light."""

    def __init__(self) -> None:
        self.judged = 0

    def score(self, clip: Clip, shot: Shot) -> Mapping[str, float]:
        self.judged += 1
        return {"agreement": 0.5, "overall": float(clip.frames.mean())}


class Beeper:
    """A voice: 50 ms a letter of a tone."""

    name = "beeper"

    def __init__(self, delay: float = 0.0) -> None:
        self.delay, self.said = delay, []

    def say(self, text: str, profile: VoiceProfile, language: str) -> Sound:
        time.sleep(self.delay)
        self.said.append(text)
        seconds = np.arange(int(24000 * 0.05 * len(text))) / 24000
        return Sound((0.3 * np.sin(2764.6 * seconds * 2 ** (profile.pitch / 12))).astype(np.float32), 24000)

    def profiles(self, language: str) -> Sequence[VoiceProfile]:
        return [VoiceProfile.model_validate({"name": name}) for name in ("low", "high", "clear")]


class Prompter:
    """Stagecraft for foxes."""

    vocabulary = Vocabulary(
        puppets={"fox": {"en": ["fox"]}},
        places={"hill": {"en": ["hill"]}},
        actions={name: {"en": [name]} for name in ("walk", "sit", "stand", "laugh")},
    )

    def look(self, character: Character, taken: Sequence[Look]) -> Look:
        return Look.model_validate({"puppet": "fox", "words": "a red fox"})

    def place(self, words: str) -> str:
        return "hill"

    def action(self, words: str) -> str:
        return next((name for name in self.vocabulary.actions if name in words), "stand")

    def prompt(self, shot: Shot, language: str) -> str:
        doing = ", ".join(f"{f.look.words if f.look else f.who} {f.action}s" for f in shot.figures)
        return f"{doing or 'nobody'} on a {shot.stage} by {shot.time}"


def adapt(
    story: Story, stagecraft: Any, seconds: float = 60, language: str = "auto", closely: Any = None, edited: str = ""
) -> SimpleNamespace:
    """A title, a shot for each sentence, an end."""
    fox = Character.model_validate({"id": "fox", "name": "Fox"})
    fox = fox.model_copy(update={"look": stagecraft.look(fox, [])})
    place = Place.model_validate({"id": "hill", "name": "the hill", "stage": "hill"})
    texts = [story.read(s) for c in story.chapters for p in c.paragraphs for s in p.sentences]
    shots = [_shot(slate="1A", card="title", prompt=story.title, seconds=0.5)]
    for number, text in enumerate(texts[: int(seconds)]):
        figure = Figure.model_validate({"who": "fox", "action": stagecraft.action(text), "look": fox.look})
        shot = _shot(
            slate=f"2{chr(65 + number)}", place="hill", stage="hill", figures=(figure,), seconds=0.5,
            lines=(Line.model_validate({"who": "narrator", "text": text}),),
        )  # fmt: skip
        shot = shot.model_copy(update={"prompt": stagecraft.prompt(shot, story.language)})
        bare = figure.model_copy(update={"look": None})
        shots.append(shot.model_copy(update={"stage": None, "figures": (bare,)}))
    shots.append(_shot(slate="9A", card="end", prompt="The End", seconds=0.5))
    cast = Cast.model_validate({"characters": (fox,), "places": (place,)})
    return SimpleNamespace(
        cast=cast, screenplay=texts, shots=ShotList(language=story.language, shots=tuple(shots)), notes=()
    )


def _shot(**fields: Any) -> Shot:
    return Shot.model_validate(fields)


def modules() -> dict[str, ModuleType]:
    """Stand in the places of the story's own adaptation, which takes seconds to wake."""
    from yingxi.story import fountain as real

    adaptation, fountain = ModuleType("yingxi.story.adapt"), ModuleType("yingxi.story.fountain")
    vars(fountain).update(vars(real))
    adaptation.adapt = adapt  # pyright: ignore[reportAttributeAccessIssue]
    fountain.to_fountain = lambda texts, cast: "\n".join(texts)  # pyright: ignore[reportAttributeAccessIssue]
    return {m.__name__: m for m in (adaptation, fountain)}


class Company:
    """A crew that remembers who was woken and what they did."""

    def __init__(self, sampled: bool = False, delay: float = 0.0, pins: str = "any") -> None:
        self.stage, self.voice, self.model = Painter(delay), Beeper(delay), Dreamer(delay * 10, pins)
        self.judge, self.stagecraft, self.sampled = Brightest(), Prompter(), sampled
        self.woken: list[str] = []

    def crew(self, settings: Any) -> Any:
        from yingxi.film.crew import Crew, Deferred

        def member(name: str) -> Any:
            def wake() -> Any:
                self.woken.append(name)
                return getattr(self, name)

            return Deferred(name, wake)

        extra = {"model": member("model"), "judge": member("judge")} if self.sampled else {}
        return Crew(member("stage"), member("stagecraft"), member("voice"), **extra)


SMALL = {"size": "96x64", "fps": 12, "takes": 3}

if __name__ == "__main__":
    from yingxi.film.build import build

    sys.modules.update(modules())
    root, story = Path(sys.argv[1]), Path(sys.argv[2])
    company = Company(sampled=len(sys.argv) > 3, delay=0.01)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    build(root, company.crew, story=story, changes=SMALL)
