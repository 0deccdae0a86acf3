"""The figures of a prompt: who they are, what each wears, holds and does, and what they do to each other."""

import re
from collections.abc import Sequence
from typing import Literal

from yingxi.core.cast import Look
from yingxi.core.shot import Figure
from yingxi.world.counting import count_of
from yingxi.world.nearest import SOMEBODY
from yingxi.world.spotting import Spot, is_chinese
from yingxi.world.vocabulary import SKIRT, PuppetWords, lexicon

CLAUSE = re.compile(r"[，。；,;.]|\b(and|while|as)\b")
_GIVES = re.compile(
    r"\b(gives?|gave|giving|hands?|handed|handing|offers?|offered|offering|brings?|brought|bringing)"
    r"(\s+(to|the|an?|his|her|its|their|my|your|old|young|little|poor|other))*\s*$",
    re.IGNORECASE,
)
_BETWEEN_TWO = re.compile(r"\b(fight|battle|duel|match|talk|embrace) between ((the|an?) )?([a-z]+ )?$", re.IGNORECASE)
SIDES = {"left": 0.3, "centre": 0.5, "right": 0.7}
MOST = 3
"""As many figures as a prompt gets."""
MUTUAL = frozenset({"fight", "duel", "box", "embrace"})
"""What somebody to whom it is done does back."""


def _figures_named(spots: Sequence[Spot], text: str) -> tuple[list[Spot], list[int]]:
    """Mentions of puppets, and which figure each is.

    A name that comes again is the same figure; ``two monks`` are two figures.
    """
    puppets = lexicon().puppets
    mentions: list[Spot] = []
    index: list[int] = []
    count = 0
    named = [spot for spot in spots if spot.kind == "puppet"]
    for number, spot in enumerate(named, 1):
        known = [mention.name for mention in mentions]
        again = puppets[spot.name].proper and spot.name in known
        # Of a crowd there are fewer where others are named after it.
        many = max(1, min(count_of(text, spot), MOST - count - len(named[number:])))
        figures = [index[known.index(spot.name)]] if again else range(count, count + many)
        for figure in figures:
            if figure < MOST:
                mentions.append(spot)
                index.append(figure)
                count = max(count, figure + 1)
    return mentions, index


def _owner(spot: Spot, named: Sequence[Spot], prompt: str) -> int:
    """Which of the figures a colour, headwear, prop, side or action belongs to."""
    after = [i for i, who in enumerate(named) if who.start >= spot.end]
    before = [i for i, who in enumerate(named) if who.end <= spot.start]
    if spot.kind in {"colour", "headwear", "prop"} and after:
        gap = prompt[spot.end : named[after[0]].start]
        if is_chinese(prompt):
            modifies = "的" in gap or not gap
        else:
            worn = re.search(r"\bin $", prompt[: spot.start]) and before
            modifies = gap.startswith("-") or (spot.kind == "colour" and len(gap.split()) <= 2 and not worn)
        if modifies and not re.search(r"\band\b", gap) and not set(gap) & set(",.;。，；"):
            return after[0]
    if before:
        return before[-1]
    return after[0] if after else 0


def figures_of(spots: Sequence[Spot], prompt: str) -> tuple[Figure, ...]:
    """The figures that a prompt names; somebody, where it names nobody but says what is done, or no place."""
    mentions, index = _figures_named(spots, prompt)
    who = [mentions[index.index(i)] for i in sorted(set(index))]
    puppets = [spot.name for spot in who]
    if not puppets:
        kinds = {spot.kind for spot in spots}
        if "place" in kinds and "action" not in kinds:
            return ()
        puppets = ["lady" if re.search(r"\b(she|her)\b|她", prompt, re.I) else SOMEBODY]
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
        return None if any(s.name == "chase" for s in mine[0].get("action", [])) else "both"
    link = prompt[who[0].end : who[1].start]
    if _BETWEEN_TWO.search(prompt[: who[0].start]) and re.search(r"\band\b", link):
        return "both"
    between = [s for s in mine[0].get("action", []) if who[0].end <= s.start < who[1].start]
    if _GIVES.search(link) and not between:
        between = mine[0]["action"] = [Spot("action", "give", 0, 0, who[0].end, who[1].start, 1)]
    if between:
        after = prompt[between[-1].end : who[1].start]
        if CLAUSE.search(after) or after.strip() in {"和", "与"}:
            return None
        # ``gives a king a gift``: what comes last is still the first one's doing.
        own = [
            s
            for s in mine[1].get("action", [])
            if s.name != between[-1].name or CLAUSE.search(prompt, who[1].end, s.start)
        ]
        mine[1]["action"] = own
        return "one"
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
    best = max(spots, key=lambda s: (not s.near, strength[s.name].strength, s.words, -s.start), default=None)
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
