"""English verbs of speech beside quotations, and the mentions of the narration with their parts in the sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from yingxi.story.english import subject_of
from yingxi.story.lexicon import persons, speech
from yingxi.story.quotes import Quote
from yingxi.story.reading import Mention, Reading
from yingxi.story.tag import Pronoun, Tag, Tags
from yingxi.story.turns import Clue, likely_meant

if TYPE_CHECKING:
    from spacy.tokens import Token

_PRONOUNS = {"he": "male", "she": "female"}
_MEANT = {**_PRONOUNS, "him": "male", "his": "male", "himself": "male", "her": "female", "herself": "female"}
# Verbs that are of speech only right beside the words spoken.
_WEAK = frozenset(
    [
        "think",
        "laugh",
        "begin",
        "call",
        "add",
        "continue",
        "return",
        "breathe",
        "nod",
        "smile",
        "grin",
        "press",
        "read",
    ]
)
# Verbs of speech with a particle only: went on, put in, broke out.
_PARTICLES = {"go": ("on",), "put": ("in",), "break": ("in", "out")}

_KIN = frozenset(["wife", "husband", "mother", "father", "sister", "brother", "son", "daughter", "aunt", "uncle",
                  "niece", "nephew", "cousin", "widow", "bride"])  # fmt: skip
# Somebody's voice is that one speaking.
_VOICES = frozenset(["voice", "tones"])


@dataclass(frozen=True)
class Subject:
    """The word that is the subject of a verb of speech, in paragraph `paragraph`. `sure`: it stands right there."""

    paragraph: int
    token: "Token"
    sure: bool = True


def subjects(reading: Reading) -> dict[Quote, Subject]:
    """Quotations with a speech verb of their own, or someone who does something in the sentence before."""
    found: dict[Quote, Subject] = {}
    by_paragraph: dict[int, list[Quote]] = {}
    for quote in reading.quotes:
        if quote.speech:
            by_paragraph.setdefault(quote.paragraph, []).append(quote)
    for index, quotes in by_paragraph.items():
        tokens = _narration(reading, index)
        for number, quote in enumerate(quotes):
            before_end = quotes[number - 1].end if number else reading.paragraphs[index].start
            after_end = quotes[number + 1].start if number + 1 < len(quotes) else reading.paragraphs[index].end
            last = _last_paragraph(reading, quote)
            after = [t for s, t in tokens if quote.end <= s < after_end] if last == index else []
            token, sure, where = _after(reading, quote, after), True, index
            if token is None and last > index:
                rest = [t for s, t in _narration(reading, last) if s >= quote.end]
                token, where = _after(reading, quote, rest), last
            between = [t for s, t in tokens if before_end <= s < quote.start]
            known = found.get(quotes[number - 1]) if number and token is None else None
            if known and _tag_only(between):
                found[quote] = known
                continue
            if token is None and (where := _line_after(reading, quote, last)) > last:
                token = _after(reading, quote, [t for _, t in _narration(reading, where)])
            if token is None:
                where = index
                token, sure = _before(reading, index, between)
            if token is not None:
                found[quote] = Subject(where, token, sure)
    return found


def tags(reading: Reading) -> Tags:
    """What the subjects mean, now that the cast is known."""
    return {quote: _meaning(reading, subject) for quote, subject in subjects(reading).items()}


def _meaning(reading: Reading, subject: Subject) -> Tag:
    # *Said I.* ends in what may be read as one word.
    word = subject.token.lower_.rstrip(".")
    start = reading.paragraphs[subject.paragraph].start
    at = start + subject.token.idx
    if word in ("he", "she", "i", "they"):
        return Tag(None, cast(Pronoun, word), at=at)
    for token in subject.token.doc[subject.token.i : subject.token.i + 4]:
        if token.pos_ not in ("NOUN", "PROPN", "ADJ") and token is not subject.token:
            break
        mention = _mention_at(reading, start + token.idx)
        if mention is not None:
            left = subject.token.doc[subject.token.left_edge.i]
            noun = subject.token.text[:1].islower() and left.dep_ == "poss"
            return Tag(mention.who, noun=noun, sure=subject.sure, at=at)
    gender = persons("en").get(word, {}).get("gender")
    if of_another(subject.token) and gender in ("male", "female"):
        return Tag(None, "he" if gender == "male" else "she", at=at)
    return Tag(sure=subject.sure, at=at)


def _line_after(reading: Reading, quote: Quote, last: int) -> int:
    """The next paragraph where it can only go on with this quotation: *said he.* on a line of its own."""
    if last + 1 < len(reading.paragraphs) and reading.paragraphs[last].end <= quote.end:
        start = reading.paragraphs[last + 1].start
        text = reading.story.text
        if "\n\n" in text[quote.end : start]:
            return last
        if text[start].islower() or text[start : start + 2] == "I ":
            return last + 1
        # Where every sentence has its line: "Who goes there!" / Ann cried.
        if text[quote.inner.end - 2 : quote.inner.end].strip()[-1:] in tuple("!?") and _named_says(reading, last + 1):
            return last + 1
    return last


def _named_says(reading: Reading, index: int) -> bool:
    """Whether a line begins with a name and a verb of speech, and is not a tag of words that follow it."""
    tokens = [t for t in reading.docs[index] if not t.is_space]
    names = next((n for n, t in enumerate(tokens) if t.pos_ != "PROPN"), 0)
    if not 0 < names <= 3 or not _speech_verb(tokens[names]) or tokens[names].lemma_ in _WEAK:
        return False
    quotes = reading.quotes_in(reading.paragraphs[index].start, reading.paragraphs[index].end)
    reported = names + 1 < len(tokens) and tokens[names + 1].lower_ in ("that", "to", "how", "if", "whether")
    return not quotes and not reported and tokens[-1].text not in (",", ":")


def _last_paragraph(reading: Reading, quote: Quote) -> int:
    index = quote.paragraph
    while index + 1 < len(reading.paragraphs) and reading.paragraphs[index + 1].start < quote.end:
        index += 1
    return index


def clues(reading: Reading) -> list[Clue]:
    """Mentions of the narration, and *he* and *she* taken to mean the likeliest one mentioned before."""
    genders = {c.id: c.gender if c.kind != "animal" else "unknown" for c in reading.people}
    found: list[Clue] = []
    for index, paragraph in enumerate(reading.paragraphs):
        doc = reading.docs[index]
        mentions = list(reading.mentions_in(paragraph.start, paragraph.end))
        covered = 0
        for token in doc:
            position = paragraph.start + token.idx
            if token.is_space or reading.quoted(position) is not None:
                continue
            while covered < len(mentions) and mentions[covered].end <= position:
                covered += 1
            mention = mentions[covered] if covered < len(mentions) and mentions[covered].start <= position else None
            subject = token.dep_ in ("nsubj", "nsubjpass")
            if mention is not None:
                if (
                    token.head.idx + paragraph.start >= mention.end
                    or token.head.idx + paragraph.start < mention.start
                ):
                    found.append(Clue(mention.start, mention.end, mention.who, subject))
                    covered += 1
            elif token.lower_ in _MEANT and (who := likely_meant(found, genders, _MEANT[token.lower_], position)):
                found.append(Clue(position, position + len(token), who, subject, pronoun=True))
    return found


def _narration(reading: Reading, index: int) -> "list[tuple[int, Token]]":
    start = reading.paragraphs[index].start
    return [
        (start + t.idx, t) for t in reading.docs[index] if not t.is_space and reading.quoted(start + t.idx) is None
    ]


def _tag_only(tokens: "Sequence[Token]") -> bool:
    """*said X,* between two halves of one speech: it ends with a comma or begins no new sentence."""
    return 0 < len(tokens) <= 12 and tokens[-1].text in (",", ";", ":", "--", "—", "-")


def _speech_verb(token: "Token") -> bool:
    lemma = token.lemma_.lower()
    if lemma in _PARTICLES and (token.i + 1 == len(token.doc) or token.nbor().lower_ not in _PARTICLES[lemma]):
        return False
    return lemma in speech("en") and token.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ")


def _mention_at(reading: Reading, position: int) -> Mention | None:
    """The mention that covers a position."""
    for mention in reversed(reading.mentions_in(position - 60, position + 1)):
        if mention.start <= position < mention.end:
            return mention
    return None


def _after(reading: Reading, quote: Quote, tokens: "Sequence[Token]") -> "Token | None":
    """`"...," said X` and `"...," X said`, at once after the closing mark."""
    inner = reading.story.text[quote.inner.start : quote.inner.end].rstrip()
    if not tokens or (inner[-1:] == "." and tokens[0].text[:1].isupper()) or tokens[0].text == "(":
        return None
    head = tokens[:9]
    if head[0].text in (",", "--", "—", "-"):
        head = head[1:]
    while head and head[0].pos_ == "ADV":
        head = head[1:]
    if not head:
        return None
    # After a comma whatever is done is said: "Aw," *fleered* Jack.
    goes_on = inner[-1:] == ","

    def says(token: "Token") -> bool:
        return _speech_verb(token) or (goes_on and token.tag_ == "VBD" and token.pos_ == "VERB")

    if says(head[0]):
        particle = _PARTICLES.get(head[0].lemma_.lower(), ())
        for number, token in enumerate(head[1:], 1):
            if token.text == "," and (number == 1 or head[number - 1].pos_ in ("ADV", "ADJ", "ADP")):
                continue
            if token.text in (",", ".", ";", ":", "to"):
                return None
            if token.pos_ == "ADP" and token.lower_ not in ("of", *particle):
                return None
            if token.lower_ in ("he", "she", "i", "they"):
                return token
            if token.pos_ in ("NOUN", "PROPN"):
                return _whole(token)
        return None
    for number, token in enumerate(head[:7]):
        if token.text in (".", ";", ":") and number:
            return None
        if number and says(token):
            subject = subject_of(token)
            if subject is not None and subject in list(head[:number]):
                return subject
            # The parser takes *a voice called from the stairs* for a voice of that name.
            plain = all(t.pos_ in ("DET", "ADJ", "PROPN", "NOUN", "PRON", "ADV") for t in head[:number])
            nouns = [t for t in head[:number] if t.pos_ in ("NOUN", "PROPN", "PRON")]
            return nouns[-1] if plain and nouns else None
    return None


def of_another(token: "Token") -> bool:
    """Whether a noun is someone by being somebody else's: my brother's *wife*, who will have a name of her own."""
    owned = any(c.dep_ == "poss" and c.pos_ in ("NOUN", "PROPN") for c in token.children)
    return owned and token.lower_ in _KIN


def _whole(token: "Token") -> "Token":
    """The noun that a noun beside a verb is a part of: my brother's *wife*, the saloon-*keeper*, a Welsh *voice*."""
    seen = 0
    while seen < 3 and token.dep_ in ("compound", "poss", "nmod", "amod") and token.head.i > token.i:
        if token.head.i - token.i > 4 or token.head.pos_ not in ("NOUN", "PROPN"):
            break
        if token.pos_ == "PROPN" and token.head.pos_ == "PROPN":
            break  # A name is found by its first word.
        if token.dep_ == "poss" and token.head.lower_ in _VOICES:
            break
        token, seen = token.head, seen + 1
    return token


