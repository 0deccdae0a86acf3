"""What Chinese texts tell of their people: names, kin, looks, and who speaks in the old style."""

from pathlib import Path

from yingxi.story.attribution import attribute
from yingxi.story.importer import read_story
from yingxi.story.quotes import said
from yingxi.story.reading import Reading, read

OLD = (
    "山下有一壮士，身长八尺，面如重枣，背负长刀，众人皆让路。壮士曰：“吾姓秦名岳，字伯山，青州人也。”"
    "老人大喜，问其来意。岳曰：“欲寻明主。”秦岳之弟秦峰亦至。峰曰：“兄长，且饮一杯。”秦岳笑曰：“正当如此。”\n"
    "次日，秦岳、秦峰与老人在庙中结为兄弟。老人曰：“自今日起，同生共死。”秦岳拜谢。秦峰亦拜。\n"
)
NEW = (
    "程小禾推开门，看见爷爷坐在炉边。她穿着一件旧红棉袄。\n“爷爷，下雪了。”程小禾说，“山路走不得。”\n"
    "程大川的妹妹程小禾今年十二岁。程大川在院子里劈柴。程大川说：“明天我去。”\n“你不怕冷？”程小禾问。\n“不怕。”\n"
    "程大川笑了。程小禾也笑了。\n"
)


def reading_of(tmp_path: Path, text: str) -> Reading:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    return read(read_story(path), 10_000)


def spoken(reading: Reading) -> dict[str, str | None]:
    return {said(reading.story.text, a.quote): a.speaker for a in attribute(reading)}


def test_the_old_style(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, OLD)
    people = {c.id: c for c in reading.people}
    assert "伯山" in people["秦岳"].aliases
    found = spoken(reading)
    assert found["吾姓秦名岳，字伯山，青州人也。"] == "秦岳"
    assert found["欲寻明主。"] == "秦岳"
    assert found["兄长，且饮一杯。"] == "秦峰"
    kin = {(r.to, r.kind) for r in people["秦峰"].relations}
    assert ("秦岳", "younger brother") in kin
    assert ("老人", "sworn brother") in kin


def test_both_halves_of_a_speech_and_turns(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, NEW)
    found = spoken(reading)
    assert found["爷爷，下雪了。"] == found["山路走不得。"] == "程小禾"
    assert found["明天我去。"] == "程大川"
    assert found["你不怕冷？"] == "程小禾"
    assert found["不怕。"] == "程大川"


def test_looks_in_the_text_s_own_words(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, NEW)
    child = next(c for c in reading.people if c.id == "程小禾")
    assert "旧红棉袄" in child.description
    assert all("棉袄" in reading.story.text[a:b] for a, b in child.described)


def test_a_stranger_s_looks_are_his_who_says_his_name_next(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "秦岳回头看那人：身长九尺，面如黑铁，目能视远，豹头环眼，是个铁匠打扮的汉子。秦岳见他不凡，问其姓名。其人曰："
        "“某姓卫名山，字子高，卖铁为生。”秦岳大喜。子高亦喜。秦岳曰：“可同去。”子高曰：“愿往。”\n"
        "时有兄弟二人，一名吕方，一名吕圆。吕方曰：“我二人亦往。”吕圆曰：“同去。”吕方、吕圆遂行。\n",
    )
    people = {c.id: c for c in reading.people}
    assert people["卫山"].description.startswith("身长九尺，面如黑铁，目能视远，豹头环眼")
    assert "铁匠" not in people["卫山"].description
    assert not people["秦岳"].description
    assert [(r.to, r.kind) for r in people["吕方"].relations] == [("吕圆", "brother")]
