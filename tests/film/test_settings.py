"""`film.toml`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.errors import YingxiError
from yingxi.film.settings import FilmSettings, change_settings, load_settings, save_settings

PLAIN = FilmSettings.model_validate({})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "film.toml"


def test_settings_come_back(path: Path) -> None:
    settings = PLAIN.changed({"title": 'A "fox" 狐\n\x7f # no comment', "seconds": 12.5, "size": "96x64"})
    save_settings(path, settings)
    assert load_settings(path) == settings


@given(
    title=st.text(max_size=300).filter(lambda s: s.isprintable()),
    seconds=st.floats(8, 14400),
    seed=st.integers(0, 2**31 - 1),
    fps=st.floats(1, 120),
)
def test_any_settings_come_back(
    tmp_path_factory: pytest.TempPathFactory, title: str, seconds: float, seed: int, fps: float
) -> None:
    path = tmp_path_factory.mktemp("settings") / "film.toml"
    settings = PLAIN.changed({"title": title, "seconds": seconds, "seed": seed, "fps": fps})
    save_settings(path, settings)
    assert load_settings(path) == settings
    assert change_settings(path, {"takes": 7}) == settings.changed({"takes": 7})


def test_a_change_leaves_the_other_lines(path: Path) -> None:
    path.write_text('# my film\nsize = "96x64"   # small\nseed=3\n', encoding="utf-8")
    change_settings(path, {"size": "128x72", "takes": 2, "seed": 3})
    text = path.read_text(encoding="utf-8")
    assert text.startswith('# my film\nsize = "128x72"')
    assert "# small" in text
    assert "seed=3" in text
    assert "takes = 2" in text


def test_nothing_to_change_writes_nothing(path: Path) -> None:
    save_settings(path, PLAIN)
    before = path.stat().st_mtime_ns
    change_settings(path, {"seed": 0})
    assert path.stat().st_mtime_ns == before


def test_a_layout_that_cannot_be_changed_is_left(path: Path) -> None:
    text = 'title = """\nseed = 5\n"""\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YingxiError, match="set seed by hand"):
        change_settings(path, {"seed": 1})
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sise = 3", "line 2: sise: unknown key"),
        ('seconds = "soon"', "line 2: seconds: "),
        ('size = "10x10"', "line 2: size: .*10x10 is outside 96x64 to 3840x2160"),
        ('size = "big"', "line 2: size: .*is not WIDTHxHEIGHT"),
        ('size = "97x65"', "line 2: size: .*odd side"),
        ("takes = 0", "line 2: takes: "),
        ("seed = -1", "line 2: seed: "),
        ('language = "fr"', "line 2: language: "),
        ('clip_sound = "loud"', "line 2: clip_sound: "),
        ("a = = 1", "not valid TOML"),
    ],
)
def test_mistakes_are_told_by_line_and_key(path: Path, line: str, message: str) -> None:
    path.write_text(f"# a film\n{line}\n", encoding="utf-8")
    with pytest.raises(YingxiError, match=message):
        load_settings(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "10x10"}, "^size: 10x10 is outside"),
        ({"seconds": 0}, "^seconds: "),
        ({"seconds": float("nan")}, "^seconds: "),
        ({"colour": "red"}, "^colour: there is no such setting"),
    ],
)
def test_changes_that_cannot_be_are_told(changes: dict[str, object], message: str) -> None:
    with pytest.raises(YingxiError, match=message):
        PLAIN.changed(changes)
