"""A screenplay that a person has edited, filmed: what was left as it was keeps its beats, what is new gets beats."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from yingxi.core.screenplay import Action, Dialogue
from yingxi.core.story import Language
from yingxi.story.beats import Beat
from yingxi.story.duration import speaking_seconds
from yingxi.story.finished import Finished, Written
from yingxi.story.scenes import Setting

Key = tuple[str, str | None, str]


@dataclass(frozen=True)
class Revised:
    """Beats by scene, and the story's settings with those that the person added."""

    groups: tuple[tuple[Beat, ...], ...]
    settings: tuple[Setting, ...]


def revise(
    groups: Sequence[Sequence[Sequence[Beat]]], settings: Sequence[Setting], before: Finished, after: Finished
) -> Revised:
    """`groups` are beats by scene and element, `before` is the screenplay of `groups` as it was written, `after` as
    the person left it. A line with other words in the same mouth is the same line; a new one stands where its
    neighbours do. A scene keeps its place and time where its heading is as it was.
    """
    own = _own(groups, before)
    old = [(scene, w) for scene, written in enumerate(before.scenes) for w in written]
    new = [(scene, w) for scene, written in enumerate(after.scenes) for w in written]
    language = after.reading.story.language
    kept = dict(_aligned([_key(w) for _, w in old], [_key(w) for _, w in new]))
    extended, found = list(settings), []
    for number, written in enumerate(after.scenes):
        base = next(i for i, (scene, _) in enumerate(new) if scene == number)
        came = [kept.get(base + i) for i in range(len(written))]
        scenes = Counter(old[i][0] for i in came if i is not None)
        from_ = scenes.most_common(1)[0][0] if scenes else None
        moved = from_ is None or _heading(before.settings[from_]) != _heading(after.settings[number])
        if moved:
            extended.append(after.settings[number])
        beats: list[Beat] = []
        for position, w in enumerate(written):
            index = came[position]
            if index is not None:
                beats += _again(own.get(index, ()), _key(old[index][1]), w, language)
            else:
                beats += _placed(w.beats, beats, groups, own, came[position:], from_)
        if moved:
            beats = [replace(b, setting=len(extended) - 1) for b in beats]
        if beats:
            found.append(tuple(beats))
    return Revised(tuple(found), tuple(extended))


def _heading(setting: Setting) -> tuple[str, bool, str]:
    return setting.words.lower(), setting.indoors, setting.time


def _key(written: Written) -> Key:
    element = written.element
    return type(element).__name__, element.who if isinstance(element, Dialogue) else None, element.text


def _own(groups: Sequence[Sequence[Sequence[Beat]]], before: Finished) -> dict[int, Sequence[Beat]]:
    """Element, counted through the whole screenplay -> its beats. What a scene's first action shows has none."""
    own: dict[int, Sequence[Beat]] = {}
    number = 0
    for group, written in zip(groups, before.scenes, strict=True):
        shown = len(written) - len(group)
        for position in range(len(written)):
            own[number + position] = group[position - shown] if position >= shown else ()
        number += len(written)
    return own


def _aligned(old: Sequence[Key], new: Sequence[Key]) -> Iterator[tuple[int, int]]:
    """Pairs (new, old) of elements that are the same, or the same with other words."""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(range(c, d), range(a, b), strict=True)
        elif kind == "replace":
            for before, after in zip(range(a, b), range(c, d), strict=False):
                if old[before][:2] == new[after][:2] and old[before][0] != Action.__name__:
                    yield after, before


def _again(beats: Sequence[Beat], was: Key, written: Written, language: Language) -> list[Beat]:
    if _key(written) == was:
        return list(beats)
    words = written.element.text
    if len(beats) != 1:
        near = beats[0]
        return [replace(b, start=near.start, end=near.start, paragraph=near.paragraph) for b in written.beats]
    return [replace(b, text=words, seconds=speaking_seconds(words, language), brief=None) for b in beats]


def _placed(
    beats: Sequence[Beat],
    before: Sequence[Beat],
    groups: Sequence[Sequence[Sequence[Beat]]],
    own: dict[int, Sequence[Beat]],
    following: Sequence[int | None],
    scene: int | None,
) -> list[Beat]:
    """New beats at the place in the story of the one before them in their scene, else of the one after."""
    after = [b for index in following if index is not None for b in own.get(index, ())]
    near = before[-1:] or after[:1] or groups[scene or 0][0]
    at = near[0].end if before else near[0].start
    return [replace(b, start=at, end=at, setting=near[0].setting, paragraph=near[0].paragraph) for b in beats]
