"""Reading a prompt: a sentence of English or Chinese becomes the structure of a shot that the stage can play."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from yingxi.core.cast import Look
from yingxi.core.shot import Figure, Shot
from yingxi.world.spotting import Spot, Spotter, is_chinese, tokens
from yingxi.world.vocabulary import PREPOSITION, SKIRT, PuppetWords, lexicon

_CLAUSE = re.compile(r"[，。；,;.]|\b(and|while|as)\b")
IDIOM = "idiom"
SIDES = {"left": 0.3, "centre": 0.5, "right": 0.7}
MOST = 3
"""As many figures as a prompt gets."""
MUTUAL = frozenset({"fight", "duel", "box", "embrace"})
"""What somebody to whom it is done does back."""
DEFAULT_PUPPET = "scholar"


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
    # Idioms that hold another phrase's word and mean nothing that can be shown.
    spotter.add(IDIOM, "", words.idioms)
    return spotter


def shot_from_prompt(prompt: str) -> Shot:
    """The shot that a prompt asks for. What it does not say is the stage's choice; it never fails."""
    return understood(prompt)[0]


def understood(prompt: str) -> tuple[Shot, list[str]]:
    """The shot that a prompt asks for, and the words of the prompt that the stage shows nothing for."""
    spots = _resolve(spotter().apart(prompt), prompt)
    words = lexicon()
    place = _first(spots, "place") or "mountain"
    # Of the weather only fire is seen indoors; the rest is left unshown.
    hidden = {name for name in words.camera["weathers"] if words.places[place].inside and name != "fire"}
    outside = [s for s in spots if not (s.kind == "weathers" and s.name in hidden)]
    told: dict[str, Any] = {
        "time": _first(spots, "times") or "day",
        "weather": _first(outside, "weathers") or "clear",
        "move": _first(spots, "moves") or "static",
    }
    figures = _figures(spots, prompt)
    size = _first(spots, "sizes") or ("LS" if len(figures) != 1 else "MLS")
    shot = Shot(slate="1A", size=size, stage=place, figures=figures, prompt=prompt, **told)
    return shot, _unshown(prompt, outside)


def _first(spots: Sequence[Spot], kind: str) -> Any:
    """The name of the kind that the most words say; of equals, the first."""
    best = max((s for s in spots if s.kind == kind), key=lambda s: (s.words, -s.first), default=None)
    return best.name if best else None


def _resolve(spots: list[Spot], text: str) -> list[Spot]:
    """Settle words that mean two things by what stands around them."""
    rides = [s for s in spots if s.kind == "action" and s.name == "ride"]
    riders = [s for s in spots if s.kind == "puppet" and s.name != "horse"]

    def mount(spot: Spot) -> bool:
        """A horse just after a verb of riding, in the same clause: not a figure of its own."""
        gaps = [text[ride.end : spot.start] for ride in rides if ride.end <= spot.start]
        return spot.kind == "puppet" and spot.name == "horse" and any(_CLAUSE.search(g) is None for g in gaps)

    if riders:
        spots = [replace(s, kind="mount") if mount(s) else s for s in spots]
    if any(s.kind == "place" and s.name != "snow" for s in spots):
        # Snow is a place only where no other is named.
        spots = [replace(s, kind="weathers") if s.kind == "place" and s.name == "snow" else s for s in spots]
    return spots


def _figures_named(spots: Sequence[Spot], text: str) -> tuple[list[Spot], list[int]]:
    """Mentions of puppets, and which figure each is.

    A name that comes again is the same figure; ``two monks`` are two figures.
    """
    puppets = lexicon().puppets
    mentions: list[Spot] = []
    index: list[int] = []
    count = 0
    for spot in (spot for spot in spots if spot.kind == "puppet"):
        known = [mention.name for mention in mentions]
        again = puppets[spot.name].proper and spot.name in known
        figures = [index[known.index(spot.name)]] if again else range(count, count + _count(text, spot))
        for figure in figures:
            if figure < MOST:
                mentions.append(spot)
                index.append(figure)
                count = max(count, figure + 1)
    return mentions, index


def _count(text: str, spot: Spot) -> int:
    """How many a number before a noun makes of it: two knights, three old monks, 两个将军."""
    counts = lexicon().counts
    number = "|".join(counts)
    before = re.search(rf"({number})[个位名只匹头条具道](?:[^，。；]{{0,12}}的)?$", text[: spot.start])
    if not before:
        words = r"(?: (?!and\b|the\b|an?\b)[a-z-]+){0,2} $"
        before = re.search(rf"\b({number}){words}", text[: spot.start].lower())
    return counts[before[1]] if before else 1


