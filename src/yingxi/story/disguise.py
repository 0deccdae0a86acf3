"""Who is seen in another shape: *she came as a pretty girl*, 变成一个老公公."""

import re
from functools import cache

from yingxi.core.cast import Cast, Character, Look
from yingxi.core.protocols import Stagecraft
from yingxi.core.story import Language
from yingxi.story.events import deeds
from yingxi.story.lexicon import persons
from yingxi.story.reading import Reading

GONE = frozenset({"vanish", "fall"})
"""Who did one of these hears no more, and is in no disguise."""

_CHANGED = r"disguised as|dressed as|changed into|turned into|transformed into|in the (?:shape|form|guise) of"
_SHOWN = re.compile(r"\b(?:true|real|own) (?:shape|form|face)\b|现了?[出]?(?:本相|本象|原形|原身)|显出(?:本相|原形)")


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    nouns = "|".join(sorted(map(re.escape, persons(language)), key=len, reverse=True))
    if language == "zh":
        return re.compile(rf"变(?:作|做|成|化成|化作|为)了?(?:一?[个位名])?(?P<shape>[^，。；：]{{0,8}}?(?:{nouns}))")
    return re.compile(rf"\b(?P<how>{_CHANGED}|as) an? (?P<shape>(?:\w+ ){{0,3}}?(?:{nouns}))\b", re.IGNORECASE)


def shape(sentence: str, who: Character, language: Language) -> str | None:
    """What `who`, the subject of the sentence, is seen as from then on, in the text's words, or None.

    *As a girl* is a shape only of a spirit: people were girls once.
    """
    found = _pattern(language).search(sentence)
    if found is None:
        return None
    if language == "en" and found["how"].lower() == "as" and who.kind != "spirit":
        return None
    return found["shape"]


class Disguises:
    """Who is seen in which shape where, through a whole story: until his own is shown, or he is gone."""

    def __init__(self, reading: Reading, cast: Cast, craft: Stagecraft) -> None:
        self._changes: dict[str, list[tuple[int, Look | None]]] = {}
        language, taken = reading.story.language, tuple(c.look for c in cast.characters if c.look)
        hidden: set[str] = set()
        for index, paragraph in enumerate(reading.paragraphs):
            for sentence in paragraph.sentences:
                if reading.quoted(sentence.start) is not None:
                    continue
                words = reading.story.read(sentence)
                candidate = _pattern(language).search(words) is not None
                if not candidate and not hidden:
                    continue
                acting = list(deeds(reading, index, sentence.start, sentence.end).items())
                who = cast.character(acting[0][0]) if acting else None
                seen = shape(words, who, language) if who and candidate else None
                if who and seen:
                    look = craft.look(Character(id=f"{who.id}_seen", name=seen), taken)
                    self._changes.setdefault(who.id, []).append((sentence.start, look))
                    hidden.add(who.id)
                    continue
                gone = {p for p, deed in acting if p in hidden and craft.action(deed) in GONE}
                for person in hidden.copy() if shown(words) else gone:
                    self._changes[person].append((sentence.end, None))
                    hidden.discard(person)

    def look(self, who: str, start: int, end: int) -> Look | None:
        """How `who` is seen in `start` to `end` of the story; None: as himself."""
        found = None
        for at, look in self._changes.get(who, ()):
            if at <= start or (look is not None and at < end):
                found = look
        return found


def shown(sentence: str) -> bool:
    """Whether somebody is seen as he is again."""
    return bool(_SHOWN.search(sentence))
