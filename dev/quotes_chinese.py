"""Chinese quotations: the Chinese Dataset for Speaker Identification (Chen et al., Interspeech 2019).

Fitted on its training part and scored on its development part, with its own list of names as the cast, as published
figures are, and with the cast that our reading finds. Its types are the data set's own.
"""

import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quotes import ROOT, SHARED, Row, hidden, table

from yingxi.core.cast import Character
from yingxi.story.attribution import LEAST, decode, turns_of
from yingxi.story.importer import read_story
from yingxi.story.quotes import find_quotes
from yingxi.story.ranker import Features, Ranker, fit
from yingxi.story.reading import Mention, Reading, read
from yingxi.story.turns import Turns
from yingxi.story.words_chinese import verbs_of_speech

FOLDER = SHARED / "quotes_zh"
WEIGHTS = ROOT / "src/yingxi/story/lexicon/speakers_zh.json"
RIDGE = 3.0
ROUNDS = 3
"""Those who spoke before are not annotated: they are guessed with the weights of the round before."""


@dataclass(frozen=True)
class Instance:
    """A passage of 21 lines, the number of the speech that is asked for (None where it was not found), its type, and
    the speaker, with all the names that he has."""

    turns: Turns
    asked: int | None
    kind: str
    speaker: str
    names: frozenset[str]


def _names() -> dict[str, tuple[str, frozenset[str], str]]:
    """Name -> the person's first name in the list, all of them, and gender."""
    found = {}
    for line in (FOLDER / "name_list.txt").read_text(encoding="utf-8").splitlines():
        sex, *names = line.split()
        for name in names:
            found[name] = (names[0], frozenset(names), "male" if sex == "1" else "female")
    return found


@cache
def _found() -> dict[str, tuple[str, frozenset[str], str]]:
    lines: dict[str, None] = {}
    for file in ("train_explicit.txt", "train_implicit.txt", "dev_unsplit.txt"):
        for block in re.split(r"Instance index: \d+\n", (FOLDER / file).read_text(encoding="utf-8-sig"))[1:]:
            lines |= dict.fromkeys(block.strip("\n").split("\n")[:21])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        people = read(read_story(path, "zh"), 10**9).people
    return {n: (c.name, frozenset([c.name, *c.aliases]), c.gender) for c in people for n in (c.name, *c.aliases)}


def instances(file: str, listed: bool = True) -> list[Instance]:
    """`listed`: with the list of names as the cast, else with whom our reading finds in all passages together."""
    names = _names() if listed else _found()
    found = []
    text = (FOLDER / file).read_text(encoding="utf-8-sig")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        for block in re.split(r"Instance index: \d+\n", text)[1:]:
            lines = block.strip("\n").split("\n")
            told = dict(re.findall(r"^(Speaker|Category): *(.*)$", block, re.MULTILINE))
            path.write_text("\n".join(lines[:21]), encoding="utf-8")
            reading = read(read_story(path, "zh"), 10**6)
            _cast(reading, names)
            turns = turns_of(reading)
            start = sum(len(line) + 1 for line in lines[:10])
            end = start + len(lines[10])
            asked = next(
                (n for n, s in enumerate(turns.speeches) for q in s.quotes if start - 1 <= q.start < end), None
            )
            who = told["Speaker"].strip()
            first, all_, _ = _names().get(who, (who, frozenset([who]), ""))
            found.append(Instance(turns, asked, told["Category"].strip(), first, all_))
    return found


def _cast(reading: Reading, names: dict[str, tuple[str, frozenset[str], str]]) -> None:
    """The list's people in place of those that were found, but for nouns."""
    text = reading.story.text
    either = "|".join(sorted((n for n in names if n in text), key=len, reverse=True)) or "$^"
    named = [Mention(m.start(), m.end(), names[m[0]][0]) for m in re.finditer(either, text)]
    other = [m for m in reading.mentions if not any(n.start < m.end and m.start < n.end for n in named)]
    people = [
        Character.model_validate({"id": w, "name": w, "gender": g, "mentions": sum(m.who == w for m in named)})
        for w, g in sorted({(names[m.who][0], names[m.who][2]) for m in named})
    ]
    kept = [c for c in reading.people if any(m.who == c.id for m in other)]
    reading.settle([*people, *kept], sorted([*named, *other], key=lambda m: m.start))


