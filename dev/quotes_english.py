"""English quotations: LitBank's annotation, our reading of the same files, and the ranker fitted on them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quotes import ROOT, SHARED, Row, b_cubed, hidden, right, table

from yingxi.story.attribution import LEAST, attribute, decode, turns_of
from yingxi.story.importer import read_story
from yingxi.story.lexicon import speech
from yingxi.story.ranker import Features, Ranker, fit
from yingxi.story.reading import read
from yingxi.story.turns import Turns

FOLDS = 10
RIDGE = 8.0
WEIGHTS = ROOT / "src/yingxi/story/lexicon/speakers_en.json"


@dataclass(frozen=True)
class Gold:
    """An annotated quotation: characters of the file, the speaker's name in the annotation, and its type."""

    start: int
    end: int
    speaker: str
    kind: str


@dataclass(frozen=True)
class Book:
    name: str
    turns: Turns
    gold: tuple[Gold, ...]


def _kind(text: str, start: int, end: int) -> str:
    """By the words right after and right before a quotation, as far as its sentence goes."""
    verbs = "|".join(sorted({v for w in speech("en") for v in _forms(w)}))
    after = re.split(r"[“]|\n(?![a-z]|I )|[.;]\s", text[end : end + 60])[0]
    before = re.split(r"[”\n]|[.!?;]\s", text[max(0, start - 60) : start])[-1]
    for words in (after, before):
        if re.search(rf"\b(?:{verbs})\b", words):
            return "pronoun" if re.search(r"\b(?:he|she|I|they|He|She|They)\b", words) else "explicit"
    return "implicit"


def _forms(verb: str) -> list[str]:
    past = {"say": "said", "think": "thought", "begin": "began", "tell": "told", "sing": "sang", "speak": "spoke"}
    y = verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeo" else verb + "ed"
    return [verb, verb + "s", y, verb + "d", verb + verb[-1] + "ed", past.get(verb, verb)]


def books() -> list[Book]:
    found = []
    for annotated in sorted((SHARED / "quotes").glob("*.ann")):
        rows = [line.split("\t") for line in annotated.read_text(encoding="utf-8").splitlines()]
        speakers = {row[1]: row[2] for row in rows if row[0] == "ATTRIB"}
        spans = {row[1]: [int(v) for v in row[2:6]] for row in rows if row[0] == "QUOTE"}
        path = annotated.with_suffix(".txt")
        text = path.read_text(encoding="utf-8")
        gold = []
        where = _tokens(text)
        for name, (row, column, last_row, last_column) in spans.items():
            start, end = where[row, column][0], where[last_row, last_column][1]
            if name in speakers:
                gold.append(Gold(start, end, speakers[name], _kind(text, start, end)))
        if gold:
            found.append(Book(path.name, turns_of(read(read_story(path, "en"), 10**9)), tuple(gold)))
    return found


def _tokens(text: str) -> dict[tuple[int, int], tuple[int, int]]:
    where, at = {}, 0
    for row, line in enumerate(text.split("\n")):
        for column, match in enumerate(re.finditer(r"[^ ]+", line)):
            where[row, column] = (at + match.start(), at + match.end())
        at += len(line) + 1
    return where


def _matched(book: Book, gold: Gold) -> int | None:
    """The speech that a gold quotation is in: more than half of it."""
    for number, speech_ in enumerate(book.turns.speeches):
        for quote in speech_.quotes:
            shared = min(quote.end, gold.end) - max(quote.start, gold.start)
            if shared * 2 > gold.end - gold.start:
                return number
    return None


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(w.lower() for w in re.findall(r"[A-Za-z]+", name)) - {"the", "a", "an", "of"}


