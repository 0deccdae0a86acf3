"""Nouns that are in no list: who plays them is told by how they end, or by where they stand in the sentence."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from yingxi.world.spotting import Spot, Token, is_chinese, tokens
from yingxi.world.vocabulary import lexicon

SOMEBODY = "scholar"
"""Who plays a person of whom nothing is known."""
SOME_BEAST = "fox"
_BEFORE = re.compile("an?|the|my|your|his|her|its|our|their|this|that|one|two|three|some|another")
_BETWEEN = re.compile("is|are|was|were|now|then|to|at|with|before|from|after")
_TO_ANOTHER = frozenset(
    ("chase", "fight", "duel", "box", "embrace", "give", "bow", "kneel", "talk", "point", "wave", "laugh", "throw")
)
"""Actions that are done to somebody, who may be a stranger."""
_NOUNS_TOO = frozenset(
    ("fight", "battle", "duel", "chase", "walk", "run", "ride", "dance", "kiss", "hug", "sleep", "fall", "jump",
     "swim", "laugh", "look", "dream", "hunt", "race", "drink", "meeting", "shot", "talk", "attack", "march")
)  # fmt: skip
"""After an article and an unknown word no verbs: an epic battle."""
_SUBJECT = re.compile(r"(B?)[UL]*(U)(?=L*[VD])")
_OBJECT = re.compile(r"DL*(B?)[UL]*(U)(?![UP])")
_OPENING = re.compile(r"(?:^|[，。；、！？\s]|里|上|中|在)$")
_COUNTED = re.compile(r"[一两二三几](?:(位|名|个|群)|[只条头匹])(?:[^，。；\s]{1,8}的)?$")
_LONGEST = 4
"""Chinese characters of the longest noun."""


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, str], ...]:
    """(ending, puppet), the longest first."""
    pairs = [(ending, name) for name, endings in lexicon().nearest["endings"].items() for ending in endings]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def by_ending(noun: str) -> str | None:
    """The puppet that a noun's ending tells of: 药剂员, ``seabird``."""
    least = 2 if is_chinese(noun) else 3
    for ending, puppet in _endings():
        if noun.lower().endswith(ending) and len(noun) >= len(ending) + (1 if least == 2 else least):
            return puppet
    return None


def strangers(text: str, spots: Sequence[Spot]) -> list[Spot]:
    """Spots of puppets for the nouns that no spot covers, where they do something or something is done to them."""
    covered = {i for spot in spots for i in range(spot.start, spot.end)}
    find = _chinese if is_chinese(text) else _english
    return [
        Spot("puppet", puppet, -1, -1, start, end, 1, loose=True, near=True)
        for start, end, puppet in find(text, spots, covered)
    ]


def _english(text: str, spots: Sequence[Spot], covered: set[int]) -> Iterator[tuple[int, int, str]]:
    """The noun at the end of ``a lonely gaucho`` before a verb, or after one; a name before a verb."""
    found = tokens(text)
    verbs = {i: spot for spot in spots if spot.kind == "action" for i in range(spot.start, spot.end)}
    puppets = {i for spot in spots if spot.kind == "puppet" for i in range(spot.start, spot.end)}
    passed_over = lexicon().passed_over

    def sort(token: Token) -> str:
        """What a word is: before a noun (B), between noun and verb (L), a verb (V, D), a puppet (P), unknown
        (U) or another (O)."""
        word = text[token.start : token.end].lower()
        if token.start in verbs:
            return "D" if verbs[token.start].name in _TO_ANOTHER else "V"
        if token.start in puppets:
            return "P"
        if _BEFORE.fullmatch(word):
            return "B"
        if _BETWEEN.fullmatch(word) or (word.endswith("ly") and token.start not in covered):
            return "L"
        return "O" if token.start in covered or not word.isalpha() or word in passed_over else "U"

    sorts = "".join(map(sort, found))
    for rule in (_SUBJECT, _OBJECT):
        for match in rule.finditer(sorts):
            noun = found[match.start(2)]
            word = text[noun.start : noun.end]
            noun_too = rule is _SUBJECT and match[1] and _lower_after(text, noun) in _NOUNS_TOO
            if (match[1] or word[0].isupper()) and not noun_too:
                first = match.start(2)  # Of a name all of it.
                while (
                    first and sorts[first - 1] == "U" and text[found[first - 1].start].isupper() and word[0].isupper()
                ):
                    first -= 1
                yield found[first].start, noun.end, by_ending(word) or SOMEBODY


def _lower_after(text: str, token: Token) -> str:
    """The word after a token."""
    found = re.match(r"\W*([A-Za-z]+)", text[token.end :])
    return found[1].lower() if found else ""


def _chinese(text: str, spots: Sequence[Spot], covered: set[int]) -> Iterator[tuple[int, int, str]]:
    """The characters after a number and a measure, or at the beginning of a clause before a verb, or after a verb."""
    verbs = {spot.start for spot in spots if spot.kind == "action"}
    doing_to = {spot.end for spot in spots if spot.kind == "action" and spot.name in _TO_ANOTHER}
    anybody = any(spot.kind == "puppet" for spot in spots)
    passed_over = lexicon().passed_over
    for run in re.finditer(r"[\u3400-\u9fff]+", "".join(" " if i in covered else c for i, c in enumerate(text))):
        start, end = run.span()
        counted = None
        for at in range(start, end):
            if match := _COUNTED.search(text[:at]):
                start, counted = at, match
        while start < end and counted is None and text[start] in passed_over:
            start += 1
        stop = next((i for i in range(start, end) if text[i] in passed_over), end)
        noun = text[start:stop]
        if not 2 <= len(noun) <= _LONGEST:
            continue
        ends = by_ending(noun)
        acts = end == stop and (end in verbs or text[end : end + 1] in {"在", "正", "把", "向", "对", "被"})
        opens = acts and bool(_OPENING.search(text[:start]) or any(s.end == start for s in spots))
        if counted:
            yield start, stop, ends or (SOMEBODY if counted[1] else SOME_BEAST)
        elif (opens and (ends or (len(noun) <= 3 and not anybody))) or (start in doing_to and ends):
            yield start, stop, ends or SOMEBODY