def examples(all_: list[Instance], weights: Ranker | None) -> list[tuple[list[Features], int]]:
    found = []
    for one in all_:
        if one.asked is None or one.turns.outright(one.asked) or one.turns.by_a_stranger(one.asked):
            continue
        lately = _told(one.turns, weights)[: one.asked][::-1][:7]
        options = one.turns.candidates(one.asked, lately)
        label = options.index(one.speaker) if one.speaker in options else len(options) - 1
        found.append(([one.turns.features(one.asked, o, lately) for o in options], label))
    return found + [e for one in all_ for e in hidden(one.turns, _told(one.turns, weights))]


def _told(turns: Turns, weights: Ranker | None) -> list[str | None]:
    """Who speaks what, as far as it is known or guessed."""
    if weights is None:
        return [turns.outright(n) for n in range(len(turns.speeches))]
    return [who for who, _ in decode(turns, weights)]


def fitted(all_: list[Instance]) -> Ranker:
    weights: Ranker | None = None
    for _ in range(ROUNDS):
        weights = fit(examples(all_, weights), RIDGE)
    assert weights is not None
    return weights


def rows_of(all_: list[Instance], weights: Ranker, least: float) -> list[Row]:
    rows = []
    for number, one in enumerate(all_):
        who, confidence = decode(one.turns, weights)[one.asked] if one.asked is not None else (None, 0.0)
        found = who if confidence >= least else None
        right = found is not None and bool(one.names & {found, *_found().get(found, ("", (), ""))[1]})
        rows.append(Row(str(number), one.kind, one.speaker, one.speaker if right else found))
    return rows


def train_parts() -> list[Instance]:
    return instances("train_explicit.txt") + instances("train_implicit.txt")


def report() -> None:
    weights = fitted(train_parts())
    for listed in (True, False):
        rows = rows_of(instances("dev_unsplit.txt", listed), weights, LEAST)
        correct = [r.found == r.gold for r in rows]
        print(f"Chinese, {'the list of names as the cast' if listed else 'our own cast'}\n")
        print(table(rows, correct, ("explicit", "implicit", "latent")))
        print(f"plain accuracy {100 * sum(correct) / len(rows):.1f}\n")
    for path in sorted((SHARED / "stories").glob("zh_*.txt")):
        count, exact, half, wrong = bare(path)
        print(f"{path.stem} without marks: {count} speeches, {exact} exact, {half} by half, {wrong} false")


def bare(path: Path) -> tuple[int, int, int, int]:
    """A chapter with its marks taken away: how many speeches after a verb of speech it has, how many were found with
    their very end, how many with more than half of their characters and half of those found, and false ones."""
    story = read_story(path, "zh")
    paragraphs = [p for c in story.chapters for p in c.paragraphs]
    kept = [i for i, char in enumerate(story.text) if char not in "“”‘’"]
    where = {old: new for new, old in enumerate(kept)}
    gold = {}
    for quote in find_quotes(story.text, paragraphs, "zh"):
        inside = [where[i] for i in range(quote.inner.start, quote.inner.end) if i in where]
        if quote.speech:
            gold[inside[0]] = inside[-1] + 1
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / "a.txt"
        stripped.write_text("".join(story.text[i] for i in kept), encoding="utf-8")
        other = read_story(stripped, "zh")
    found = {q.start: q.end for q in find_quotes(other.text, [p for c in other.chapters for p in c.paragraphs], "zh")}
    after = {a: b for a, b in gold.items() if re.search(f"{verbs_of_speech()}(?:着|了)?：$", other.text[:a][-8:])}
    half = sum(a in found and min(b, found[a]) - a > 0.5 * (max(b, found[a]) - a) for a, b in after.items())
    return len(after), sum(found.get(a) == b for a, b in after.items()), half, len(found.keys() - gold.keys())


def train() -> None:
    fitted(train_parts() + instances("dev_unsplit.txt")).save(Path(WEIGHTS))
