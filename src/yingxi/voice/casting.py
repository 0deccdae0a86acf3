"""A voice for each character: by gender and age, and by what kind of creature it is."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files

from pydantic import Field

from yingxi.core.cast import Cast, Character, VoiceProfile
from yingxi.core.documents import Document, load_yaml
from yingxi.core.protocols import Voice
from yingxi.core.story import Language
from yingxi.voice import timbres

AGES = ("child", "young", "adult", "old")
APART = (0.0, -1.5, 1.5, -2.5, 2.5, -3.5, 3.5)


class Bearing(Document):
    """How creatures that one of `words` names speak, against a person: semitones and a factor."""

    words: tuple[str, ...]
    pitch: float = 0.0
    tempo: float = Field(default=1.0, gt=0)


class _Bearings(Document):
    bearings: tuple[Bearing, ...]


def cast_voices(cast: Cast, voice: Voice, language: Language) -> Cast:
    """The cast with a voice for the narrator and for each character that has none yet.

    Those named most choose first. While there are enough, no two share a voice; then a voice is used again at another
    pitch. The same cast gets the same voices.
    """
    offered = voice.profiles(language)
    narrator = cast.narrator or offered[0]
    taken = [narrator, *(c.voice for c in cast.characters if c.voice)]
    chosen: dict[str, VoiceProfile] = {}
    for character in sorted(cast.characters, key=lambda c: -c.mentions):
        if character.voice is None:
            profile = _choose(character, offered, taken)
            taken.append(profile)
            chosen[character.id] = profile
    characters = tuple(c.model_copy(update={"voice": c.voice or chosen[c.id]}) for c in cast.characters)
    return cast.model_copy(update={"narrator": narrator, "characters": characters})


def _choose(character: Character, offered: Sequence[VoiceProfile], taken: Sequence[VoiceProfile]) -> VoiceProfile:
    uses = Counter(profile.name for profile in taken)
    # A voice of the wrong gender is worse than one that is used again; one of another age is better.
    best = min(offered, key=lambda p: (_mismatch(character, p) + 3 * uses[p.name], offered.index(p)))
    bearing = _bearing(character)
    pitches = [round(_within(best.pitch + bearing.pitch + apart, -12, 12), 2) for apart in APART]
    same = [other.pitch for other in taken if other.name == best.name]
    free = [pitch for pitch in pitches if all(abs(pitch - other) >= 1 for other in same)]
    # A crowd larger than all voices at all pitches has to share.
    pitch = free[0] if free else pitches[len(same) % len(pitches)]
    return VoiceProfile(name=best.name, pitch=pitch, tempo=round(_within(best.tempo * bearing.tempo, 0.5, 2), 3))


def _mismatch(character: Character, profile: VoiceProfile) -> float:
    """How little a voice suits a character: 0 for what is known of both and equal."""
    timbre = next((t for t in timbres.table() if t.name == profile.name), None)
    if timbre is None:
        return 0
    wrong = 0.0
    if character.gender != "unknown" and character.gender != timbre.gender:
        wrong += 8 if "child" not in (character.age, timbre.age) else 1
    if character.age != "unknown":
        steps = abs(AGES.index(character.age) - AGES.index(timbre.age))
        wrong += steps + (3 if "child" in (character.age, timbre.age) and steps else 0)
    elif timbre.age == "child":
        wrong += 4
    elif timbre.age == "old":
        wrong += 1
    return wrong


def _bearing(character: Character) -> Bearing:
    words = " ".join((character.id, character.name, *character.aliases, character.description)).lower()
    spaced = f" {''.join(c if c.isalnum() else ' ' for c in words)} "
    for bearing in _bearings():
        # Chinese has no spaces between words, so its characters are looked for anywhere.
        if any((f" {word} " in spaced) if word.isascii() else (word in words) for word in bearing.words):
            return bearing
    return Bearing(words=())


@cache
def _bearings() -> tuple[Bearing, ...]:
    with as_file(files("yingxi.voice") / "bearings.yaml") as path:
        return load_yaml(path, _Bearings).bearings


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
