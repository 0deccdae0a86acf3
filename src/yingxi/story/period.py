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
        return f"{brief}：{'，'.join(told)}。" if told else f"{brief}。"
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
            yield from _best(era, ("hair",), shot, part, place)
    for groups in _about(place):
        yield from _best(era, groups, shot, (), place)
    if shot.time in ("night", "dusk", "dawn") and place:
        yield from _best(era, ("light",), shot, (), place)
    if not close:
        for part in people:
            yield from _best(era, ("hair",), shot, part, place)


def _worn(era: Era, shot: Shot, part: Sequence[str], place: Sequence[str]) -> Iterator[Fact]:
    if "soldier" in part:
        armour = list(_best(era, ("armour",), shot, part, place))
        yield from armour or _best(era, ("dress",), shot, part, place)
    else:
        yield from _best(era, ("dress",), shot, part, place)


def _about(place: Sequence[str]) -> list[tuple[Group, ...]]:
    """Groups of facts to take one of each from."""
    if "indoors" in place:
        food: list[tuple[Group, ...]] = [("food",)] if "eating" in place else []
        writing: list[tuple[Group, ...]] = [("writing",)] if "study" in place else []
        return [("furniture",), *food, *writing, ("architecture",)]
    if "war" in place:
        return [("weapons",)]
    if "road" in place or "water" in place:
        return [("transport",), ("architecture",)]
    return [("architecture",), ("transport",)] if "town" in place else [("architecture",)]


def _best(era: Era, groups: Sequence[Group], shot: Shot, part: Sequence[str], place: Sequence[str]) -> Iterator[Fact]:
    """The fact that fits best: of the closest role, then of the most conditions; none for one that does not fit."""
    fitting: list[tuple[tuple[int, int], Fact]] = []
    for group in groups:
        for fact in era.told(group):
            if fact.time and shot.time not in fact.time:
                continue
            if fact.where and not set(fact.where) & set(place):
                continue
            if fact.who and not set(fact.who) & set(part):
                continue
            if part and not fact.who and group in ("dress", "armour", "hair"):
                continue  # What is said of nobody in particular dresses nobody.
            closest = min((part.index(who) for who in fact.who if who in part), default=len(part))
            fitting.append(((closest, -bool(fact.where) - bool(fact.time)), fact))
    if fitting:
        yield min(fitting, key=lambda item: item[0])[1]