def _owner(spot: Spot, named: Sequence[Spot], prompt: str) -> int:
    """Which of the figures a colour, headwear, prop, side or action belongs to."""
    after = [i for i, who in enumerate(named) if who.start >= spot.end]
    before = [i for i, who in enumerate(named) if who.end <= spot.start]
    if spot.kind in {"colour", "headwear", "prop"} and after:
        gap = prompt[spot.end : named[after[0]].start]
        if is_chinese(prompt):
            modifies = "的" in gap or not gap
        else:
            modifies = gap.startswith("-") or (spot.kind == "colour" and len(gap.split()) <= 2)
        if modifies and not re.search(r"\band\b", gap) and not set(gap) & set(",.;。，；"):
            return after[0]
    if before:
        return before[-1]
    return after[0] if after else 0


def _figures(spots: Sequence[Spot], prompt: str) -> tuple[Figure, ...]:
    """The figures that a prompt names; somebody, where it names nobody but says what is done, or no place."""
    mentions, index = _figures_named(spots, prompt)
    who = [mentions[index.index(i)] for i in sorted(set(index))]
    puppets = [spot.name for spot in who]
    if not puppets:
        if _first(spots, "place") and not _first(spots, "action"):
            return ()
        puppets = [DEFAULT_PUPPET]
    mine: list[dict[str, list[Spot]]] = [{} for _ in puppets]
    for spot in spots:
        if spot.kind in {"colour", "headwear", "prop", "action", "sides", "facings", "goings"}:
            owner = index[_owner(spot, mentions, prompt)] if mentions else 0
            mine[owner].setdefault(spot.kind, []).append(spot)
    for i, spot in enumerate(who):
        # What is said of two knights is said of each.
        same = [j for j, other in enumerate(who) if other.start == spot.start]
        if len(same) > 1 and i == same[-1]:
            for j in same[:-1]:
                mine[j] = mine[i]
    toward = _hand_over(mine, who, prompt)
    actions = [_strongest(own.get("action", [])) for own in mine]
    figures = [_figure(i, len(puppets), puppet, mine[i], actions, prompt) for i, puppet in enumerate(puppets)]
    if len(figures) < 2:
        return tuple(figures)
    return _between(_apart(figures) if len(figures) == 2 else figures, actions, toward)


def _hand_over(mine: list[dict[str, list[Spot]]], who: Sequence[Spot], prompt: str) -> Literal["one", "both", None]:
    """Settle whose the verb between or after two figures is, and whether it is done to the other or by both.

    和尚向国王鞠躬 puts the verb last; ``a monk and a king fight`` has one verb for both.
    """
    if len(who) < 2:
        return None
    if who[0].start == who[1].start:
        return "both"
    link = prompt[who[0].end : who[1].start]
    between = mine[0].get("action", [])
    between = [s for s in between if who[0].end <= s.start < who[1].start]
    if between:
        after = prompt[between[-1].end : who[1].start]
        return None if _CLAUSE.search(after) or after.strip() in {"和", "与"} else "one"
    later = mine[1].get("action", [])
    if not later or mine[0].get("action"):
        return None
    if re.search(r"[向对给冲朝]", link):
        mine[0]["action"], mine[1]["action"] = later[:1], later[1:]
        return "one"
    if re.search(r"\band\b|[和与跟同及、]", link):
        mine[0]["action"] = later[:1]
        return "both"
    return None


def _strongest(spots: Sequence[Spot]) -> str | None:
    strength = lexicon().actions
    best = max(spots, key=lambda s: (strength[s.name].strength, s.words, -s.first), default=None)
    return best.name if best else None


def _dyes(puppet: PuppetWords, colours: Sequence[Spot], prompt: str) -> dict[str, str]:
    """The colours of a figure by role: a skirt's if it is said so, else the dress's, which is skirt and jacket."""
    dyes: dict[str, str] = {}
    for spot in colours:
        skirt = bool(re.match(r"[\s色-]*(skirt|长裙)", prompt[spot.end :])) and SKIRT in puppet.colours
        role = SKIRT if skirt and (puppet.role or "") in dyes else puppet.role
        if role and role not in dyes:
            dyes[role] = spot.name
    if SKIRT in puppet.colours and puppet.top[0] and puppet.role in dyes:
        dyes.setdefault(SKIRT, dyes[puppet.role])
    return dyes


