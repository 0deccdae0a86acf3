"""Reading a prompt: a sentence of English or Chinese becomes the structure of a shot that the stage can play."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from yingxi.core.shot import Figure, Shot
from yingxi.world.figures import CLAUSE, figures_of
from yingxi.world.nearest import strangers
from yingxi.world.reading import Reading, instead, unshown
from yingxi.world.spotting import Spot, Spotter, is_chinese
from yingxi.world.vocabulary import PREPOSITION, lexicon

_ASKING = re.compile(
    r"^(create|generate|animate|imagine|show|film|make)\b|"
    r"\b(please|(can|could|would) you|(show|give|make|draw|film) (me|us)|(i want to|i'd like to|let me) see|"
    r"(make |draw |film )?an? ((short|little) )?(video|clip|movie|film|picture|scene) (of|about|with))\b|"
    r"请|帮我|给我们?(看|画|拍|做)?|我想看|(生成|制作)?一(段|个)(视频|短片|影片)",
    re.IGNORECASE,
)
_INTO_PLACE = re.compile(
    r"\b(in|on|at|by|inside|into|onto|through|over|across|along|near|under|beside|above|below|behind|around|outside|"
    r"beneath|past|towards?|to|from|of)\s+((the|an?|his|her|its|their|my|our|this)\s+)?([a-z-]+\s+){0,2}$|[在到]$",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(r"[里上中下边旁前外间内]")
_OF = re.compile(r"\s+of\s+((the|an?|his|her|my)\s+)?$", re.IGNORECASE)
IDIOM = "idiom"


@lru_cache(maxsize=1)
def spotter() -> Spotter:
    """Every phrase of the lexicon by kind and name."""
    words = lexicon()
    spotter = Spotter()
    # Nouns of captions go before looser words, so that a ghost stays a ghost whoever else is called one.
    for name, entry in words.puppets.items():
        spotter.add("puppet", name, (*entry.en, *entry.zh))
    for name, entry in words.puppets.items():
        spotter.add("puppet", name, entry.means, loose=True)
    for name, place in words.places.items():
        bare = [PREPOSITION.sub("", phrase) for phrase in place.en]
        spotter.add("place", name, (*place.en, *bare, *place.zh, *place.zh_name))
    for name, place in words.places.items():
        spotter.add("place", name, place.means, loose=True)
    for name, action in words.actions.items():
        spotter.add("action", name, action.all())
    for table, kind in ((words.colours, "colour"), (words.headwear, "headwear"), (words.props, "prop")):
        for name, thing in table.items():
            bare = [noun.removeprefix("an ").removeprefix("a ") for noun in thing.en]
            spotter.add(kind, name, (*thing.all(), *bare))
    for entry in words.puppets.values():
        spotter.add("garment", entry.name, (*entry.garment_en, *entry.garment_zh, *words.garments))
    for kind, entries in words.camera.items():
        for name, phrases in entries.items():
            spotter.add(kind, name, phrases.all())
    for kind, table in words.nearest.items():
        if kind != "endings":
            for name, phrases in table.items():
                spotter.add(kind if kind in words.camera else kind[:-1], name, phrases, loose=True, near=True)
    # Idioms that hold another phrase's word and mean nothing that can be shown.
    spotter.add(IDIOM, "", words.idioms)
    return spotter


def shot_from_prompt(prompt: str) -> Shot:
    """The shot that a prompt asks for. What it does not say is the stage's choice; it never fails."""
    return understood(prompt).shot


def understood_in_turn(prompts: Iterable[str]) -> list[Reading]:
    """What the prompts of one cut ask for: each goes on where the one before it was."""
    readings: list[Reading] = []
    for prompt in prompts:
        readings.append(understood(prompt, readings[-1].shot if readings else None))
    return readings


