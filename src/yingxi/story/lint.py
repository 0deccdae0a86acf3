"""Anachronisms: words of a story, a screenplay, shots or looks for what their time did not have."""

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from yingxi.core.cast import Cast
from yingxi.core.documents import load_yaml, read_text
from yingxi.core.errors import YingxiError
from yingxi.core.shot import ShotList
from yingxi.core.story import Span
from yingxi.story.dating import Guess, infer
from yingxi.story.era import Era, Thing, find_era, lowered, occurrences, things
from yingxi.story.simplified import simplified

DOCUMENTS = ("cast.yaml", "screenplay.fountain", "shots.yaml")
_READ = frozenset(
    {"prompt", "period", "text", "words", "description", "name", "aliases", "headwear", "prop", "stage"}
)
"""Keys of the documents whose values are looked at."""
_ENDS = re.compile(r"[。！？!?；]|\.(?=\s|$)|\n\s*\n")
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nor|neither|like|as if|as though|as an?)\s+(?:\w+\s+){0,3}$)"
    r"|(?:没有|没|无|未|不曾|不是|并非|如|像|似|仿佛).{0,4}$",
    re.IGNORECASE,
)
"""Before a word that is denied, or only likened to."""


@dataclass(frozen=True)
class Finding:
    """A `word` in `file` at `line`, counted from 1, for a thing that the era did not have.

    `where` is the shot or the member of the cast, `also` further ones of the same file; `told` says that the story
    itself has the thing, and not only what was made of it.
    """

    file: str
    line: int
    where: str
    word: str
    thing: Thing
    told: bool
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        from yingxi.story.era import bibliography

        place = f"{self.file}:{self.line}{' ' + self.where if self.where else ''}"
        more = f"; also {', '.join(self.also)}" if self.also else ""
        who = "the story says it" if self.told else "added, the story does not say it"
        return f"{place}: {self.word}: {self.thing.fact} [{bibliography()[self.thing.source]}] ({who}{more})"


@dataclass(frozen=True)
class Report:
    """What was found for an era; `guess` is how the era was told, None where it was set."""

    era: Era
    guess: Guess | None
    findings: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        yield str(self.guess) if self.guess else f"era {self.era.id}: {self.era.name.en}, {self.era.span}; as set"
        if self.era.mixes:
            yield f"mixed on purpose: {self.era.mixes} [{self.era.citation(self.era.source)}]"
        yield from map(str, self.findings)
        count = len(self.findings)
        yield f"{count} {'anachronism' if count == 1 else 'anachronisms'} found" if count else "nothing found"


def anachronisms(text: str, era: Era) -> list[tuple[Thing, Span]]:
    """Where a text names what the era did not have, in order; what is denied or a mere likeness is passed over."""
    text = simplified(text)
    low = lowered(text)
    ends = [0, *(m.end() for m in _ENDS.finditer(text)), len(text)]
    found: list[tuple[Thing, Span]] = []
    for thing in things():
        if not thing.breaks(era):
            continue
        for span in _longest(span for _, span in occurrences(text, low, thing.words.all)):
            number = bisect.bisect_right(ends, span.start)
            begin, stop = ends[number - 1], ends[min(number, len(ends) - 1)]
            if _meant(thing, text, Span(begin, stop), span):
                found.append((thing, span))
    return sorted(found, key=lambda item: item[1].start)


def _longest(spans: Iterable[Span]) -> Iterator[Span]:
    """Of spans that overlap the one that begins first, of those the longest."""
    reached = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= reached:
            yield span
            reached = span.end


def _meant(thing: Thing, text: str, sentence: Span, word: Span) -> bool:
    said = text[sentence.start : sentence.end]
    low = lowered(said)
    if _DENIED.search(said[: word.start - sentence.start]) or _has(said, low, thing.unless.all):
        return False
    needs = thing.needs.en if text[word.start].isascii() else thing.needs.zh
    return not needs or _has(said, low, needs)


