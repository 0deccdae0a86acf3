"""Where an English sentence is or goes: a place that somebody comes to or is at, not one that is thought of."""

import re
from functools import cache
from typing import TYPE_CHECKING

from yingxi.story.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_FIRST = 12
"""Characters within which a sentence begins."""
_TO = frozenset(["to", "up", "down", "through", "over", "along", "across", "into", "onto"])
_INTO = (
    r"(?:in|into|to|at|up|down|on|onto|under|upon|through|across|over|along|inside|within|reached|entered|near|by|"
    r"crossed|climbed|approached|of)"
)
_OWNER = r"(?:the|a|an|his|her|their|my|our|its|this|that|one|another|[A-Z]\w+ ?['’]s)"
_NAMED = r"(?:Street|Road|Avenue|Lane|Square|Park|Gardens|Bridge)"
_BETWEEN = r"(?!(?:in|on|at|by|to|from|with|under|near|and|or|beside|behind|before|through|into|for|than|as)\b)"
# fmt: off
_BE = frozenset([
    "be", "stand", "sit", "seat", "lie", "live", "dwell", "stay", "wait", "sleep", "wake", "gather", "kneel", "rest",
    "hang", "work", "find", "meet",
])
_MOVE = frozenset([
    "come", "go", "get", "reach", "arrive", "enter", "walk", "ride", "run", "return", "fall", "fly", "lead", "throw",
    "rush", "step", "pass", "bring", "show", "carry", "follow", "climb", "creep", "crawl", "wander", "land", "swim",
    "row", "sail", "drive", "hurry", "stroll", "cross", "turn", "emerge", "hide", "take", "descend", "ascend",
    "retire", "stumble", "march", "travel", "journey", "proceed", "slip", "steal", "dash", "plunge", "tumble", "drop",
    "make", "approach", "conduct", "usher", "escort", "drag", "stride", "trudge", "push", "burst", "sink", "drift",
    "flee", "escape", "move", "back", "send", "hasten", "set",
])
# fmt: on
_REACH = frozenset(["reach", "enter", "cross", "climb", "approach"])
_LOOKS = _BE | {"go", "look", "seem", "stretch", "open", "smell", "rise"}
_PARTS = frozenset([
    "end", "foot", "top", "side", "corner", "edge", "middle", "gate", "gates", "front", "bank", "banks", "mouth",
    "head", "bottom", "heart", "centre", "center", "back", "part", "pool", "streets", "street", "shore", "entrance",
    "door", "floor", "border", "depths", "outskirts", "slope", "room", "chamber", "hall", "house", "palace", "garden",
])  # fmt: skip
"""What has a place of its own in a place: *the foot of the mountain*, not *the side-lights of a carriage*."""
_FROM_OUTSIDE = frozenset([
    "house", "castle", "palace", "church", "abbey", "inn", "tavern", "cottage", "hut", "cabin", "tower", "school",
    "temple", "shop", "town", "city", "village", "farm", "prison", "office",
])  # fmt: skip
_ASIDE = frozenset(["if", "unless", "though"])
_UNREAL = frozenset(["would", "could", "might", "may", "can", "should", "must", "will", "shall", "’d", "'d", "'ll"])
_NEVER = frozenset(
    ["perhaps", "maybe", "not", "n't", "n’t", "never", "seldom", "rarely", "always", "often", "sometimes", "usually"]
)
_SEEN = frozenset(
    ["see", "find", "happen", "hear", "watch", "make", "discover", "notice", "perceive", "realize", "learn"]
)
"""Verbs after which what is said to be so is so: *soon made out that she was in a cave*."""
_TOLD = frozenset(["begin", "start", "have", "come", "see", "hear", "watch", "find", "cease", "continue"])
"""Verbs whose other verb is done: *began to climb*, *saw him enter*."""


@cache
def _pattern() -> re.Pattern[str]:
    words = [w for kind in ("outdoors", "indoors") for w in lexicon("places")["en"][kind]]
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    common = rf"{_INTO}\s+{_OWNER}\s+(?P<common>(?:{_BETWEEN}[\w’'-]+,?\s+){{0,3}}?(?:{either}))"
    # *At Baker Street* is in a house of it.
    named = rf"(?:in|into|down|along|up|through)\s+(?P<named>(?-i:(?:[A-Z][\w.’']+\s+){{1,3}}{_NAMED}))"
    return re.compile(
        rf"\b(?:{common}|{named}|(?-i:The)\s+(?P<itself>(?:{_BETWEEN}[\w’'-]+\s+)?(?:{either})))\b(?!['’-])",
        re.IGNORECASE,
    )


