"""What an English story tells of its people: who is related to whom, and how they look, in its own words."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from yingxi.core.cast import Character, Relation
from yingxi.story.lexicon import words
from yingxi.story.reading import Mention, Reading

if TYPE_CHECKING:
    from spacy.tokens import Token

_KIN = words("kin")
# He is her husband: she is his wife.
_BACK = {"husband": "wife", "wife": "husband", "widow": "husband"}
_POSSESSIVE = {"his": "male", "her": "female", "my": "i"}
_SEEN = words("seen")
_LOOKS = words("looks")
_NOT_LOOKS = words("not_looks")
_LATELY = 300
"""Characters before a sentence with *his* in which the one who is meant may be named."""
_LONG = 160
"""Characters of a sentence of which only a clause is told."""
_DESCRIBED = 300


def relations(reading: Reading) -> dict[str, list[Relation]]:
    """Cast id -> what it is to others: *his wife Anne*, *Anne's brother Tom*, *Tom, her brother*, *Tom's father*."""
    found: dict[str, dict[tuple[str, str], Relation]] = {}
    genders = {c.id: c.gender for c in reading.people}
    surnames = {c.id: c.name.split()[-1] for c in reading.people}
    nouns = {c.id for c in reading.people if f"the {c.name.lower()}" in c.aliases}

    def add(who: str, to: str, kind: str, start: int, end: int) -> None:
        if who == to or who in nouns or to in nouns:
            return
        found.setdefault(who, {}).setdefault((to, kind), Relation(to=to, kind=kind, source=(start, end)))
        if kind in _BACK:
            found.setdefault(to, {}).setdefault(
                (who, _BACK[kind]), Relation(to=who, kind=_BACK[kind], source=(start, end))
            )

    for paragraph, doc in zip(reading.paragraphs, reading.docs, strict=True):
        for token in doc:
            at = paragraph.start + token.idx
            if token.lower_ not in _KIN or reading.quoted(at) is not None:
                continue
            owner = _owner(reading, token, paragraph.start, genders)
            named = _named(reading, token, paragraph.start)
            if named is None and token.lower_ in _BACK:
                # *His wife*, who is Mrs. Lane where he is Mr. Lane.
                named = next((m for m in reading.mentions_in(at - 20, at + 1) if m.end > at), None)
                named = named if named and owner and surnames[named.who] == surnames[owner[0]] else None
            if owner is None or named is None:
                continue
            add(named.who, owner[0], token.lower_, min(owner[1], named.start, at), max(named.end, at + len(token)))
    # Whose wife she is, is not her father too.
    married = {(who, to) for who, kinds in found.items() for to, kind in kinds if kind in _BACK}
    return {
        who: [r for r in kinds.values() if r.kind in _BACK or (who, r.to) not in married]
        for who, kinds in found.items()
    }


def _owner(reading: Reading, token: "Token", base: int, genders: dict[str, str]) -> tuple[str, int] | None:
    """Whose kin it is: the name before *'s*, or whom *his* or *her* means, if one person in the sentence fits."""
    for child in token.children:
        if child.dep_ != "poss":
            continue
        at = base + child.idx
        if child.lower_ not in _POSSESSIVE:
            covering = [m for m in reading.mentions_in(at - 30, at + 1) if m.start <= at < m.end]
            return (covering[-1].who, covering[-1].start) if covering else None
        wanted = _POSSESSIVE[child.lower_]
        if wanted == "i":
            return ("i", at) if "i" in genders else None
        sentence = base + token.sent.start_char
        for begin in (sentence, sentence - _LATELY):
            told = [m.who for m in reading.narrated(max(0, begin), at)]
            if fits := {who for who in told if genders.get(who) == wanted}:
                others = any(genders.get(who) == "unknown" for who in told)
                return (fits.pop(), at) if len(fits) == 1 and not others else None
    return None


def _named(reading: Reading, token: "Token", base: int) -> Mention | None:
    """The name that a noun of kin stands beside: *her brother Tom*, *her brother, Tom,*, *Tom, her brother*."""
    text = reading.story.text
    end = base + token.idx + len(token)
    for mention in reading.mentions_in(end, end + 4):
        beside = re.fullmatch(r",? ", text[end : mention.start]) and text[mention.start].isupper()
        if beside and (text[end] != "," or text[mention.end : mention.end + 1] in (",", ".", ";")):
            return mention
    left = base + token.left_edge.idx
    before = [m for m in reading.mentions_in(left - 40, left) if m.end <= left]
    if before and text[before[-1].end : left] == ", " and text[end : end + 1] in (",", ".", ";"):
        return before[-1] if text[before[-1].start].isupper() else None
    return None


