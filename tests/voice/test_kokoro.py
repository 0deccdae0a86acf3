"""What Kokoro says, and what a recogniser hears of it."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from pypinyin import lazy_pinyin

from yingxi.core.cast import VoiceProfile
from yingxi.core.clip import Sound
from yingxi.core.errors import YingxiError
from yingxi.core.protocols import Voice
from yingxi.voice import timbres
from yingxi.voice.kokoro import Kokoro
from yingxi.voice.letters_table import distance

SENTENCES = {
    "en": "Rain fell all night, and in the morning the bridge was gone.",
    "zh": "她看着灯笼，很久没有说话。",
}
Hear = Callable[[Sound, str], str]


def error(said: str, heard: str, language: str) -> float:
    """Words wrong in English; in Mandarin syllables wrong, tones aside, for a recogniser writes homophones."""
    if language == "en":
        words = [tuple(re.findall(r"[a-z']+", text.lower())) for text in (said, heard)]
    else:
        words = [tuple(lazy_pinyin("".join(re.findall(r"[\u4e00-\u9fff]", text)))) for text in (said, heard)]
    return distance(words[0], words[1]) / len(words[0])


def test_kokoro_is_a_voice(kokoro: Kokoro) -> None:
    voice: Voice = kokoro
    for language in ("en", "zh"):
        profiles = voice.profiles(language)
        assert len({profile.name for profile in profiles}) == len(profiles) >= 5
        genders = {timbres.find(profile.name).gender for profile in profiles}
        assert genders == {"female", "male"}


def test_a_line_is_the_same_twice_and_trimmed(kokoro: Kokoro) -> None:
    profile = kokoro.profiles("en")[0]
    first, second = (kokoro.say("Good morning.", profile, "en") for _ in range(2))
    assert first.rate == 24000
    assert first.samples.dtype == np.float32
    assert np.array_equal(first.samples, second.samples)
    assert 0.4 < first.seconds < 2
    assert np.max(np.abs(first.samples)) <= 1
    heard = np.flatnonzero(np.abs(first.samples) > 0.01) / first.rate
    assert heard[0] < 0.1
    assert heard[-1] > first.seconds - 0.15


@pytest.mark.parametrize("text", ["", "  ", "!!!", "…", "①", "🙂", "“ ”"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_to_speak_is_a_short_silence(kokoro: Kokoro, text: str, language: str) -> None:
    sound = kokoro.say(text, kokoro.profiles("en")[0], language)  # type: ignore[arg-type]
    assert not np.any(sound.samples)
    assert 0 < sound.seconds < 0.5


def test_tempo_and_pitch_are_obeyed(kokoro: Kokoro) -> None:
    name = kokoro.profiles("zh")[0].name
    slow, fast = (kokoro.say("你好，世界。", VoiceProfile(name=name, tempo=tempo), "zh") for tempo in (0.8, 1.25))
    assert slow.seconds > 1.25 * fast.seconds
    low, high = (pitch_of(kokoro.say("雨下了一整夜。", VoiceProfile(name=name, pitch=p), "zh")) for p in (-2, 3))
    assert 12 * np.log2(high / low) == pytest.approx(5, abs=1)


def pitch_of(sound: Sound) -> float:
    """The median fundamental in hertz, by autocorrelation of frames that repeat themselves."""
    shortest, longest, length = sound.rate // 500, sound.rate // 70, sound.rate // 20
    found = []
    for start in range(0, len(sound.samples) - length, length // 2):
        frame = sound.samples[start : start + length].astype(np.float64)
        correlation = np.correlate(frame, frame, "full")[length - 1 :]
        lag = shortest + int(np.argmax(correlation[shortest:longest]))
        if correlation[lag] > 0.5 * correlation[0] > 0.5:
            found.append(sound.rate / lag)
    return float(np.median(found))


def test_an_unknown_voice_is_named(kokoro: Kokoro) -> None:
    with pytest.raises(YingxiError, match="'nobody'"):
        kokoro.say("Hello.", VoiceProfile(name="nobody"), "en")


@pytest.mark.slow
def test_a_long_line_is_spoken_whole(kokoro: Kokoro, hear: Hear) -> None:
    text = "The monk walked on. The monkey followed him, and the pig came last with the luggage. " * 4
    sound = kokoro.say(text, kokoro.profiles("en")[0], "en")
    assert error(text, hear(sound, "en"), "en") < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_voice_is_understood(kokoro: Kokoro, hear: Hear, language: str) -> None:
    wrong = {}
    for profile in kokoro.profiles(language):  # type: ignore[arg-type]
        sound = kokoro.say(SENTENCES[language], profile, language)  # type: ignore[arg-type]
        wrong[profile.name] = error(SENTENCES[language], hear(sound, language), language)
    assert max(wrong.values()) <= 0.34, wrong
    assert np.mean(list(wrong.values())) <= 0.1, wrong