def place_in(doc: "Doc", start: int, end: int, spoken: "list[tuple[int, int]]") -> str | None:
    """The words of the first place that the sentence from `start` to `end` (characters of the document) is at or goes
    to, outside the quotations `spoken`."""
    for match in _pattern().finditer(doc.text, start, end):
        if any(a < match.end() and match.start() < b for a, b in spoken):
            continue
        span = doc.char_span(*match.span(match.lastgroup or 0), alignment_mode="expand")
        if span is None or (match["common"] and span.root.text[0].isupper()):  # A title: *in the Study in Scarlet*.
            continue
        part = " of " in span.text and span.root.lower_ not in _PARTS and match["common"]
        if not part and _is_at(span.root, match.start() - start < _FIRST):
            return " ".join(span.text.split())
    return None


def same(place: str, before: str) -> bool:
    """Whether a place is the one before, named again: after *a long, low hall* the hall."""
    return f" {before}".endswith(f" {place}")


def _is_at(noun: "Token", first: bool) -> bool:
    """Whether somebody is where a noun says, or comes there. `first`: the sentence begins with it."""
    if noun.pos_ not in ("NOUN", "PROPN"):
        return False
    if noun.dep_ == "nsubj":  # *The hall was dark.*
        within = first and noun.lemma_ not in _FROM_OUTSIDE and noun.head.dep_ == "ROOT"
        return within and noun.head.lemma_ in _LOOKS and _happens(noun.head)
    if noun.dep_ == "dobj":
        # *Walked up a mountain*, of which the parser may make *walked-up*.
        before = noun.doc[max(0, noun.left_edge.i - 1)].lower_
        reached = noun.head.lemma_ in (_MOVE if before in _TO else _REACH)
        return reached and _happens(noun.head)
    if noun.dep_ != "pobj":
        return False
    at = noun.head
    if at.lower_ == "of":  # Of *the end of the street* the street.
        at = at.head.head
        if at.pos_ != "ADP":
            return False
    verb = at.head
    for _ in range(3):
        if verb.pos_ in ("VERB", "AUX"):
            break
        if verb.lower_ in ("like", "as", "than"):
            return False
        if verb.dep_ not in ("prep", "advmod", "prt", "pobj", "attr", "dobj", "conj") or verb.pos_ == "PRON":
            return False
        verb = verb.head
    if at.lower_ in _TO:
        return verb.lemma_ in _MOVE and _happens(verb)
    goes_on = verb.tag_ == "VBG" and any(c.lower_ in ("was", "were") for c in verb.children)
    here = goes_on or (at.head == verb and at.i < verb.i) or verb.lemma_ in _MOVE | _BE
    over = verb.lemma_ in _BE and any(c.lower_ == "had" for c in verb.children)  # *He had been in a prison.*
    return at.dep_ != "agent" and here and not over and _happens(verb)


def _happens(verb: "Token") -> bool:
    """Whether what a verb says is told as done: not wished, feared, denied, or a habit."""
    for _ in range(4):
        children = list(verb.children)
        if any(c.lower_ in _UNREAL or c.lower_ in _NEVER for c in children if c.dep_ in ("aux", "neg", "advmod")):
            return False
        if any(c.dep_ == "mark" and c.lower_ in _ASIDE for c in children):
            return False
        if verb.dep_ == "ROOT":
            return True
        head = verb.head
        if verb.dep_ == "xcomp":
            if head.lemma_ not in _TOLD:
                return False
        elif verb.dep_ == "ccomp":
            if head.lemma_ not in _SEEN:
                return False
        elif verb.dep_ == "relcl" and any(c.lower_ == "when" for c in children):
            head = next((t for t in head.ancestors if t.pos_ in ("VERB", "AUX")), head)
        elif verb.dep_ not in ("conj", "advcl", "relcl", "parataxis", "dep") or head.pos_ not in ("VERB", "AUX"):
            return False
        verb = head
    return False
