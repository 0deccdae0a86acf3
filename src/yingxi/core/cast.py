"""Who, where and what: the cast of a film, as `cast.yaml` holds it."""

from typing import Literal

from pydantic import Field

from yingxi.core.documents import Document


class Look(Document):
    """How a member of the cast is drawn. `puppet` names a puppet of the stage, `colours` its parts' colours.

    `words` say the same to models that read text.
    """

    puppet: str
    colours: dict[str, str] = Field(default_factory=dict)
    headwear: str | None = None
    prop: str | None = None
    words: str = ""


class VoiceProfile(Document):
    """How a character sounds: a voice of the speaker model, pitch in semitones, tempo as a factor."""

    name: str
    pitch: float = Field(0.0, ge=-12, le=12)
    tempo: float = Field(1.0, ge=0.5, le=2)


class Relation(Document):
    """What a character is to another, `to` (a cast id): *father*, *wife*, *master*, *sworn brother*."""

    to: str
    kind: str
    source: tuple[int, int] | None = None


class Character(Document):
    """`importance` is 0 to 1, of the story's most important. `described` are the passages, as character offsets, that
    say how the character looks, in the words of `description`."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    mentions: int = 0
    importance: float = Field(default=0.0, ge=0, le=1)
    gender: Literal["female", "male", "unknown"] = "unknown"
    age: Literal["child", "young", "adult", "old", "unknown"] = "unknown"
    kind: Literal["person", "animal", "spirit", "machine"] = "person"
    description: str = ""
    described: tuple[tuple[int, int], ...] = ()
    relations: tuple[Relation, ...] = ()
    look: Look | None = None
    voice: VoiceProfile | None = None


class Place(Document):
    """A place of the story and the place of the stage that shows it."""

    id: str
    name: str
    stage: str
    description: str = ""


class Cast(Document):
    """`era` names the pack of the story's time, whose words prompts take; empty is unknown."""

    era: str = ""
    characters: tuple[Character, ...] = ()
    places: tuple[Place, ...] = ()
    narrator: VoiceProfile | None = None

    def character(self, id: str) -> Character | None:
        return next((c for c in self.characters if c.id == id), None)

    def place(self, id: str) -> Place | None:
        return next((p for p in self.places if p.id == id), None)
