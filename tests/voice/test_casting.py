from collections.abc import Sequence

import pytest

from yingxi.core.cast import Cast, Character, VoiceProfile
from yingxi.voice import timbres
from yingxi.voice.casting import cast_voices
from yingxi.voice.kokoro import Kokoro

LANGUAGES = ("en", "zh")


def voices(cast: Cast) -> list[VoiceProfile]:
    return [profile for profile in (cast.narrator, *(c.voice for c in cast.characters)) if profile]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_cast_has_a_voice_each(language: str) -> None:
    pilgrims = Cast(
        characters=(
            Character(id="monk", name="Tripitaka", gender="male", mentions=9),
            Character(id="wukong", name="Sun Wukong", gender="male", kind="spirit", mentions=20),
            Character(id="bajie", name="Zhu Bajie", gender="male", kind="animal", mentions=5),
            Character(id="demon", name="White Bone Demon", gender="female", mentions=8),
            Character(id="girl", name="a village girl", gender="female", age="child", mentions=2),
        )
    )
    cast = cast_voices(pilgrims, Kokoro(), language)  # type: ignore[arg-type]
    assert len({(v.name, v.pitch) for v in voices(cast)}) == 6
    for character in cast.characters:
        assert character.voice
        if character.age != "child":
            assert timbres.find(character.voice.name).gender == character.gender


def test_a_voice_that_is_set_stays_and_the_choice_is_repeated() -> None:
    own = VoiceProfile(name="alpha", pitch=-3)
    cast = Cast(
        narrator=VoiceProfile(name="kumo", tempo=0.8),
        characters=(Character(id="a", name="A", gender="male", voice=own), Character(id="b", name="B")),
    )
    first = cast_voices(cast, Kokoro(), "en")
    assert first.narrator == cast.narrator
    assert first.characters[0].voice == own
    assert first == cast_voices(cast, Kokoro(), "en") == cast_voices(first, Kokoro(), "en")


def test_a_pig_is_lower_and_slower() -> None:
    def alone(name: str) -> VoiceProfile:
        cast = Cast(characters=(Character(id="x", name=name, gender="male"),))
        return voices(cast_voices(cast, Kokoro(), "en"))[1]

    assert alone("Pig").pitch < alone("Li").pitch
    assert alone("Pig").tempo < alone("Li").tempo


def test_more_characters_than_voices_differ_in_pitch() -> None:
    crowd = Cast(characters=tuple(Character(id=f"c{n}", name=f"C{n}", gender="male") for n in range(12)))
    told = voices(cast_voices(crowd, Kokoro(), "en"))
    assert len({(v.name, v.pitch) for v in told}) == len(told)


def test_a_strangers_voice_is_used_in_its_own_order() -> None:
    class Stranger(Kokoro):
        def profiles(self, language: str) -> Sequence[VoiceProfile]:
            return [VoiceProfile(name="s1"), VoiceProfile(name="s2")]

    cast = cast_voices(Cast(characters=(Character(id="a", name="A"),)), Stranger(), "en")
    assert [v.name for v in voices(cast)] == ["s1", "s2"]
