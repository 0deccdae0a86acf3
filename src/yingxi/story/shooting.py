"""Chosen beats turned into shots and the scenes of a screenplay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yingxi.core.cast import Cast
from yingxi.core.protocols import Stagecraft
from yingxi.core.screenplay import Action, Dialogue, Element, Narration, Scene
from yingxi.core.shot import Figure, Line, Shot
from yingxi.core.story import Language, Span, language_of
from yingxi.story import camera
from yingxi.story.beats import Beat
from yingxi.story.blocking import MOST, Blocking
from yingxi.story.chapters import byline
from yingxi.story.disguise import GONE, Disguises
from yingxi.story.duration import PAUSE, SHORTEST, halves, speaking_seconds
from yingxi.story.quotes import Quote
from yingxi.story.reading import Reading
from yingxi.story.scenes import Setting

CARD_SECONDS = (3.0, 2.5)
"""Of the title card and the end card."""
_LONG = 7.0
"""Seconds of words beyond which a line has two views."""
_JOINED = 6.5
"""Seconds up to which two narrated sentences share a shot."""
_ENDS = {"en": ("The End", "To be continued"), "zh": ("完", "未完待续")}
_TO_ONESELF = re.compile(r"\b(?:whisper|thought|thinks|(?:her|him|it)self)|自言自语|心想|暗想|想道|自语")


@dataclass(frozen=True)
class FilmPlace:
    """A place of the cast that a setting of the story is filmed at."""

    id: str
    name: str
    stage: str


def _letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)


class Shooting:
    """Beats turned into shots, scene by scene."""

    def __init__(
        self,
        reading: Reading,
        speakers: dict[Quote, str],
        cast: Cast,
        places: dict[int, FilmPlace],
        settings: Sequence[Setting],
        craft: Stagecraft,
    ) -> None:
        self.reading, self.cast, self.places, self.settings, self.craft = reading, cast, places, settings, craft
        self.language: Language = reading.story.language
        self.known = {c.id for c in cast.characters}
        self.speakers = speakers
        self.company: list[str] = []
        self.disguises = Disguises(reading, cast, craft)
        self.scenes: tuple[Scene, ...] = ()

    def shoot(self, groups: Sequence[Sequence[Beat]]) -> tuple[Shot, ...]:
        """A title, the shots of every scene, an end."""
        shots = [self._title()]
        scenes: list[Scene] = []
        for number, group in enumerate(groups, 1):
            letter = 1 if number == 1 else 0
            new = self._scene(number, letter, group)
            shots += new
            scenes.append(self._written(number, group, new))
        self.scenes = tuple(scenes)
        shots.append(self._end(len(scenes) + 1))
        return tuple(shots)

    def _title(self) -> Shot:
        story = self.reading.story
        lines = re.sub(r"　+|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", "\n", story.title)
        under = byline(story.text, story.title)
        text = f"{lines}\n{under}" if under else lines
        return Shot(slate="1A", card="title", seconds=CARD_SECONDS[0], prompt=text)

    def _end(self, number: int) -> Shot:
        text = _ENDS[self.language][0 if self.reading.whole else 1]
        return Shot(slate=f"{number}A", card="end", seconds=CARD_SECONDS[1], prompt=text)

    def groups(self, told: Sequence[Beat]) -> list[list[Beat]]:
        """Beats of one place at one time are one scene of the film."""
        groups: list[list[Beat]] = []
        for beat in told:
            if groups:
                a, b = groups[-1][-1].setting, beat.setting
                if self.places[a].stage == self.places[b].stage and self.settings[a].time == self.settings[b].time:
                    groups[-1].append(beat)
                    continue
            groups.append([beat])
        return groups

    def _scene(self, number: int, letter: int, group: Sequence[Beat]) -> list[Shot]:
        blocking = Blocking(self.craft)
        present = self._present(group)
        shots: list[Shot] = []
        turn, position = 0, 0
        while position < len(group):
            beat = group[position]
            together = [beat]
            if beat.who is None or not beat.seen:
                turn = 0
                following = group[position + 1] if position + 1 < len(group) else None
                if following is not None and self._share(beat, following):
                    together.append(following)
                shot = self._told(together, blocking, self._around(beat, present), not shots, number, len(shots))
            else:
                alone = _TO_ONESELF.search(self._manner(beat))
                listener = None if alone else self._listener(group, position)
                shot = self._spoken(beat, listener, blocking, turn, not shots, number)
                turn += 1
            for view, part in self._views(shot, together, blocking):
                view = view.model_copy(update={"figures": tuple(blocking.handed(f) for f in view.figures)})
                slate = f"{number}{_letters(letter + len(shots))}"
                shots.append(self._finished(view.model_copy(update={"slate": slate}), part))
            position += len(together)
        return shots

    def _views(self, shot: Shot, told: Sequence[Beat], blocking: Blocking) -> list[tuple[Shot, Sequence[Beat]]]:
        """A long line in two views: a speech goes on over the face of who listens, a telling goes nearer."""
        beat = told[0]
        halved = len(told) == 1 and beat.seconds > _LONG and shot.lines and all(f.to is None for f in shot.figures)
        words = halves(beat.text, self.language, anywhere=beat.who is None) if halved else None
        if words is None:
            return [(shot, told)]
        parts = [replace(beat, text=w, seconds=speaking_seconds(w, self.language)) for w in words]
        line = shot.lines[0]
        listener = next((f.toward for f in shot.figures if f.who == beat.who and f.toward), None)
        if beat.who is not None and listener is not None:
            figures, size = blocking.spoken(listener, beat.who, "stand", True), "MCU"
        else:
            figures, size = shot.figures[:1], camera.nearer(shot.size)
        move = "static" if figures else "pan left"
        second = shot.model_copy(update={"figures": figures, "size": size, "move": move})
        return [
            (view.model_copy(update={"lines": (line.model_copy(update={"text": part.text}),)}), (part,))
            for view, part in zip((shot, second), parts, strict=True)
        ]

    def _around(self, beat: Beat, present: Sequence[str]) -> list[str]:
        """Whom a beat that names nobody is about: those named beside it in its paragraph; where it has none, the
        company that was last spoken of as *they*; else those most in the scene."""
        paragraph = self.reading.paragraphs[beat.paragraph]
        near = self.reading.narrated(beat.end, paragraph.end) if beat.group else ()
        named = list(dict.fromkeys(m.who for m in near if m.who in self.known))
        if beat.group:
            if len(named) + len(beat.people) >= 2 and not self.company:
                self.company = list(dict.fromkeys([*beat.people, *named]))[:MOST]
            return self.company or named or list(present)
        return list(present)

    def _present(self, group: Sequence[Beat]) -> list[str]:
        """The scene's people, those most in it first; where none is named, those of the whole film."""
        counts: dict[str, int] = {}
        for beat in group:
            for who in (*beat.people, *([beat.who] if beat.who else ())):
                if who in self.known:
                    counts[who] = counts.get(who, 0) + 1
        ordered = sorted(counts, key=lambda w: -counts[w])
        return ordered or [c.id for c in self.cast.characters[:1]]

    def _share(self, beat: Beat, following: Beat) -> bool:
        """Two narrated sentences that follow each other, short enough for one shot, and of the same people."""
        if beat.who or following.who or beat.silent != following.silent or following.paragraph != beat.paragraph:
            return False
        near = self.reading.story.text[beat.end : following.start].strip() == ""
        same = not following.people or following.people[:1] == beat.people[:1]
        return near and same and beat.seconds + following.seconds + PAUSE <= _JOINED

    def _listener(self, group: Sequence[Beat], position: int) -> str | None:
        """Whom a line is said to: whom it calls by name, else who speaks next or spoke before, else who is named."""
        beat = group[position]
        speaker, text = beat.who, self.reading.story.text
        for mention in self.reading.mentions_in(beat.start, beat.end):
            after, before = text[mention.end : mention.end + 1], text[mention.start - 1]
            called = after in ",!?.，！？。" and before in ' ,“"‘「，' and self.reading.quoted(mention.start)
            if called and mention.who != speaker and mention.who in self.known:
                return mention.who
        lately = group[max(0, position - 2) : position][::-1]
        gone = {who for b in lately for who, deed in b.deeds.items() if self.craft.action(deed) in GONE}
        near = [
            (abs(q.start - beat.start) + (0 if q.start > beat.start else 40), who)
            for q, who in self.speakers.items()
            if abs(q.paragraph - beat.paragraph) <= 2
            and who != speaker
            and who in self.known
            and who not in gone
            and group[0].start <= q.start <= group[-1].start  # Who speaks in another scene is not here.
        ]
        if near:
            return min(near)[1]
        # Not whom the words themselves speak of: *whoever eats that monk* is not said to him.
        around = [*lately, *group[position + 1 : position + 2]]
        named = [who for b in around for who in b.people if who != speaker and who in self.known]
        return next((who for who in named if who not in gone), None)

    def _base(self, beat: Beat) -> dict[str, object]:
        setting, place = self.settings[beat.setting], self.places[beat.setting]
        return {"slate": "1A", "place": place.id, "time": setting.time, "weather": setting.weather}

    def _told(
        self, told: Sequence[Beat], blocking: Blocking, present: Sequence[str], first: bool, number: int, count: int
    ) -> Shot:
        beat, met = told[0], set(blocking.order)
        figures = blocking.told(beat, self.known, present, empty=first and not beat.group)
        if first:
            size, move = camera.opening(self.settings[beat.setting].indoors, number)
        else:
            figures, held = self._handed(figures, beat, blocking)
            deed = beat.deeds.get(figures[0].who, "") if figures else ""
            held = held and figures[0].who in met  # One sees who somebody is before what he holds.
            size, move = camera.told(figures, count + number, deed, held, sum(b.seconds for b in told))
        lines = tuple(Line(who=b.who or "narrator", text=b.text) for b in told if not b.silent)
        return Shot.model_validate(
            {**self._base(beat), "size": size, "move": move, "figures": figures, "lines": lines}
        )

    def _handed(self, figures: tuple[Figure, ...], beat: Beat, blocking: Blocking) -> tuple[tuple[Figure, ...], bool]:
        """Figures with the things in hand that their deeds speak of; whether the first has such a thing."""
        looks = {c.id: c.look for c in self.cast.characters}
        handed = []
        for figure in figures:
            look, deed = looks.get(figure.who), beat.deeds.get(figure.who, "")
            held = self.craft.holding(look, deed) if look and deed else None
            if held is not None:
                blocking.held[figure.who] = held
            handed.append(figure.model_copy(update={"look": held}))
        return tuple(handed), bool(handed) and handed[0].look is not None

    def _spoken(
        self, beat: Beat, listener: str | None, blocking: Blocking, turn: int, first: bool, number: int
    ) -> Shot:
        size, move, alone = camera.spoken(turn, beat, listener is not None)
        if first:
            size, move, alone = ("MLS" if listener else "MS"), "static", False
        speaker = beat.who or ""
        action = blocking.manner(self._manner(beat))
        figures = blocking.spoken(speaker, listener, action, alone)
        lines = (Line(who=speaker, text=beat.text),)
        return Shot.model_validate(
            {**self._base(beat), "size": size, "move": move, "figures": figures, "lines": lines}
        )

    def _manner(self, beat: Beat) -> str:
        """The words right around a line: *cried X, pointing at him*; 老婆婆哭道."""
        if beat.manner or self.reading.story.screenplay:
            return beat.manner
        text = self.reading.story.text
        reach = 12 if self.language == "zh" else 40
        before = re.split(r"[。！？”」\n.!?\"]", text[max(0, beat.start - reach) : beat.start])[-1]
        after = re.split(r"[。！？“「\n.!?\"]", text[beat.end : beat.end + reach])[0] if self.language == "en" else ""
        return f"{before}; {after}"

    def _finished(self, shot: Shot, told: Sequence[Beat]) -> Shot:
        seconds = max(SHORTEST, sum(b.seconds for b in told) + PAUSE)
        looks = {c.id: c.look for c in self.cast.characters}
        place = self.cast.place(shot.place or "")
        start, end = min(b.start for b in told), max(b.end for b in told)
        shot = shot.model_copy(update={
            "figures": tuple(
                f.model_copy(update={"look": self.disguises.look(f.who, start, end) or f.look}) for f in shot.figures
            )
        })  # fmt: skip
        filled = shot.model_copy(update={
            "stage": place.stage if place else None,
            "figures": tuple(f.model_copy(update={"look": f.look or looks.get(f.who)}) for f in shot.figures),
        })  # fmt: skip
        acted = [b.text for b in told if b.silent]
        prompt = (" " if self.language == "en" else "").join([*acted, self.craft.prompt(filled, self.language)])
        return shot.model_copy(update={"seconds": round(seconds, 1), "prompt": prompt, "source": (start, end)})

    def _written(self, number: int, group: Sequence[Beat], shots: Sequence[Shot]) -> Scene:
        setting, place = self.settings[group[0].setting], self.places[group[0].setting]
        elements: list[Element] = []
        if shots and not self.reading.story.screenplay:
            elements.append(Action(shots[0].prompt, Span(group[0].start, group[0].end)))
        elements += [_element(beats) for beats in runs(group, self.reading.story.screenplay)]
        present = tuple(dict.fromkeys(f.who for s in shots for f in s.figures))
        span = Span(group[0].start, group[-1].end)
        return Scene(number, place.name, setting.time, setting.indoors, present, tuple(elements), span)


def runs(group: Sequence[Beat], finished: bool) -> list[list[Beat]]:
    """Beats that are one element of the screenplay; of a finished one, those that came from one."""
    found: list[list[Beat]] = []
    for beat in group:
        if finished and found and found[-1][-1].paragraph == beat.paragraph:
            found[-1].append(beat)
        else:
            found.append([beat])
    return found


def _element(beats: Sequence[Beat]) -> Element:
    beat, span = beats[0], Span(beats[0].start, beats[-1].end)
    text = ("" if language_of(beat.text) == "zh" else " ").join(b.text for b in beats)
    if beat.who is not None:
        return Dialogue(beat.who, text, span, beat.manner, beat.seen)
    return Action(text, span) if beat.silent else Narration(text, span)
