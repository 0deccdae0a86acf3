"""English speech verbs beside quotations: *said X*, *X said*, *he said* where one man only can be meant."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from yingxi.story.english import subject_of
from yingxi.story.lexicon import speech
from yingxi.story.quotes import Quote
from yingxi.story.reading import Mention, Reading

if TYPE_CHECKING:
    from spacy.tokens import Token

_GENDERS = {"he": "male", "she": "female"}
# Verbs that are of speech only right beside the words spoken.
_WEAK = frozenset(["think", "laugh", "begin", "call", "go", "add", "continue", "return", "breathe"])


def explicit(reading: Reading) -> dict[Quote, str]:
    """Quotations with a speech verb of their own."""
    found: dict[Quote, str] = {}
    by_paragraph: dict[int, list[Quote]] = {}
    for quote in reading.quotes:
        if quote.speech:
            by_paragraph.setdefault(quote.paragraph, []).append(quote)
    for index, quotes in by_paragraph.items():
        tokens = _narration(reading, index)
        for number, quote in enumerate(quotes):
            before_end = quotes[number - 1].end if number else reading.paragraphs[index].start
            after_end = quotes[number + 1].start if number + 1 < len(quotes) else reading.paragraphs[index].end
            who = _after(reading, index, quote, [t for s, t in tokens if quote.end <= s < after_end])
            if who is None:
                between = [t for s, t in tokens if before_end <= s < quote.start]
                tag = number > 0 and quotes[number - 1] in found and _tag_only(reading, between)
                who = found[quotes[number - 1]] if tag else _before(reading, index, quote, between)
            if who is not None:
                found[quote] = who
    return found


def _narration(reading: Reading, index: int) -> "list[tuple[int, Token]]":
    start = reading.paragraphs[index].start
    return [
        (start + t.idx, t) for t in reading.docs[index] if not t.is_space and reading.quoted(start + t.idx) is None
    ]


def _tag_only(reading: Reading, tokens: "Sequence[Token]") -> bool:
    """*said X,* between two halves of one speech: it ends with a comma or begins no new sentence."""
    return 0 < len(tokens) <= 12 and tokens[-1].text in (",", ";", ":", "--", "—", "-")


def _speech_verb(token: "Token") -> bool:
    return token.lemma_.lower() in speech("en") and token.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ")


def _mention_at(reading: Reading, position: int) -> Mention | None:
    """The mention that covers a position."""
    for mention in reversed(reading.mentions_in(position - 60, position + 1)):
        if mention.start <= position < mention.end:
            return mention
    return None


def _who(reading: Reading, index: int, token: "Token") -> str | None:
    """The character that a subject token means."""
    position = reading.paragraphs[index].start + token.idx
    if token.lower_ in _GENDERS:
        return _pronoun(reading, index, position, _GENDERS[token.lower_])
    mention = _mention_at(reading, position)
    return mention.who if mention else None


def _after(reading: Reading, index: int, quote: Quote, tokens: "Sequence[Token]") -> str | None:
    """`"...," said X` and `"...," X said`, at once after the closing mark."""
    text = reading.story.text
    if not tokens or (text[quote.inner.end - 1 : quote.inner.end] == "." and tokens[0].text[:1].isupper()):
        return None
    head = tokens[:7]
    if head[0].text in (",", "--", "—", "-"):
        head = head[1:]
    while head and head[0].pos_ == "ADV":
        head = head[1:]
    if not head:
        return None
    if _speech_verb(head[0]):
        for token in head[1:6]:
            if token.text in (",", ".", ";", ":", "to") or (token.pos_ == "ADP" and token.lower_ != "of"):
                return None
            if token.lower_ in _GENDERS or token.pos_ in ("NOUN", "PROPN") or token.text == "I":
                # The last word of the noun phrase carries the mention: said the old *woman*.
                return _who(reading, index, token) or _next_noun(reading, index, head, token)
        return None
    for number, token in enumerate(head[:5]):
        if token.text in (",", ".", ";", ":") and number:
            return None
        if _speech_verb(token) and number:
            subject = subject_of(token)
            if subject is not None and subject in list(head[:number]):
                return _who(reading, index, subject)
            if number == 1:
                return _who(reading, index, head[0])
            return None
    return None


def _next_noun(reading: Reading, index: int, head: "Sequence[Token]", token: "Token") -> str | None:
    for other in head:
        if other.i > token.i:
            if other.pos_ not in ("NOUN", "PROPN", "ADJ"):
                return None
            who = _who(reading, index, other)
            if who:
                return who
    return None


def _before(reading: Reading, index: int, quote: Quote, tokens: "Sequence[Token]") -> str | None:
    """`X said, "..."`: a speech verb in the last sentence before, with its subject."""
    if not tokens:
        return None
    last = tokens[-1].text
    if last not in (",", ":", "--", "—") and not _speech_verb(tokens[-1]):
        return _beat(reading, index, quote, tokens)
    sentence = [t for t in tokens if t.sent == tokens[-1].sent]
    verbs = [t for t in sentence if _speech_verb(t) and t.pos_ == "VERB" and (t.lemma_ not in _WEAK or last == ":")]
    for verb in reversed(verbs[-2:]):
        subject = subject_of(verb)
        if subject is not None and reading.quoted(reading.paragraphs[index].start + subject.idx) is None:
            return _who(reading, index, subject)
    return None


def _beat(reading: Reading, index: int, quote: Quote, tokens: "Sequence[Token]") -> str | None:
    """`Wukong laughed. "Get up."`: the sentence before has one person only, who does something in it."""
    sentence = [t for t in tokens if t.sent == tokens[-1].sent]
    start = reading.paragraphs[index].start
    if not sentence or len(sentence) > 12 or sentence[-1].text not in (".", "!"):
        return None
    people = {m.who for m in reading.narrated(start + sentence[0].idx, start + sentence[-1].idx)}
    root = next((t for t in sentence if t.dep_ == "ROOT"), None)
    if len(people) != 1 or root is None or any(t.lower_ in ("he", "she", "they", "i", "it") for t in sentence):
        return None
    subject = subject_of(root)
    who = _who(reading, index, subject) if subject is not None else None
    return who if who in people else None


def _pronoun(reading: Reading, index: int, position: int, gender: str) -> str | None:
    """The one person of that gender in this paragraph's narration and the one before, if there is one only.

    Somebody whose gender is not known, or a second one who fits, leaves it open.
    """
    genders = {c.id: c.gender for c in reading.people}
    first = reading.paragraphs[max(0, index - 1)].start
    near = [m for m in reading.mentions_in(first, position) if reading.quoted(m.start) is None and m.who != "i"]
    fitting = {m.who for m in near if genders.get(m.who) in (gender, "unknown")}
    if len(fitting) != 1:
        return None
    who = next(iter(fitting))
    return who if genders.get(who) == gender else None
