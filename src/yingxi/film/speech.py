"""The voices of a film: each line spoken once, and kept under the digest of what was said by whom."""

import time
from dataclasses import dataclass

from yingxi.core.cast import Cast, VoiceProfile
from yingxi.core.digest import digest
from yingxi.core.errors import YingxiError
from yingxi.core.shot import Line, Shot
from yingxi.core.story import Language
from yingxi.film.crew import Crew
from yingxi.film.folder import Folder
from yingxi.film.ledger import Ledger

UNCAST = VoiceProfile.model_validate({"name": "default"})


@dataclass(frozen=True)
class Speech:
    """One line: its digest, who speaks it how, and its seconds once it has been spoken."""

    digest: str
    line: Line
    profile: VoiceProfile
    seconds: float | None


def speeches(shot: Shot, cast: Cast, language: Language, voice: str, folder: Folder, ledger: Ledger) -> list[Speech]:
    """The shot's lines, with the seconds of those already spoken. `voice` is the speaker's identity."""
    found = []
    for line in shot.lines:
        profile = _profile(line, cast)
        key = digest("voice", voice, line.text, profile, language)
        found.append(Speech(key, line, profile, _seconds(key, folder, ledger)))
    return found


def speak(speech: Speech, language: Language, crew: Crew, folder: Folder, ledger: Ledger) -> float:
    """Speak a line into its file. Returns its seconds."""
    from yingxi.media.audio import write_wav

    begun = time.monotonic()
    sound = crew.voice.get().say(speech.line.text, speech.profile, language)
    write_wav(folder.voice(speech.digest), sound)
    ledger.record("voice", speech.digest, {"seconds": sound.seconds}, time.monotonic() - begun)
    return sound.seconds


def _profile(line: Line, cast: Cast) -> VoiceProfile:
    """The speaker's voice; the narrator's for narration and for lines of nobody known."""
    character = cast.character(line.who) if line.who else None
    return (character.voice if character else None) or cast.narrator or UNCAST


def _seconds(key: str, folder: Folder, ledger: Ledger) -> float | None:
    path = folder.voice(key)
    if not path.is_file():
        return None
    known = ledger.done("voice", key)
    if known is not None:
        return known["seconds"]
    from yingxi.media.audio import read_wav

    try:  # a ledger that was lost
        return read_wav(path).seconds
    except YingxiError:
        return None