def meant(book: Book) -> dict[str, str | None]:
    """The annotation's speakers -> our cast ids, by their names and by what their tagged quotations say."""
    votes: dict[str, Counter[str]] = {g.speaker: Counter() for g in book.gold}
    people = book.turns.reading.people
    for gold in book.gold:
        number = _matched(book, gold)
        tag = book.turns.speeches[number].tag if number is not None else None
        said_by = "i" if tag and tag.pronoun == "i" and any(p.id == "i" for p in people) else tag.who if tag else None
        if tag and tag.sure and said_by:
            votes[gold.speaker][said_by] += 1
    for speaker, counts in votes.items():
        words = _words(speaker.rsplit("-", 1)[0])
        for person in people:
            best = max(
                len(words & _words(n)) / len(words | _words(n) or {""}) for n in (person.name, *person.aliases)
            )
            if best >= 0.5:
                counts[person.id] += 20 * best if best == 1 else 2 * best  # pyright: ignore[reportArgumentType]
        if words & {"narrator", "i"} and any(p.id == "i" for p in people):
            counts["i"] += 3
    return {s: c.most_common(1)[0][0] if c else None for s, c in votes.items()}


def examples(book: Book, weights: Ranker | None = None) -> list[tuple[list[Features], int]]:
    """Each annotated speech with its candidates, and which is right; who spoke before is as the annotation has it, or
    as `weights` find it, mistakes and all."""
    who = meant(book)
    found_before = [w if p >= LEAST else None for w, p in decode(book.turns, weights)] if weights else []
    told: dict[int, str | None] = {}
    for gold in book.gold:
        number = _matched(book, gold)
        if number is not None:
            told[number] = who[gold.speaker]
    found = []
    for number in sorted(told):
        if book.turns.outright(number) or book.turns.by_a_stranger(number):
            continue
        span = range(number - 1, max(-1, number - 8), -1)
        lately = [found_before[n] if weights else told.get(n) for n in span]
        options = book.turns.candidates(number, lately)
        label = options.index(told[number]) if told[number] in options else len(options) - 1
        found.append(([book.turns.features(number, o, lately) for o in options], label))
    if weights:
        return found
    everyone = [told.get(n, book.turns.outright(n)) for n in range(len(book.turns.speeches))]
    return found + hidden(book.turns, everyone)


def rows_of(book: Book, weights: Ranker, least: float) -> list[Row]:
    by_quote = {a.quote: a for a in attribute(book.turns.reading, weights, least)}
    rows = []
    for gold in book.gold:
        number = _matched(book, gold)
        found = by_quote[book.turns.speeches[number].quotes[0]].speaker if number is not None else None
        rows.append(Row(book.name, gold.kind, gold.speaker, found))
    return rows


def fitted(all_: Sequence[Book]) -> Ranker:
    """Weights fitted on books: first with the right speakers before each speech, then also with those that the first
    weights find, as it is when reading. After Ross, Gordon and Bagnell, AISTATS 2011."""
    right_before = [e for book in all_ for e in examples(book)]
    first = fit(right_before, RIDGE)
    return fit(right_before + [e for book in all_ for e in examples(book, first)], 2 * RIDGE)


def cross_validated(all_: Sequence[Book], least: float) -> list[Row]:
    """Each book by weights that were fitted without it."""
    rows: list[Row] = []
    for fold in range(FOLDS):
        weights = fitted([b for n, b in enumerate(all_) if n % FOLDS != fold])
        for n, book in enumerate(all_):
            if n % FOLDS == fold:
                rows += rows_of(book, weights, least)
    return rows


def report() -> None:
    rows = cross_validated(books(), LEAST)
    correct = right(rows)
    print(f"English, {len({r.book for r in rows})} books, cross-validated over books\n\n{table(rows, correct)}\n")
    p, r, f = b_cubed(rows)
    print(f"B-cubed: precision {100 * p:.1f}, recall {100 * r:.1f}, F {100 * f:.1f}; ", end="")
    print(f"plain accuracy {100 * sum(correct) / len(rows):.1f}")


def train() -> None:
    fitted(books()).save(Path(WEIGHTS))
