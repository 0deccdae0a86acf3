"""A screenplay as Fountain, the plain-text format that screenwriting programs write and read (fountain.io)."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Literal

from yingxi.core.cast import Cast
from yingxi.core.screenplay import Action, Dialogue, Element, Narration, Scene, Screenplay
from yingxi.core.shot import TimeOfDay
from yingxi.core.story import Chapter, Language, Paragraph, Span, Story
from yingxi.story.sentence import sentences

_NARRATOR = {"en": ("NARRATOR", "V.O."), "zh": ("旁白", None)}
_SOMEONE = {"en": "SOMEONE", "zh": "某人"}
_TIMES = {
    "en": {"dawn": "DAWN", "day": "DAY", "dusk": "DUSK", "night": "NIGHT"},
    "zh": {"dawn": "清晨", "day": "日", "dusk": "黄昏", "night": "夜"},
}

_HEADING = re.compile(r"^[ \t]*(?:(?:INT|EXT|I/E)\b[./ ]|INT\./EXT|[内外]景|内外景|内/外)[^\n]+$", re.MULTILINE)
_FORCED = re.compile(r"\n\.\w")
_CUE = re.compile(r"\n[ \t]*\n[ \t]*(?:@[^\n]+|[A-Z][^a-z\n]*(?:\([^)\n]*\))?)\n[ \t]*\S")
_INSIDE = re.compile(r"(?:INT|I/E)\b", re.IGNORECASE)
_PREFIX = re.compile(r"(?:(?:INT\./EXT|INT/EXT|INT|EXT|EST|I/E)[. ])\s*", re.IGNORECASE)
_HOURS: dict[TimeOfDay, str] = {
    "dawn": r"dawn|sunrise|daybreak|early morning|清晨|拂晓|黎明|凌晨|晨",
    "dusk": r"dusk|sunset|evening|twilight|黄昏|傍晚|日落|暮",
    "night": r"night|midnight|夜|晚",
    "day": r"day|morning|noon|afternoon|日|上午|下午|中午|白天|早",
}
_CHINESE_HEADING = re.compile(r"^\s*(?:\.(?=[\u3400-\u9fff])|(?:内外景|[内外]景|内/外)[. ：:]*)")
_TRANSITION = re.compile(r"(?:FADE|CUT|DISSOLVE|SMASH)\b[A-Z ]*[.:]?|THE END\.?|淡[入出]|切至|完|剧终")
_ROOMS = "屋室房厅殿店馆宫庙寺洞舱"
"""What a place in a heading ends with that is indoors."""
_BRACKETS = str.maketrans("（）", "()")
_UNSEEN = re.compile(r"\b[VO]\.?\s*[OSC]\b|画外|旁白|OS|VO", re.IGNORECASE)


def is_screenplay(text: str) -> bool:
    """Whether a plain text is a screenplay in Fountain: scene headings, and lines under names. With a title page,
    forced headings alone are enough."""
    if text.startswith("Title:") and (_FORCED.search(text) or _HEADING.search(text)):
        return True
    return _HEADING.search(text) is not None and _CUE.search(text) is not None


def from_fountain(text: str, language: Language) -> Screenplay:
    """A screenplay with the offsets of its elements. `Dialogue.who` is the name as written.

    What is before the first heading is a scene of its own; transitions, notes and what is commented out are left.
    """
    text = without_notes(text)
    script = _parsed(text)
    title = next((e.text for e in script.titleEntries if e.key.lower() == "title"), "")
    scenes: list[Scene] = []
    heading = _heading_of("", "day")
    elements: list[Element] = []
    begin = at = 0

    def close(end: int) -> None:
        if elements:
            place, interior = heading[0], heading[1]
            span = Span(begin, end)
            scenes.append(Scene(len(scenes) + 1, place, heading[2], interior, (), tuple(elements), span))

    for kind, words, span, about in _located(script, text):
        if kind == "heading":
            close(span.start)
            begin, elements = span.start, []
            heading = _heading_of(words, heading[2])
        elif kind == "action":
            elements.append(Action(words, span))
        elif _is_narrator(about["name"]):
            elements.append(Narration(words, span))
        else:
            seen = not _UNSEEN.search(about["extension"])
            elements.append(Dialogue(about["name"], words, span, about["manner"], seen))
        at = span.end
    close(at)
    return Screenplay(_plain(title), language, tuple(scenes))


def without_notes(text: str) -> str:
    """The text with notes and what is commented out as spaces, of the same length."""
    return re.sub(r"\[\[.*?\]\]|/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL)


def _is_narrator(name: str) -> bool:
    return name.upper() in ("NARRATOR", "VOICE OVER", "旁白", "解说")


def _parsed(text: str) -> Any:
    from screenplay_tools.fountain.parser import Parser

    # Fountain's own headings begin in English.
    parser = Parser()
    parser.add_lines([_western(line) for line in text.splitlines()])
    return parser.script


def _western(line: str) -> str:
    """Chinese headings and brackets as Fountain knows them."""
    prefix = _CHINESE_HEADING.match(line)
    if prefix:
        inside = "内" in prefix[0] or ("." in prefix[0] and any(room in line for room in _ROOMS))
        both = "内" in prefix[0] and "外" in prefix[0]
        return f"{'INT./EXT.' if both else 'INT.' if inside else 'EXT.'} {line[prefix.end() :]}"
    if line.startswith("@") or re.fullmatch(r"\s*（.*）\s*", line):
        return line.translate(_BRACKETS)
    return line


def _located(
    script: Any, text: str
) -> Iterator[tuple[Literal["heading", "action", "line"], str, Span, dict[str, str]]]:
    """Headings, actions by paragraph and lines, with where they stand in the text."""
    from screenplay_tools.screenplay import ElementType

    at = 0
    about = {"name": "", "extension": "", "manner": ""}

    def place(words: str) -> Span:
        nonlocal at
        start = None
        for line in filter(None, map(str.strip, words.split("\n"))):
            found = text.find(line, at)
            if found >= 0:
                start, at = found if start is None else start, found + len(line)
        return Span(at if start is None else start, at)

    for element in script.elements:
        words = element.text or ""
        if element.type == ElementType.HEADING:
            if not words.upper().startswith("FADE IN"):
                span = place(_PREFIX.sub("", words, count=1))
                yield "heading", words, Span(text.rfind("\n", 0, span.start) + 1, span.end), {}
        elif element.type == ElementType.ACTION:
            for part in re.split(r"\n\s*\n", words):
                if _plain(part) and not _is_transition(part):
                    yield "action", _plain(part), place(part), {}
        elif element.type == ElementType.CHARACTER:
            about = {"name": element.name.strip(), "extension": element.extension or "", "manner": ""}
            place(element.name)
        elif element.type == ElementType.PARENTHETICAL:
            about = {**about, "manner": _plain(words)}
        elif element.type in (ElementType.DIALOGUE, ElementType.LYRIC) and _plain(words):
            yield "line", _plain(words), place(words), about
            about = {**about, "manner": ""}


def _is_transition(words: str) -> bool:
    return _TRANSITION.fullmatch(words.strip()) is not None


def _plain(words: str) -> str:
    """One line, without marks of emphasis."""
    words = re.sub(r"(?<!\\)[*_]+", "", words)
    joint = "" if re.search("[\u3400-\u9fff]", words) else " "
    return re.sub(r"\s*\n\s*", joint, words).strip()


def _heading_of(words: str, before: TimeOfDay) -> tuple[str, bool, TimeOfDay]:
    """Place, whether it is indoors, and time of day; a time that is not said (*continuous*, *later*) stays."""
    rest = _PREFIX.sub("", words, count=1).strip()
    parts = re.split(r"\s+[-–—]+\s+|\s*[—–]\s*|\s*·\s*", rest)
    if len(parts) == 1 and re.search("[\u3400-\u9fff]", rest):
        parts = re.split(r"[\s，,-]+", rest)
    time: TimeOfDay = before
    if len(parts) > 1:
        said = parts[-1].lower()
        hour: TimeOfDay | None = next((name for name, either in _HOURS.items() if re.search(either, said)), None)
        if hour or re.search(r"continuous|later|same|moments|同时|稍后|片刻|接上", said):
            time, parts = hour or before, parts[:-1]
    place = ", ".join(p for p in parts if p)
    if place.isascii() and place == place.upper():
        place = place.lower()
    return place, _INSIDE.match(words) is not None, time


def as_story(title: str, text: str, language: Language, plain: bool) -> Story:
    """A screenplay's text as a Story: a chapter a scene, a paragraph an element. Empty where it has no element."""
    screenplay = from_fountain(text, language)
    chapters = []
    for scene in screenplay.scenes:
        paragraphs = tuple(paragraph_of(text, e, language) for e in scene.elements)
        chapters.append(Chapter(paragraphs[0].start, paragraphs[-1].end, scene.place, paragraphs))
    return Story(screenplay.title or title, language, text, tuple(chapters), (), plain, screenplay=True)


