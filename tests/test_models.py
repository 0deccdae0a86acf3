"""One contract for every model that is registered: what it cannot take it names before any work."""

from collections.abc import Iterator

import numpy as np
import pytest

from yingxi.core import plugins
from yingxi.core.clip import Clip, Frames
from yingxi.core.errors import Refused
from yingxi.core.protocols import StreamingModel, VideoModel
from yingxi.core.request import Pin, Request
from yingxi.core.shapes import Size
from yingxi.core.time import frame_count
from yingxi.generate import Generator
from yingxi.generate.wording import told_again

PROMPT = "a monk bows in a temple at dusk"


@pytest.fixture(scope="module", params=plugins.names(plugins.MODELS))
def generator(request: pytest.FixtureRequest) -> Iterator[Generator]:
    with Generator(plugins.find(plugins.MODELS, request.param)()) as generator:
        yield generator


@pytest.fixture(scope="module")
def size(generator: Generator) -> Size:
    can = generator.capabilities
    return min(can.fixed_sizes, key=lambda size: size.width * size.height, default=can.min_size)


@pytest.fixture(scope="module")
def steps(generator: Generator) -> int | None:
    return 2 if generator.capabilities.steps else None


@pytest.fixture(scope="module")
def clip(generator: Generator, size: Size, steps: int | None) -> Clip:
    return generator(PROMPT, seconds=0.75, size=size, seed=3, steps=steps)


def test_it_is_a_model(generator: Generator) -> None:
    model = generator.model
    assert isinstance(model, VideoModel)
    assert model.name in plugins.names(plugins.MODELS)
    assert model.capabilities.min_size <= model.capabilities.default_size <= model.capabilities.max_size


def test_a_clip_is_what_was_asked_for(generator: Generator, clip: Clip, size: Size) -> None:
    assert clip.size == size
    assert clip.fps == generator.capabilities.fps
    assert clip.shape.frames == frame_count(0.75, clip.fps)
    assert clip.frames.std() > 1
    said = clip.provenance
    assert (said.model, said.kind, said.prompt) == (generator.name, generator.capabilities.kind, PROMPT)
    assert said.seed == 3


def test_the_same_request_gives_the_same_clip(
    generator: Generator, clip: Clip, size: Size, steps: int | None
) -> None:
    assert generator(PROMPT, seconds=0.75, size=size, seed=3, steps=steps).digest == clip.digest


def test_a_still_is_one_frame(generator: Generator, size: Size, steps: int | None) -> None:
    assert generator("月下的老虎", seconds=0, size=size, steps=steps).shape.frames == 1


def test_steps_are_told(generator: Generator, size: Size, steps: int | None) -> None:
    told: list[tuple[int, int]] = []
    generator(PROMPT, seconds=0.5, size=size, steps=steps, on_step=lambda *step: told.append(step))
    assert told
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_cannot_be_taken_is_named(generator: Generator, size: Size) -> None:
    can = generator.capabilities
    picture = np.zeros((size.height, size.width, 3), np.uint8)
    wrong: dict[str, Request] = {
        "size": Request(PROMPT, size=Size(can.max_size.width + can.grid, can.max_size.height)),
        "seconds": Request(PROMPT, seconds=can.max_seconds + 1),
    }
    if not can.guidance:
        wrong["guidance"] = Request(PROMPT, guidance=3.0)
    if not can.negative:
        wrong["negative"] = Request(PROMPT, negative="rain")
    if not can.steps:
        wrong["steps"] = Request(PROMPT, steps=4)
    if not can.loop:
        wrong["loop"] = Request(PROMPT, loop=True)
    if can.pins == "none":
        wrong["pins"] = Request(PROMPT, pins={0: picture})
    if not can.source:
        wrong["source"] = Request(PROMPT, source=Clip(picture[None], can.fps, None))  # pyright: ignore
    for rule, request in wrong.items():
        with pytest.raises(Refused) as refusal:
            generator.check(request)
        assert refusal.value.rule == rule
        assert generator.name in str(refusal.value)


