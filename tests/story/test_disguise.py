"""A demon in a girl's shape is seen as a girl until she is gone or known."""

from pathlib import Path

from yingxi.core.cast import Character
from yingxi.core.protocols import Stagecraft
from yingxi.story.adapt import adapt
from yingxi.story.disguise import shape
from yingxi.story.importer import read_story

SPIRIT = Character(id="demon", name="Demon", kind="spirit")
MAN = Character(id="tom", name="Tom")


def test_what_one_is_seen_as() -> None:
    assert shape("She came up the mountain as a pretty girl.", SPIRIT, "en") == "pretty girl"
    assert shape("Tom went to sea as a boy.", MAN, "en") is None
    assert shape("Tom went out disguised as an old woman.", MAN, "en") == "old woman"
    assert shape("那妖精摇身一变，变成一个白发老公公。", SPIRIT, "zh") == "白发老公公"
    assert shape("天气变成了阴天。", SPIRIT, "zh") is None


def test_seen_so_until_she_is_gone(tmp_path: Path, stage: Stagecraft) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The Demon of the Hill\n\nThe demon lived in a cave and she hated the monk. She came to the temple disguised "
        "as an old woman. The demon bowed to the monk.\n\nThe monk laughed at her. The demon vanished in smoke.\n\n"
        "The demon came back to the cave and wept.\n"
    )
    made = adapt(read_story(path), stage, 120)
    looks = [(s.lines[0].text, {f.who: f.look for f in s.figures}.get("demon")) for s in made.shots.shots if s.lines]
    seen = {text: look.words for text, look in looks if look is not None}
    assert not [text for text in seen if "lived" in text or "back" in text]
    assert set(seen.values()) == {"old woman"}
    assert any("bowed" in text for text in seen)
