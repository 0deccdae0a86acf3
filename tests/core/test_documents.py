"""Documents: a mistake names file, line and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.documents import Document, dump_yaml, load_toml, load_yaml, save_yaml
from yingxi.core.errors import YingxiError
from yingxi.core.shot import Figure, Line, Shot, ShotList

SHOTS = """\
language: en
shots:
- slate: 1A
  seconds: 3.0
- slate: 1B
  size: CU
  figures:
  - who: wukong
    action: walk
"""


def test_a_good_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shots.yaml"
    path.write_text(SHOTS)
    shots = load_yaml(path, ShotList)
    assert [s.slate for s in shots.shots] == ["1A", "1B"]
    assert shots.shots[1].figures[0].action == "walk"


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("seconds: 3.0", "second: 3.0", 4, "second"),
        ("seconds: 3.0", "seconds: long", 4, "seconds"),
        ("size: CU", "size: XXL", 6, "size"),
        ("action: walk", "axtion: walk", 9, "axtion"),
        ("language: en", "language: fr", 1, "language"),
        ("1B", "1A", 2, "slate 1A"),
        ("slate: 1B", "slate: [", 6, ""),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, old: str, new: str, line: int, key: str) -> None:
    path = tmp_path / "shots.yaml"
    path.write_text(SHOTS.replace(old, new))
    with pytest.raises(YingxiError) as caught:
        load_yaml(path, ShotList)
    message = str(caught.value)
    assert str(path) in message
    assert f"line {line}" in message or not key
    assert key in message
    assert "\n" not in message


class Settings(Document):
    title: str
    fps: int = 24


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('title = "x"\nfbs = 24\n', ["line 2", "fbs", "unknown key"]),
        ('title = "x"\n\nfps = "many"\n', ["line 3", "fps"]),
        ("title = \n", ["line 1"]),
        ("fps = 24\n", ["title"]),
    ],
)
def test_toml_mistakes(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = tmp_path / "film.toml"
    path.write_text(text)
    with pytest.raises(YingxiError) as caught:
        load_toml(path, Settings)
    assert all(part in str(caught.value) for part in [str(path), *parts])


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "shots.yaml"
    path.write_bytes("标题: x".encode("gb18030"))
    with pytest.raises(YingxiError, match="not UTF-8"):
        load_yaml(path, ShotList)


names = st.text(min_size=1, max_size=12).filter(lambda s: s.isprintable())


@given(
    st.lists(
        st.builds(
            Shot,
            slate=st.from_regex(r"[1-9][0-9]?[A-Z]", fullmatch=True),
            seconds=st.floats(0.5, 60),
            prompt=st.text(max_size=40).filter(lambda s: s.isprintable()),
            figures=st.lists(st.builds(Figure, who=names, look=st.none()), max_size=2).map(tuple),
            lines=st.lists(st.builds(Line, who=names, text=names), max_size=2).map(tuple),
        ),
        max_size=4,
        unique_by=lambda shot: shot.slate,
    )
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, shots: list[Shot]) -> None:
    path = tmp_path_factory.mktemp("film") / "shots.yaml"
    document = ShotList(language="zh", shots=tuple(shots))
    save_yaml(path, document, "A person may edit this.")
    assert load_yaml(path, ShotList) == document


def test_defaults_are_left_out() -> None:
    assert "weather" not in dump_yaml(ShotList(language="en", shots=(Shot(slate="1A"),)))