def test_a_streaming_model_streams_what_it_runs(
    generator: Generator, clip: Clip, size: Size, steps: int | None
) -> None:
    if not isinstance(generator.model, StreamingModel):
        pytest.skip(f"{generator.name} does not stream")
    request = Request(PROMPT, seconds=0.75, size=size, seed=3, steps=steps)
    assert generator.model.provenance(request) == clip.provenance
    read = told_again(request) if generator.capabilities.captions else request
    frames = list(generator.model.stream(read, lambda done, total: None))
    assert np.array_equal(np.stack(frames), clip.frames)
    assert np.array_equal(np.stack(list(generator.stream(request))), clip.frames)


def test_previews_change_nothing(generator: Generator, clip: Clip, size: Size, steps: int | None) -> None:
    request = Request(PROMPT, seconds=0.75, size=size, seed=3, steps=steps)
    shown: list[tuple[int, Frames]] = []

    def show(done: int, frames: Frames) -> None:
        shown.append((done, frames))

    if not generator.capabilities.previews:
        with pytest.raises(Refused) as refusal:
            generator.run(request, on_preview=show)
        assert refusal.value.rule == "preview"
        return
    assert generator.run(request, on_preview=show).digest == clip.digest
    assert shown
    assert all(frames.shape[1:] == clip.frames.shape[1:] for _, frames in shown)


def test_pins_stay_where_they_are(generator: Generator, clip: Clip, size: Size, steps: int | None) -> None:
    pins = generator.capabilities.pins
    given: dict[str, list[dict[int | float, Pin]]] = {
        "none": [],
        "first": [{0: clip.frames[2]}],
        "any": [
            {0: clip.frames[2]},
            {0: clip.frames[2], -1: clip.frames[4]},
            {0: clip},
            {-1: clip},
            {0.25: clip.frames[2]},
        ],
    }
    for asked in given[pins]:
        made = generator(PROMPT, seconds=1.5, size=size, pins=asked, steps=steps)
        for key, pin in asked.items():
            frames = pin.frames if isinstance(pin, Clip) else pin[None]
            index = round(key * clip.fps) if isinstance(key, float) else key
            start = index if index >= 0 else len(made.frames) - len(frames)
            assert np.array_equal(made.frames[start : start + len(frames)], frames)
        assert made.provenance.parents == tuple(pin.digest for pin in asked.values() if isinstance(pin, Clip))


def test_a_source_is_made_anew(generator: Generator, clip: Clip, size: Size, steps: int | None) -> None:
    if not generator.capabilities.source:
        pytest.skip(f"{generator.name} takes no source")
    made = generator(PROMPT, size=size, source=clip, strength=0.5, steps=steps, seed=4)
    assert made.frames.shape == clip.frames.shape
    assert not np.array_equal(made.frames, clip.frames)
    assert made.provenance.parents == (clip.digest,)


def test_several_shots_make_one_clip(generator: Generator, size: Size, steps: int | None) -> None:
    shots = [(PROMPT, 0.5), ("a tiger runs", 0.5)]
    if not generator.capabilities.shots:
        with pytest.raises(Refused) as refusal:
            generator(shots, size=size, steps=steps)
        assert refusal.value.rule == "prompt"
        return
    made = generator(shots, size=size, steps=steps)
    assert made.shape.frames == frame_count(1, made.fps)
    assert made.provenance.prompt == f"{PROMPT}\na tiger runs"


def test_a_loop_is_made(generator: Generator, size: Size, steps: int | None) -> None:
    if not generator.capabilities.loop:
        pytest.skip(f"{generator.name} makes no loops")
    made = generator(PROMPT, seconds=1, size=size, loop=True, steps=steps)
    assert abs(made.seconds - 1) < 0.2