def span_of(element: Element) -> Span:
    """Where an element stands in its text."""
    return element.source or Span(0, 0)


def paragraph_of(text: str, element: Element, language: Language) -> Paragraph:
    """An element as a paragraph with its sentences."""
    span = span_of(element)
    return Paragraph(span.start, span.end, tuple(sentences(text, span.start, span.end, language)))


def to_fountain(screenplay: Screenplay, cast: Cast) -> str:
    """The screenplay as Fountain text; ``@`` forces names that have no capitals."""
    from screenplay_tools import screenplay as sp
    from screenplay_tools.fountain.writer import Writer

    script = sp.Script()
    script.titleEntries.append(sp.TitleEntry("Title", screenplay.title.replace("\u3000", " ")))
    names = {c.id: c.name for c in cast.characters}
    for scene in screenplay.scenes:
        script.add_element(_heading(sp, scene, screenplay.language))
        for element, following in zip_longest(scene.elements, scene.elements[1:]):
            _add(sp, script, element, names, screenplay.language)
            if isinstance(element, Action) and isinstance(following, Action):
                script.add_element(sp.Action(""))  # Else the two would be read back as one.
    writer = Writer()
    writer.pretty_print = False
    return writer.write(script).strip() + "\n"


def to_fdx(text: str) -> str:
    """A screenplay in Fountain as Final Draft's XML."""
    from screenplay_tools.fdx.writer import Writer

    return Writer().write(_parsed(text))