def _before(reading: Reading, index: int, tokens: "Sequence[Token]") -> "tuple[Token | None, bool]":
    """`X said, "..."`: a speech verb in the last sentence before, with its subject."""
    if not tokens:
        return None, True
    last = tokens[-1].text
    if last not in (",", ":", "--", "—") and not _speech_verb(tokens[-1]):
        return _beat(tokens), False
    sentence = [t for t in tokens if t.sent == tokens[-1].sent]
    verbs = [t for t in sentence if _speech_verb(t) and t.pos_ == "VERB" and (t.lemma_ not in _WEAK or last == ":")]
    for verb in reversed(verbs[-2:]):
        subject = subject_of(verb)
        if subject is not None and reading.quoted(reading.paragraphs[index].start + subject.idx) is None:
            return subject, True
    return None, True


def _beat(tokens: "Sequence[Token]") -> "Token | None":
    """`Wukong laughed. "Get up."`: the sentence before is short, and someone does something in it."""
    sentence = [t for t in tokens if t.sent == tokens[-1].sent]
    if not sentence or len(sentence) > 12 or sentence[-1].text not in (".", "!"):
        return None
    root = next((t for t in sentence if t.dep_ == "ROOT"), None)
    subject = subject_of(root) if root is not None else None
    return subject if subject is not None and subject.pos_ in ("NOUN", "PROPN") else None
