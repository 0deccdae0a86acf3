"""The report: what nano's clips show of what was asked for, beside what the stage's own clips of the same shots show.

Single takes, a seed for each number, no picking. They are read by probes that were trained apart from nano and judge.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yingxi.core.clip import Frames
from yingxi.core.request import Request
from yingxi.eval import frechet, identity, judge, pictures, probes
from yingxi.eval.caption import caption_of
from yingxi.eval.shots import FPS, FRAMES, Scene, fresh, held_out, sequel
from yingxi.model.nano import WEIGHTS, Nano

SEED = 1_000_003
"""A series of shots that no training uses."""
TIMED = Request("A monk bows in the mountains.", seconds=2.75)

Advance = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """How many clips the report is about. In `held` of them no training met puppet, action and place together;
    `fresh` ones are of the kind that nano was trained on; `joined` show two or three shots of one figure; `again`
    are second takes. Of the first `whole` clips every frame is kept, of the others those that are looked at."""

    held: int = 48
    fresh: int = 48
    joined: int = 24
    again: int = 24
    whole: int = 24


def single(plan: Plan, first: int = 0) -> list[Scene]:
    """Scenes of one shot, of one figure near enough to be known, from number `first` of the series on: held-out and
    fresh ones in turn while there are both."""
    kinds = {held_out: plan.held, fresh: plan.fresh}
    found: list[list[Scene]] = []
    for draw, count in kinds.items():
        numbers = iter(range(first, first + 100 * (count + 1)))
        scenes = (Scene((draw(SEED, number),), SEED + number) for number in numbers)
        near = (scene for scene in scenes if probes.one_figure(scene.shots[0]))
        found.append([next(near) for _ in range(count)])
    both = min(map(len, found))
    return [scene for pair in zip(*found, strict=False) for scene in pair] + found[0][both:] + found[1][both:]


def joined(scenes: Sequence[Scene], count: int) -> list[Scene]:
    """The first shots of `scenes` gone on with: two and three shots in turn, of one figure."""
    found = []
    for i in range(count):
        shots = list(scenes[i % len(scenes)].shots)
        number = 1_000_000 * (i + 1)
        while len(shots) < 2 + i % 2:
            number += 1
            shot = sequel(shots[-1], SEED, number)
            if probes.one_figure(shot):
                shots.append(shot)
        found.append(Scene(tuple(shots), SEED + number))
    return found


def request(scene: Scene, seed: int) -> Request:
    """In the words of the stage's full English captions."""
    texts = [caption_of(shot) for shot in scene.shots]
    if len(texts) == 1:
        return Request(texts[0], seconds=FRAMES / FPS, seed=seed)
    return Request([(text, n / FPS) for text, n in zip(texts, scene.lengths, strict=True)], seed=seed)


def examiners(folder: Path = WEIGHTS) -> tuple[judge.Judge, probes.Probes]:
    """The judge in a nano's folder, and the probes: its own, else those in the box.

    Raises YingxiError where there are none.
    """
    return judge.load(folder), probes.load(folder if (folder / probes.CONFIG).exists() else probes.WEIGHTS)


def evaluate(
    folder: Path,
    critic: judge.Judge,
    asked: probes.Probes,
    plan: Plan | None = None,
    advance: Advance = lambda _: None,
) -> dict[str, Any]:
    """`report.json` of the nano in a folder: shares and cosines as 0..1, PSNR in decibels, times in seconds.

    `advance` is told of each share of the work that is done.
    """
    plan = plan or Plan()
    nano, seconds = timed(folder)
    scenes = single(plan)
    chains = joined(scenes, plan.joined)
    size = nano.capabilities.default_size
    # A clip of nano's takes about as long as five of the stage's.
    part = 1 / (6 * (len(scenes) + plan.joined + plan.again) + len(scenes))

    def sampled(some: Sequence[Scene], seed: int, whole: int = 0) -> list[Frames]:
        found = []
        for i, scene in enumerate(some):
            frames = nano.run(request(scene, seed + i), lambda *_: None).frames
            found.append(frames if i < whole else frames[probes.looks(FRAMES)])
            advance(5 * part)
        return found

    def drawn(some: Sequence[Scene], whole: int = 0) -> list[Frames]:
        found = []
        for i, scene in enumerate(some):
            found.append(scene.real(size, None if i < whole else probes.looks(FRAMES)))
            advance(part)
        return found

    made, real = sampled(scenes, 0, plan.whole), drawn(scenes, plan.whole)
    more = sampled(chains, 10_000), sampled(scenes[: plan.again], 20_000)
    # A second take of the stage has another painter's hand in the scenery.
    repeated = [Scene(scene.shots, scene.number + 1) for scene in scenes[: plan.again]]
    clips = {"sampled": [*made, *more[0], *more[1]], "real": [*real, *drawn(chains), *drawn(repeated)]}
    seen = {kind: probes.see(asked, probes.prepared(asked.config, some)) for kind, some in clips.items()}
    return {
        "weights": nano.weights,
        "clips": asdict(plan) | {"seconds": FRAMES / FPS, "size": str(size)},
        "attributes": _attributes(asked, seen, scenes, chains),
        **_judged(critic, made, real, drawn(single(plan, first=500_000)), [caption_of(s.shots[0]) for s in scenes]),
        "psnr": pictures.psnr(nano, real[: plan.whole]),
        **_moving(made[: plan.whole], real[: plan.whole], scenes),
        "identity": identity.report(seen, scenes, chains, plan.again),
        "seconds": seconds,
    }