def _has(text: str, low: str, terms: Sequence[str]) -> bool:
    return any(True for _ in occurrences(text, low, terms))


def lint(path: Path, era: str | None = None) -> Report:
    """Look through a film's folder, a document of one, or a story.

    `era` names the time, else the cast of the film does, else the story's words tell it. Raises YingxiError where
    they do not, or where there is nothing to read.
    """
    folder = path if path.is_dir() else path.parent
    single = path.name in DOCUMENTS or path.suffix in (".fountain", ".yaml")
    if path.is_dir() and not any((path / name).is_file() for name in DOCUMENTS):
        raise YingxiError(f"{path} holds no film: there is no shots.yaml in it")
    story = folder / "story.txt" if path.is_dir() or single else path
    text = _story(story) if story.is_file() or story == path else ""
    chosen, guess = _era(folder / "cast.yaml" if path.is_dir() or single else None, era, text, path)
    said = {thing.name for thing, _ in anachronisms(text, chosen)}
    findings: list[Finding] = []
    if not single:
        findings += _in_text(story.name, text, chosen, said)
    for name in (path.name,) if single else DOCUMENTS if path.is_dir() else ():
        document = folder / name
        if document.is_file():
            findings += _in_document(document, chosen, said)
    return Report(chosen, guess, tuple(_gathered(findings)))


def _story(path: Path) -> str:
    from yingxi.story.importer import read_story

    return read_story(path, "auto").text


def _era(cast: Path | None, era: str | None, text: str, path: Path) -> tuple[Era, Guess | None]:
    named = era or (load_yaml(cast, Cast).era if cast is not None and cast.is_file() else "")
    guess = infer(text)
    if named:
        chosen = find_era(named)
        return chosen, guess if guess.era and guess.era.id == chosen.id else None
    if guess.era is None:
        raise YingxiError(f"{path}: {guess}; name one with --era, such as --era tang")
    return guess.era, guess


def _in_text(name: str, text: str, era: Era, said: set[str]) -> Iterator[Finding]:
    for thing, span in anachronisms(text, era):
        line = text.count("\n", 0, span.start) + 1
        word = text[span.start : span.end]
        yield Finding(name, line, "", word, thing, thing.name in said)


def _in_document(path: Path, era: Era, said: set[str]) -> Iterator[Finding]:
    if path.suffix != ".yaml":
        yield from _in_text(path.name, read_text(path), era, said)
        return
    if path.name in DOCUMENTS:
        load_yaml(path, Cast if path.name == "cast.yaml" else ShotList)  # A mistake is told as anywhere else.
    for line, where, value in _values(yaml.compose(read_text(path), Loader=yaml.CSafeLoader), "", ""):
        for thing, span in anachronisms(value, era):
            yield Finding(path.name, line, where, value[span.start : span.end], thing, thing.name in said)


def _values(node: yaml.Node | None, key: str, where: str) -> Iterator[tuple[int, str, str]]:
    """(line, the shot or member of the cast, text) of every value that is looked at."""
    if isinstance(node, yaml.MappingNode):
        names = {k.value: v.value for k, v in node.value if isinstance(v, yaml.ScalarNode)}
        where = f"shot {names['slate']}" if "slate" in names else names.get("id", where)
        for inner, value in node.value:
            yield from _values(value, inner.value, where)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _values(value, key, where)
    elif isinstance(node, yaml.ScalarNode) and key in _READ:
        yield node.start_mark.line + 1, where, node.value


def _gathered(findings: list[Finding]) -> Iterator[Finding]:
    """One finding for a thing in a file, with the other places."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.file, finding.thing.name), []).append(finding)
    for first, *others in groups.values():
        places = [other.where or f"line {other.line}" for other in others]
        own = first.where or f"line {first.line}"
        yield replace(first, also=tuple(p for p in dict.fromkeys(places) if p != own))
