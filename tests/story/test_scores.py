"""How often the speakers found are right, against annotated books. Precision first: what is unsure stays open."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from yingxi.core.cast import Character
from yingxi.story.attribution import attribute, speakers
from yingxi.story.importer import read_story
from yingxi.story.reading import Mention, read

pytestmark = pytest.mark.slow


def detokenised(lines: list[str]) -> tuple[str, dict[tuple[int, int], int]]:
    """One sentence a paragraph, and where each token is."""
    text, where = "", {}
    for row, line in enumerate(lines):
        last = ""
        for column, token in enumerate(line.split(" ")):
            glued = not last or token in ",.;:!?”)’" or token.startswith(("'", "’", "n't")) or last in ("“", "(", "‘")
            text += "" if glued else " "
            where[row, column] = len(text)
            text += token
            last = token
        text += "\n\n"
    return text, where


def test_english(shared: Path, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Half the books. A cast id is taken to mean the annotated person that it most often stands for in its book."""
    found = right = every = 0
    for annotated in sorted((shared / "quotes").glob("*.ann"))[::2]:
        rows = [line.split("\t") for line in annotated.read_text().splitlines()]
        speakers = {row[1]: row[2] for row in rows if row[0] == "ATTRIB"}
        spans = {row[1]: (int(row[2]), int(row[3])) for row in rows if row[0] == "QUOTE"}
        if not spans:
            continue
        text, where = detokenised(annotated.with_suffix(".txt").read_text().split("\n"))
        path = tmp_path / "book.txt"
        path.write_text(text)
        reading = read(read_story(path, "en"), 200_000)
        told = speakers(attribute(reading))
        meant: dict[str, Counter[str]] = defaultdict(Counter)
        for name, at in spans.items():
            quote = next((q for q in reading.quotes if abs(q.start - where[at]) <= 2), None)
            if quote in told:
                meant[told[quote]][speakers.get(name, "?")] += 1
        every += len(spans)
        found += sum(c.total() for c in meant.values())
        right += sum(c.most_common(1)[0][1] for c in meant.values())
    record_property("scores", f"{found} of {every} attributed, {right / found:.3f} of them right")
    assert found >= 0.2 * every
    assert right >= 0.9 * found


def test_chinese(shared: Path, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """The development part, with its list of names as the cast."""
    folder = shared / "quotes_zh"
    aliases: dict[str, list[str]] = {}
    for line in (folder / "name_list.txt").read_text(encoding="utf-8").splitlines():
        names = line.split()[1:]
        aliases |= dict.fromkeys(names, names)
    scores: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    instances = re.split(r"Instance index: \d+\n", (folder / "dev_unsplit.txt").read_text(encoding="utf-8"))[1:]
    path = tmp_path / "a.txt"
    for instance in instances:
        lines = instance.strip().split("\n")
        told = dict(re.findall(r"^(Speaker|Category): *(.*)$", instance, re.MULTILINE))
        path.write_text("\n".join(lines[:21]))
        reading = read(read_story(path, "zh"), 10_000)
        owner = {name: min(names) for name, names in aliases.items() if name in reading.story.text}
        either = "|".join(sorted(owner, key=len, reverse=True)) or "$^"
        named = [Mention(m.start(), m.end(), owner[m[0]]) for m in re.finditer(either, reading.story.text)]
        other = [m for m in reading.mentions if not any(n.start < m.end and m.start < n.end for n in named)]
        people = [Character(id=name, name=name) for name in sorted(set(owner.values()))]
        reading.settle([*people, *reading.people], sorted([*named, *other], key=lambda m: m.start))
        at = sum(len(line) + 1 for line in lines[:10])
        quote = next((q for q in reading.quotes if abs(q.start - at) <= 1), None)
        who = speakers(attribute(reading)).get(quote) if quote else None
        score = scores[told["Category"]]
        score[0] += 1
        score[1] += who is not None
        score[2] += who in aliases.get(told["Speaker"], [told["Speaker"]])
    record_property(
        "scores",
        {kind: f"{n} quotes, {found} attributed, {right} right" for kind, (n, found, right) in scores.items()},
    )
    every, found, right = scores["explicit"]
    assert found >= 0.75 * every
    assert right >= 0.95 * found
    assert sum(s[2] for s in scores.values()) >= 0.85 * sum(s[1] for s in scores.values())
