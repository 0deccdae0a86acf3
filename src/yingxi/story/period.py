"""What a shot's prompt takes from the pack of its era: people are dressed, and the place furnished, by its time."""

from collections.abc import Iterator, Sequence

from yingxi.core.shot import Shot
from yingxi.core.story import Language
from yingxi.story.era import Era, Fact, Group, roles

MOST = {"en": 25, "zh": 45}
"""Words of an English clause, characters of a Chinese one."""
_SEEN = 2
"""Figures that are dressed by the clause."""


def period(era: Era, shot: Shot, language: Language) -> str:
    """A clause for models that read prose: ``Late Eastern Han China: lamellar armour of iron, low lacquered tables.``

    It tells the dress or armour of those in the shot (`figures[*].look` is filled in), then, for a place (`stage` is
    filled in), furniture or buildings, light at night, and hair, as far as `MOST` allows. Always the same for the
    same shot.
    """
    told = [fact.of(language) for fact in dict.fromkeys(_facts(era, shot))]
    clause = ""
    for number in range(len(told) + 1):
        wider = _clause(era.brief.of(language), told[:number], language)
        if number and _length(wider, language) > MOST[language]:
            break
        clause = wider
    return clause


def _clause(brief: str, told: Sequence[str], language: Language) -> str:
    if language == "zh":
        return f"{brief}：{'；'.join(told)}。" if told else f"{brief}。"
    return f"{brief}: {', '.join(told)}." if told else f"{brief}."


def _length(clause: str, language: Language) -> int:
    return len(clause.split()) if language == "en" else len(clause)


def _facts(era: Era, shot: Shot) -> Iterator[Fact]:
    known = roles()
    cast = [known.puppets.get(f.look.puppet, ()) for f in shot.figures if f.look]
    people = list(dict.fromkeys(part for part in cast if part))[:_SEEN]
    place = known.places.get(shot.stage or "", ())
    for part in people:
        yield from _worn(era, shot, part, place)
    close = shot.size in ("CU", "ECU", "MCU")
    if close:  # There is little of the place to be seen.
        for part in people[:1]:
            yield from _best(era, "hair", shot, part, place)
    for group in _about(place, shot.time != "day"):
        yield from _best(era, group, shot, (), place)
    if not close:
        for part in people:
            yield from _best(era, "hair", shot, part, place)


def _worn(era: Era, shot: Shot, part: Sequence[str], place: Sequence[str]) -> Iterator[Fact]:
    armour = list(_best(era, "armour", shot, part, place)) if "soldier" in part else []
    yield from armour or _best(era, "dress", shot, part, place)


def _about(place: Sequence[str], dark: bool) -> tuple[Group, ...]:
    """Groups of facts to take one of each from, those most to be seen first."""
    light: tuple[Group, ...] = ("light",) if dark else ()
    if "indoors" in place:
        food: tuple[Group, ...] = ("food",) if "eating" in place else ()
        writing: tuple[Group, ...] = ("writing",) if "study" in place else ()
        return ("furniture", *light, *food, *writing, "architecture")
    if "war" in place:
        return ("weapons", *light)
    if "road" in place or "water" in place:
        return ("transport", *light, "architecture")
    if "street" in place:
        return ("architecture", *light, "transport")
    return ("architecture", *light) if place else ()


def _best(era: Era, group: Group, shot: Shot, part: Sequence[str], place: Sequence[str]) -> Iterator[Fact]:
    """The fact of a group that fits best: of the closest role, then of the closest kind of place. None may fit."""
    fitting: list[tuple[tuple[int, int], Fact]] = []
    for fact in era.told(group):
        if fact.time and shot.time not in fact.time:
            continue
        if fact.where and not set(fact.where) & set(place):
            continue
        if bool(fact.who) != bool(part) or (part and not set(fact.who) & set(part)):
            continue  # What is said of nobody in particular dresses nobody.
        role = min((part.index(who) for who in fact.who if who in part), default=0)
        kind = max((place.index(kind) for kind in fact.where if kind in place), default=-1)
        fitting.append(((role, -kind), fact))
    if fitting:
        yield min(fitting, key=lambda item: item[0])[1]