def _figure(
    index: int, count: int, puppet: str, own: dict[str, list[Spot]], actions: Sequence[str | None], prompt: str
) -> Figure:
    words = lexicon()
    entry = words.puppets.get(puppet) or next(iter(words.puppets.values()))
    action = actions[index] or "stand"
    headwear = [s.name for s in own.get("headwear", [])]
    props = [s.name for s in own.get("prop", [])]
    look = Look(
        puppet=entry.name,
        colours=_dyes(entry, own.get("colour", []), prompt),
        headwear=next((h for h in headwear if h in entry.headwear), headwear[0] if headwear else None),
        prop=next((p for p in props if p in entry.props), props[0] if props else None),
    )
    spread = {1: (0.5,), 2: (0.3, 0.7)}.get(count, (0.2, 0.5, 0.8))
    sides = own.get("sides", [])
    bare = next((s.name for s in sides if s.words == 1 and s.name != "centre"), None)
    moving = action in words.actions and words.actions[action].going
    side = next((s.name for s in sides if not (moving and s.words == 1)), None)
    at = SIDES[side] if side else spread[index]
    going = own["goings"][0].name if own.get("goings") else bare if moving else None
    facing = going or (own["facings"][0].name if own.get("facings") else None)
    facing = facing or ("left" if count > 1 and at > 0.5 and not moving else "right")
    ends = (0.15, 0.85) if facing == "right" else (0.85, 0.15)
    start, end = ends if moving and (count == 1 or going) else (at, None)
    told = {"who": "abc"[index], "action": action, "at": start, "to": end, "facing": facing, "look": look}
    return Figure.model_validate(told)


def _apart(figures: list[Figure]) -> list[Figure]:
    """Where only one side was said, the other of two figures takes the other."""
    first, second = figures
    if (first.at > 0.5) == (second.at > 0.5):
        if first.at == SIDES["left"]:
            first = first.model_copy(update={"at": 1 - second.at})
        else:
            second = second.model_copy(update={"at": 1 - first.at})
    return [first, second]


def _between(
    figures: list[Figure], actions: Sequence[str | None], toward: Literal["one", "both", None]
) -> tuple[Figure, ...]:
    """Turn two figures to each other where one does something to the other, or both do it together."""
    first, second, *rest = figures
    if actions[0] == "chase" and toward:
        return (*chase(first, second), *rest)
    entry = lexicon().actions.get(actions[0] or "stand")
    if entry and toward == "both" and not entry.en_both:
        toward = None
    if entry is None or toward is None or (toward == "one" and not entry.en_to):
        return tuple(figures)
    answer = toward == "both" or (actions[0] in MUTUAL and actions[1] is None)
    first = first.model_copy(update={"toward": second.who, "to": None})
    second = second.model_copy(update={"to": None})
    if answer:
        second = second.model_copy(update={"action": first.action, "toward": first.who})
    sides = ("right", "left") if first.at < second.at else ("left", "right")
    first, second = (f.model_copy(update={"facing": s}) for f, s in zip((first, second), sides, strict=True))
    return (first, second, *rest)


def chase(first: Figure, second: Figure) -> tuple[Figure, Figure]:
    """One runs after the other across the picture, the way the first was to face."""
    ahead = first.facing == "right"
    course = ((0.1, 0.6), (0.4, 0.95)) if ahead else ((0.9, 0.4), (0.6, 0.05))
    told = [{"at": at, "to": to, "facing": first.facing} for at, to in course]
    doing = second.action if lexicon().actions[second.action].going else "run"
    hunted = second.model_copy(update=told[1] | {"action": doing, "toward": None})
    return first.model_copy(update=told[0] | {"toward": second.who}), hunted


def _unshown(prompt: str, spots: Sequence[Spot]) -> list[str]:
    """Words that carry meaning and that no spot covers, as they were written, in order."""
    covered = {i for spot in spots for i in range(spot.start, spot.end)}
    passed_over = lexicon().passed_over
    missing: list[str] = []
    last_end = -1
    for token in tokens(prompt):
        text = prompt[token.start : token.end]
        if token.start in covered or not (text[0].isalpha()):
            continue
        if is_chinese(text):
            if text in passed_over:
                continue
            if token.start == last_end and missing:
                missing[-1] += text
            else:
                missing.append(text)
            last_end = token.end
        elif text.lower() not in passed_over:
            missing.append(text)
    return list(dict.fromkeys(missing))
