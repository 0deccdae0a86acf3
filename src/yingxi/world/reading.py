"""What was made of a prompt, and how a person is told."""

from dataclasses import dataclass
from functools import lru_cache

from yingxi.core.shot import Shot
from yingxi.core.story import language_of
from yingxi.world.spotting import Spot, is_chinese, tokens
from yingxi.world.vocabulary import lexicon

_SIDES_OF_STAGE = {"puppet": "puppets", "place": "places"}


@dataclass(frozen=True)
class Reading:
    """The shot that a prompt asks for, the words of it that nothing shows, and who or what stands in for others.

    `instead` has pairs: the prompt's words, and the noun of what is shown in their stead.
    """

    shot: Shot
    missing: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()

    def lines(self, taken_as: str) -> list[str]:
        """Sentences for the person who wrote the prompt, in its language. `taken_as` is the shot's caption."""
        if language_of(self.shot.prompt) == "zh":
            said = [f"理解为：{taken_as}"]
            said += [f"没有{asked}：改用{shown}" for asked, shown in self.instead]
            return said + ([f"未能表现：{'、'.join(self.missing)}"] if self.missing else [])
        said = [f"taken as: {taken_as}"]
        said += [f"no {asked} here: instead {shown}" for asked, shown in self.instead]
        return said + ([f"not shown: {', '.join(self.missing)}"] if self.missing else [])


@lru_cache(maxsize=1)
def _stand_ins() -> frozenset[tuple[str, tuple[str, ...]]]:
    """(kind, stems) of what only stands in for what it says."""
    nearest = lexicon().nearest
    return frozenset(
        (kind, _stems(phrase))
        for kind, table in _SIDES_OF_STAGE.items()
        for phrases in nearest[table].values()
        for phrase in phrases
    )


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(token.stem for token in tokens(phrase))


def instead(text: str, spots: list[Spot]) -> tuple[tuple[str, str], ...]:
    """(the text's words, the noun of what is shown in their stead), each once, in order."""
    words, language = lexicon(), language_of(text)
    told: dict[str, str] = {}
    for spot in spots:
        asked = text[spot.start : spot.end]
        stranger = spot.near and spot.first < 0
        if spot.kind not in _SIDES_OF_STAGE or not (stranger or (spot.kind, _stems(asked)) in _stand_ins()):
            continue
        if spot.kind == "puppet":
            puppet = words.puppets[spot.name]
            told[asked] = puppet.en[0] if language == "en" else puppet.zh[0]
        else:
            place = words.places[spot.name]
            told[asked] = place.en[0] if language == "en" else place.zh_name[0]
    return tuple(told.items())


def unshown(text: str, spots: list[Spot]) -> tuple[str, ...]:
    """Words that carry meaning and that no spot covers, as they were written, in order."""
    covered = {i for spot in spots for i in range(spot.start, spot.end)}
    passed_over = lexicon().passed_over
    missing: list[str] = []
    last_end = -1
    for token in tokens(text):
        word = text[token.start : token.end]
        if token.start in covered or not word[0].isalpha():
            continue
        if is_chinese(word):
            if word in passed_over:
                continue
            if token.start == last_end and missing:
                missing[-1] += word
            else:
                missing.append(word)
            last_end = token.end
        elif word.lower() not in passed_over:
            missing.append(word)
    return tuple(dict.fromkeys(missing))