def _attributes(
    asked: probes.Probes, seen: dict[str, probes.Seen], scenes: Sequence[Scene], chains: Sequence[Scene]
) -> dict[str, dict[str, float]]:
    """Each with its ceiling, their ratio, and what the commonest answer alone would get. The number of shots is asked
    of as many clips of one shot as there are of two, and of three."""
    truths = [probes.asked(scene.shots[0]) for scene in scenes]
    one = min(len(scenes), len(chains) // 2)
    wanted = [1] * one + [len(scene.shots) for scene in chains]
    chosen = [*range(one), *range(len(scenes), len(scenes) + len(chains))]

    def shares(some: probes.Seen) -> dict[str, float]:
        shots = probes.shots_seen(some)
        hits = [shots[i] == count for i, count in zip(chosen, wanted, strict=True)]
        return probes.right(asked, some, truths) | {"shots": float(np.mean(hits))}

    made, real = shares(seen["sampled"]), shares(seen["real"])
    right = {name: [truth[name] for truth in truths] for name in probes.QUESTIONS} | {"shots": wanted}
    return {
        name: {
            "sampled": made[name],
            "ceiling": real[name],
            "ratio": made[name] / max(real[name], 1e-9),
            "guess": max(Counter(right[name]).values()) / len(right[name]),
        }
        for name in probes.ASKED
    }


def _judged(
    critic: judge.Judge,
    made: Sequence[Frames],
    real: Sequence[Frames],
    more: Sequence[Frames],
    words: Sequence[str],
) -> dict[str, dict[str, float]]:
    """The Frechet distances of nano's clips, and of the real ones of the same shots, to those of as many others."""
    clips = {"sampled": made, "real": real, "more": more}
    looked = {name: [clip[probes.looks(len(clip))] for clip in some] for name, some in clips.items()}
    vectors = {name: frechet.features(critic, some) for name, some in looked.items()}

    def agreement(name: str, texts: Sequence[str]) -> float:
        return float(np.mean([critic.agreement(*pair) for pair in zip(looked[name], texts, strict=True)]))

    return {
        "frechet": {name: frechet.distance(vectors[name], vectors["more"]) for name in ("sampled", "real")},
        "agreement": {
            "sampled": agreement("sampled", words),
            "real": agreement("real", words),
            "real, another shot's words": agreement("real", [*words[1:], *words[:1]]),
        },
    }


def _moving(made: Sequence[Frames], real: Sequence[Frames], scenes: Sequence[Scene]) -> dict[str, dict[str, float]]:
    """Of whole clips; how steady they are only where the camera stands."""
    stands = [i for i in range(len(made)) if scenes[i].shots[0].move == "static"]
    measures = {"steadiness": pictures.steadiness, "smoothness": pictures.smoothness}
    chosen = {"steadiness": stands, "smoothness": list(range(len(made)))}
    return {
        name: {"sampled": measure([made[i] for i in chosen[name]]), "real": measure([real[i] for i in chosen[name]])}
        for name, measure in measures.items()
        if chosen[name]
    }


def timed(folder: Path) -> tuple[Nano, dict[str, float]]:
    """Nano, and how long it takes: from disk to loaded, from disk to the end of the first step, and, loaded and
    used once, from prompt to frames and to a labelled MP4."""
    start = time.perf_counter()
    nano = Nano(folder)
    loaded = time.perf_counter() - start
    steps: list[float] = []
    nano.run(TIMED, lambda *_: steps.append(time.perf_counter() - start))
    again = time.perf_counter()
    clip = nano.run(TIMED, lambda *_: None)
    frames = time.perf_counter() - again
    with tempfile.TemporaryDirectory() as place:
        clip.save(Path(place) / "timed.mp4")
    whole = time.perf_counter() - again
    lasts = clip.seconds
    return nano, {"clip lasts": lasts, "load": loaded, "first step": steps[0], "frames": frames, "mp4": whole}
