"""A person's edits of cast and shots carried over to a new proposal, where the two do not speak of the same thing."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

from yingxi.core.cast import Cast
from yingxi.core.documents import Document
from yingxi.core.shot import Shot, ShotList

D = TypeVar("D", bound=Document)


def merge_shots(base: ShotList, mine: ShotList, new: ShotList) -> ShotList | None:
    """The shots of `new` with what the person changed of `base` to make `mine`; None where both changed one thing.

    A shot of the base goes on in the new shot of the same lines, whatever its slate. What the person added stands
    after the shot that it followed, and what he took out stays out.
    """
    own = {s.slate: s for s in mine.shots}
    goes_on = _goes_on(base.shots, new.shots)
    shots: list[Shot | None] = list(new.shots)
    for index, old in enumerate(base.shots):
        place = goes_on.get(index)
        edited = own.get(old.slate)
        if edited == old:
            continue
        if place is None:
            if edited is None:
                continue
            return None
        kept = new.shots[place]
        if edited is None:
            if not _same(kept, old):
                return None
            shots[place] = None
            continue
        merged = _fields(old, edited, kept, but=("slate",))
        if merged is None:
            return None
        shots[place] = merged
    added = _added(base, mine, goes_on, len(new.shots))
    taken = {s.slate for s in shots if s}
    result = list(added.get(-1, ()))
    for place, shot in enumerate(shots):
        result += [shot] * (shot is not None)
        result += added.get(place, ())
    if any(s.slate in taken for group in added.values() for s in group):
        return None
    return ShotList(language=new.language, shots=tuple(s for s in result if s))


def _same(a: Shot, b: Shot) -> bool:
    place = {"slate": "1A", "source": None}
    return a.model_copy(update=place) == b.model_copy(update=place)


def _goes_on(base: Sequence[Shot], new: Sequence[Shot]) -> dict[int, int]:
    """Index of a base shot -> index of the new shot that has the same lines, or, silent, the same figures."""
    keys = [[(s.card, tuple(n.text for n in s.lines) or (s.prompt,)) for s in shots] for shots in (base, new)]
    blocks = SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks()
    return {a + i: b + i for a, b, size in blocks for i in range(size)}


def _added(base: ShotList, mine: ShotList, goes_on: Mapping[int, int], count: int) -> dict[int, list[Shot]]:
    """Shots that the person added, by the place in the new list of the shot that they follow."""
    numbers = {s.slate: i for i, s in enumerate(base.shots)}
    found: dict[int, list[Shot]] = {}
    after = -1
    for shot in mine.shots:
        if shot.slate in numbers:
            after = min(count - 1, goes_on.get(numbers[shot.slate], after))
        else:
            found.setdefault(after, []).append(shot)
    return found


def merge_cast(base: Cast, mine: Cast, new: Cast) -> Cast | None:
    """The cast of `new` with what the person changed of `base` to make `mine`, by id; None where both changed one
    thing. Whom the person added or changed stays, though the story is without him now."""
    parts: dict[str, Any] = {}
    for name in ("characters", "places"):
        old, own, fresh = ({c.id: c for c in getattr(cast, name)} for cast in (base, mine, new))
        kept: list[Document] = []
        for key, proposal in fresh.items():
            if key not in own:
                if key not in old:
                    kept.append(proposal)
                continue
            merged = _fields(old[key], own[key], proposal) if key in old else own[key]
            if merged is None:
                return None
            kept.append(merged)
        kept += [own[key] for key in own if key not in fresh and own[key] != old.get(key)]
        parts[name] = tuple(kept)
    for name in ("era", "narrator"):
        old, own, fresh = (getattr(cast, name) for cast in (base, mine, new))
        if own != old != fresh != own:
            return None
        parts[name] = fresh if own == old else own
    return Cast.model_validate(parts)


def _fields(old: D, own: D, new: D, but: Sequence[str] = ()) -> D | None:
    """`new` with the fields in which `own` differs from `old`; None where `new` differs there too."""
    changes = {}
    for name in type(old).model_fields:
        mine = getattr(own, name)
        if name in but or mine == getattr(old, name):
            continue
        if getattr(new, name) not in (getattr(old, name), mine):
            return None
        changes[name] = mine
    return new.model_copy(update=changes)
