"""The parts of the report: which shots, what pixels alone tell, who is alike."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from yingxi.app import evaluate_nano  # noqa: E402
from yingxi.core.errors import YingxiError  # noqa: E402
from yingxi.core.shapes import Size  # noqa: E402
from yingxi.eval import identity, pictures, report  # noqa: E402
from yingxi.eval.probes import Seen, looks, one_figure  # noqa: E402
from yingxi.eval.report import Plan  # noqa: E402
from yingxi.eval.shots import FRAMES, Scene  # noqa: E402
from yingxi.world.samples import HELD_OUT  # noqa: E402

PLAN = Plan(held=3, fresh=5, joined=4, again=2, whole=1)


def combination(scene: Scene) -> tuple[str, str, str]:
    figure = scene.shots[0].figures[0]
    assert figure.look
    return figure.look.puppet, figure.action, scene.shots[0].stage or ""


def test_the_shots_are_held_out_and_fresh_in_turn_and_always_the_same() -> None:
    scenes = report.single(PLAN)
    assert [combination(scene) in HELD_OUT for scene in scenes] == [True, False] * 3 + [False] * 2
    assert scenes == report.single(PLAN)
    assert not {scene.number for scene in scenes} & {scene.number for scene in report.single(PLAN, first=500_000)}
    assert all(one_figure(scene.shots[0]) for scene in scenes)


def test_joined_shots_keep_their_figure_and_change_the_rest() -> None:
    scenes = report.joined(report.single(PLAN), PLAN.joined)
    assert [len(scene.shots) for scene in scenes] == [2, 3, 2, 3]
    for scene in scenes:
        assert len({shot.figures[0].look.model_dump_json() for shot in scene.shots if shot.figures[0].look}) == 1
        for shot, after in zip(scene.shots, scene.shots[1:], strict=False):
            assert shot.size != after.size
            assert shot.figures[0].action != after.figures[0].action
    asked = report.request(scenes[1], seed=3)
    assert [seconds for _, seconds in asked.prompt] == pytest.approx([2 / 3] * 3)


def test_a_real_clip_is_the_same_by_single_frames() -> None:
    scene = report.joined(report.single(PLAN), 1)[0]
    whole = scene.real(Size(96, 64))
    assert whole.shape == (FRAMES, 64, 96, 3)
    assert np.array_equal(scene.real(Size(96, 64), looks(FRAMES)), whole[looks(FRAMES)])


def test_what_stands_is_steady_and_what_moves_evenly_is_smooth() -> None:
    still = np.full((9, 4, 4, 3), 90, np.uint8)
    even = (np.arange(9, dtype=np.uint8) * 10)[:, None, None, None] + np.zeros((1, 4, 4, 3), np.uint8)
    jerks = np.where(np.arange(9)[:, None, None, None] % 2, still + 51, still)
    assert pictures.steadiness([still]) == 1
    assert pictures.steadiness([even]) == pytest.approx(1 - 10 / 255)
    assert pictures.smoothness([even]) == 1
    assert pictures.smoothness([jerks]) == pytest.approx(1 - 51 / 255)


def test_a_figure_is_like_itself_and_unlike_others() -> None:
    scenes, chains = report.single(PLAN), report.joined(report.single(PLAN), 2)
    generator = torch.Generator().manual_seed(0)
    figures = torch.randn(len(scenes), 1, 64, generator=generator).expand(-1, 4, -1)
    # The first two go on as they were; of the second takes one is of another.
    seen = {kind: Seen({}, torch.empty(0), torch.empty(0), figure) for kind, figure in {
        "real": torch.cat((figures, figures[:2], figures[:2])),
        "sampled": torch.cat((figures, figures[:2], figures[1:3])),
    }.items()}  # fmt: skip
    found = identity.report(seen, scenes, chains, 2)
    assert found["across shots"]["sampled"] == pytest.approx(1)
    assert found["across takes"]["real"] == pytest.approx(1)
    assert found["across takes"]["sampled"] < 0.5
    assert abs(found["different characters"]["real"]) < 0.5


def test_without_weights_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(YingxiError, match=r"no judge in .*: train one"):
        evaluate_nano(tmp_path)
