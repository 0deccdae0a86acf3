"""A person's words told again as captions before a model of captions samples, and what is said of it."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.core.protocols import Capabilities  # noqa: E402
from yingxi.core.request import Request  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.generate import Generator  # noqa: E402
from yingxi.generate.wording import heard, told_again  # noqa: E402
from yingxi.model.nano import Nano  # noqa: E402
from yingxi.world.caption import caption  # noqa: E402
from yingxi.world.prompt import understood  # noqa: E402

SIZE = Size(16, 16)
CAPTIONS = Capabilities("sampled", 12, SIZE, 1, 4, SIZE, SIZE, captions=True)


def test_prompts_become_captions_in_their_language() -> None:
    told = told_again(Request((("a pup runs on the beach", 1.0), ("小猫在海边跑", 2.0))))
    assert told.prompt == (
        ("A medium long shot of a yellow dog running from left to right by the sea by day.", 1.0),
        ("中全景：白天，海边，一只狐狸从左向右跑。", 2.0),
    )
    assert told_again(Request("  ")).prompt == "  "


def test_a_caption_stays_what_it_is() -> None:
    told = told_again(Request("a girl in a blue dress dances in a garden at dusk"))
    assert told_again(told).prompt == told.prompt


def test_what_is_heard_is_said_for_models_of_the_stages_world_only() -> None:
    request = Request("a pup plays a xylophone")
    lines = heard(request, CAPTIONS)
    assert lines[0] == f"taken as: {caption(understood(request.text).shot, 'en')}"
    assert lines[1:] == ["no pup here: instead a dog", "not shown: plays, xylophone"]
    assert heard(request, Capabilities("sampled", 12, SIZE, 1, 4, SIZE, SIZE)) == []


def test_a_model_of_captions_is_told_captions_and_a_clip_says_what_was_asked(nano: Nano) -> None:
    request = Request("some monks bow", seconds=0, steps=2, seed=5)
    with Generator(nano) as model:
        clip, frames = model.run(request), np.stack(list(model.stream(request)))
    direct = nano.run(told_again(request), lambda done, total: None)
    assert (clip.frames == direct.frames).all()
    assert (frames == direct.frames).all()
    assert clip.provenance == nano.provenance(request)