def understood(prompt: str, before: Shot | None = None) -> Reading:
    """The shot that a prompt asks for, what the stage shows nothing for, and what it shows in other things' stead.

    Where it follows the shot `before` and names no place, it stays there; who is seen again looks the same.
    """
    asked = _ASKING.sub(lambda match: " " * len(match[0]), prompt)
    text = spotter().mended(asked, lexicon().passed_over)
    spots = spotter().apart(text)
    spots = sorted((*spots, *strangers(text, spots)), key=lambda spot: spot.start)
    spots = _resolve(spots, text)
    words = lexicon()
    named = _place(spots, text)
    stays = before if before and not named else None
    place = named or (stays and stays.stage) or "mountain"
    # Of the weather only fire is seen indoors; the rest is left unshown.
    hidden = {name for name in words.camera["weathers"] if words.places[place].inside and name != "fire"}
    outside = [s for s in spots if not (s.kind == "weathers" and s.name in hidden)]
    told: dict[str, Any] = {
        "time": _first(spots, "times") or (stays.time if stays else "day"),
        "weather": _first(outside, "weathers") or (stays.weather if stays else "clear"),
        "move": _first(spots, "moves") or "static",
    }
    figures = figures_of(spots, text)
    if before:
        figures = tuple(_as_before(figure, before) for figure in figures)
    size = _first(spots, "sizes") or ("LS" if len(figures) != 1 else "MLS")
    shot = Shot(slate="1A", size=size, stage=place, figures=figures, prompt=prompt, **told)
    return Reading(shot, unshown(text, outside), instead(text, outside))


def _as_before(figure: Figure, before: Shot) -> Figure:
    """The figure in the look of the same puppet of the shot before, unless another is asked for."""
    look = figure.look
    worn = next((f.look for f in before.figures if f.look and look and f.look.puppet == look.puppet), None)
    if look is None or worn is None or look.colours or look.headwear or look.prop:
        return figure
    return figure.model_copy(update={"look": worn})


def _first(spots: Sequence[Spot], kind: str) -> Any:
    """The name of the kind that the most words say; of equals, the first."""
    best = max((s for s in spots if s.kind == kind), key=lambda s: (not s.near, s.words, -s.start), default=None)
    return best.name if best else None


def _place(spots: Sequence[Spot], text: str) -> str | None:
    """The place that most likely is one: where something is said to be, the plainer and longer words first."""

    def telling(spot: Spot) -> tuple[bool, bool, bool, int, int]:
        said = text[spot.start : spot.end]
        there = bool(_INTO_PLACE.search(text[: spot.start]) or PREPOSITION.match(said))
        there = there or bool(_IN_PLACE.match(text[spot.end :]) or (is_chinese(said) and _IN_PLACE.search(said[-1])))
        return there, not spot.near, not spot.loose, spot.words, -spot.start

    best = max((spot for spot in spots if spot.kind == "place"), key=telling, default=None)
    return best.name if best else None


def _resolve(spots: list[Spot], text: str) -> list[Spot]:
    """Settle words that mean two things by what stands around them."""
    rides = [s for s in spots if s.kind == "action" and s.name == "ride"]
    riders = [s for s in spots if s.kind == "puppet" and s.name != "horse"]

    def mount(spot: Spot) -> bool:
        """A horse just after a verb of riding, in the same clause: not a figure of its own."""
        gaps = [text[ride.end : spot.start] for ride in rides if ride.end <= spot.start]
        return spot.kind == "puppet" and spot.name == "horse" and any(CLAUSE.search(g) is None for g in gaps)

    if riders:
        spots = [replace(s, kind="mount") if mount(s) else s for s in spots]
    if any(s.kind == "place" and s.name != "snow" for s in spots):
        # Snow is a place only where no other is named.
        spots = [replace(s, kind="weathers") if s.kind == "place" and s.name == "snow" else s for s in spots]
    return _modifiers(spots, text)


def _modifiers(spots: list[Spot], text: str) -> list[Spot]:
    """Without what only says more of other things: a ghost of a king, a king's maid, a robot dog, dark woods."""
    dropped: set[int] = set()
    for one, next_one in pairwise(spots):
        gap = text[one.end : next_one.start]
        kinds = (one.kind, next_one.kind)
        if kinds == ("puppet", "puppet"):
            owner = text[one.start : one.end].endswith(("'s", "’s")) and not CLAUSE.search(gap)
            if _OF.match(gap) or (owner and one.start in dropped):
                dropped.add(next_one.start)
            elif owner or gap in {"的", " "}:
                dropped.add(one.start)
        elif one.kind == "colour" and next_one.kind in {"place", "times", "weathers", "prop"}:
            if not gap.strip("色的 "):
                dropped.add(one.start)
        elif "weathers" in kinds and gap.strip("的 ") in {"", "is", "are"}:
            fall = one if one.kind == "action" else next_one
            if (fall.kind, fall.name) == ("action", "fall"):
                dropped.add(fall.start)
    return [replace(s, kind="said") if s.start in dropped else s for s in spots]