def _add(sp: Any, script: Any, element: Element, names: dict[str, str], language: Language) -> None:
    if isinstance(element, Action):
        # An action that reads like another element, such as one in capitals, is forced to stay one.
        script.add_element(sp.Action(element.text, forced=element.text[:1] in "@.>~=#!" or element.text.isupper()))
        return
    script.add_element(_speaker(sp, element, names, language))
    if isinstance(element, Dialogue) and element.manner:
        script.add_element(sp.Parenthetical(element.manner))
    script.add_element(sp.Dialogue(element.text))


def _heading(sp: Any, scene: Scene, language: Language) -> Any:
    place = scene.place.upper() if language == "en" else scene.place
    text = f"{'INT.' if scene.interior else 'EXT.'} {place} - {_TIMES[language][scene.time]}"
    return sp.SceneHeading(text, scene_number=str(scene.number))


def _speaker(sp: Any, element: Dialogue | Narration, names: dict[str, str], language: Language) -> Any:
    if isinstance(element, Narration):
        name, extension = _NARRATOR[language]
        return sp.Character(name, extension=extension, forced=not name.isascii())
    name = names.get(element.who or "", element.who or _SOMEONE[language])
    return sp.Character(name.upper(), extension=None if element.seen else "O.S.", forced=not name.isascii())