def looks(reading: Reading) -> dict[str, tuple[str, tuple[tuple[int, int], ...]]]:
    """Cast id -> the sentences that say how one looks, in the story's words, and where they are."""
    found: dict[str, list[tuple[int, int]]] = {}
    for paragraph, doc in zip(reading.paragraphs, reading.docs, strict=True):
        for sentence in doc.sents:
            start = paragraph.start + sentence.start_char
            end = paragraph.start + sentence.end_char
            if reading.quoted(start) is not None or end - start > _DESCRIBED:
                continue
            for token in sentence:
                who = _looker(reading, token, paragraph.start, start)
                if who is not None:
                    spans = found.setdefault(who, [])
                    span = (start, end) if end - start <= _LONG else _clause(token, paragraph.start)
                    if span not in spans and len(spans) < 4:
                        spans.append(span)
    told = {}
    for who, spans in found.items():
        words = " ".join(" ".join(reading.story.text[s:e].split()) for s, e in spans)
        told[who] = (words, tuple(spans))
    return told


def _clause(token: "Token", base: int) -> tuple[int, int]:
    """The clause of a long sentence that a word stands in."""
    verb = next((t for t in token.ancestors if t.pos_ in ("VERB", "AUX")), token.sent.root)
    first, last = verb.left_edge, verb.right_edge
    return base + first.idx, base + last.idx + len(last)


def _looker(reading: Reading, token: "Token", base: int, start: int) -> str | None:
    """Who looks as a word says: the owner of described hair, who *is* tall, who *wears* a gown, *a tall* captain."""
    subject = None
    told = [c.lower_ for c in (*token.children, *token.head.children) if c.dep_ in ("amod", "acomp")]
    if token.lower_ in _SEEN and set(told) - _NOT_LOOKS:
        owner = next((c for c in token.children if c.dep_ == "poss"), None)
        if owner is not None:
            # Her eyes were grey; not: she wrung her red hands.
            still = token.dep_ == "nsubj" and token.head.lemma_ in ("be", "look", "seem")
            subject = owner if still or token.sent.root.lemma_ in ("have", "wear") else None
        elif token.head.lemma_ in ("have", "wear") or (token.dep_ == "pobj" and token.head.lower_ in ("with", "in")):
            subject = _subject(token.head)
    elif token.lower_ in _LOOKS and token.dep_ in ("acomp", "attr") and token.head.lemma_ in ("be", "look", "grow"):
        # *Blind to her faults*, *little there*.
        after = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
        subject = _subject(token.head) if after not in ("to", "there") else None
    elif token.lower_ in _LOOKS and token.dep_ == "amod" and token.head.dep_ == "attr":
        subject = _subject(token.head.head)
    if subject is None:
        return None
    at = base + subject.idx
    covering = [m for m in reading.mentions_in(at - 40, at + 1) if m.start <= at < m.end]
    if covering:
        return covering[-1].who
    gender = {"he": "male", "his": "male", "she": "female", "her": "female"}.get(subject.lower_)
    if gender is None:
        return None
    fits = list(_last(reading, start, at, gender))
    return fits[0] if len(set(fits)) == 1 else None


def _subject(verb: "Token") -> "Token | None":
    while verb.dep_ not in ("ROOT", "conj", "relcl", "ccomp", "advcl") and verb.head is not verb:
        verb = verb.head
    return next((c for c in verb.children if c.dep_ == "nsubj"), None)


def _last(reading: Reading, start: int, at: int, gender: str) -> Iterator[str]:
    """Who of a gender is named in the sentence before *he* or *she*, or else in the 200 characters before it."""
    genders = {c.id: c.gender for c in reading.people}
    for begin in (start, start - 200):
        near = [m.who for m in reading.narrated(begin, at) if m.who != "i" and genders[m.who] in (gender, "unknown")]
        if near:
            yield from (who for who in near)
            return


def portray(reading: Reading) -> list[Character]:
    """The people with their relations and looks."""
    kin, seen = relations(reading), looks(reading)
    found = []
    for c in reading.people:
        told: dict[str, object] = {"relations": tuple(kin.get(c.id, ()))}
        if c.id in seen:
            told["description"], told["described"] = seen[c.id]
        found.append(c.model_copy(update=told))
    return found
