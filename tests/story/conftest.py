"""A stage of a few words, enough to adapt a story for."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from yingxi.core.cast import Character, Look
from yingxi.core.protocols import Vocabulary
from yingxi.core.shot import Shot
from yingxi.core.story import Language, Story
from yingxi.story.importer import read_story

ROOT = Path(__file__).parents[2]
TALES = Path(__file__).with_name("tales")
PLACES = {
    "mountain": ("mountain", "hill", "山", "岭"),
    "cave": ("cave", "well", "洞"),
    "bamboo": ("bamboo", "竹"),
    "temple": ("temple", "庙"),
    "hall": ("abbey", "hall", "room", "house", "厅"),
    "sea": ("sea", "pool", "海"),
}
ACTIONS = {
    "walk": ("walk", "come", "go ", "走", "来"),
    "run": ("run", "跑"),
    "fly": ("fly", "cloud", "飞", "云头"),
    "fight": ("fight", "strike", "打"),
    "kneel": ("kneel", "跪"),
    "weep": ("weep", "哭", "泪"),
    "laugh": ("laugh", "笑"),
    "vanish": ("vanish", "不见"),
    "fall": ("fall", "倒"),
}


def _nearest(words: str, table: dict[str, tuple[str, ...]], default: str) -> str:
    hits = [(words.lower().find(w), name) for name, all_ in table.items() for w in all_ if w in words.lower()]
    return min(hits)[1] if hits else default


class TinyStage:
    vocabulary = Vocabulary()

    def look(self, character: Character, taken: Sequence[Look]) -> Look:
        return Look(puppet="monk", colours={"robe": f"colour {len(taken)}"}, words=character.name)

    def holding(self, look: Look, words: str) -> Look | None:
        return look.model_copy(update={"prop": "letter"}) if "letter" in words or "信" in words else None

    def place(self, words: str) -> str:
        return _nearest(words, PLACES, "mountain")

    def action(self, words: str) -> str:
        return _nearest(words, ACTIONS, "stand")

    def prompt(self, shot: Shot, language: Language) -> str:
        people = ", ".join(f"{f.look.words if f.look else '?'} {f.action}" for f in shot.figures)
        return f"{shot.size}: {people} at {shot.stage}, {shot.time}"


@pytest.fixture
def stage() -> TinyStage:
    return TinyStage()


@pytest.fixture(scope="session")
def english() -> Story:
    return read_story(TALES / "white_bone_demon.txt")


@pytest.fixture(scope="session")
def chinese() -> Story:
    return read_story(TALES / "white_bone_demon.zh.txt")


@pytest.fixture(scope="session")
def shared() -> Path:
    path = Path(os.environ.get("YINGXI_SHARED") or ROOT.parent / "shared")
    if not (path / "stories").is_dir():
        pytest.skip(f"no stories in {path}")
    return path
