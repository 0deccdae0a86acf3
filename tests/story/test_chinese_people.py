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


def test_one_character_of_a_known_name(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "太守梁烈镇守北关。烈幼时好武，曹真见烈，大喜，与烈同行。烈大怒曰：“谁敢来？”左右拜烈，烈火忽起，众人皆散。\n"
        "梁烈曰：“且去。”曹真从之。梁烈回营，曹真亦回，梁烈设宴。\n",
    )
    text = reading.story.text
    short = [text[m.start - 1 : m.end + 1] for m in reading.mentions if text[m.start : m.end] == "烈"]
    assert short == ["。烈幼", "见烈，", "与烈同", "。烈大", "拜烈，"]
    assert "烈大怒" not in {n for c in reading.people for n in (c.name, *c.aliases)}
    assert {m.who for m in reading.mentions if text[m.start : m.end] == "烈"} == {"梁烈"}


def test_names_that_no_list_has(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "铁横江推门而入。铁横江道：“好大的雨！”众人不答。铁横江坐下喝酒。“店家呢？”铁横江道。\n"
        "欧阳烈从梁上跳下。欧阳烈笑道：“在这里。”铁横江大笑。欧阳烈也坐下了。\n",
    )
    assert {"铁横江", "欧阳烈"} <= {c.name for c in reading.people}
    assert spoken(reading) == {"好大的雨！": "铁横江", "店家呢？": "铁横江", "在这里。": "欧阳烈"}


def test_a_verb_at_a_names_end_is_no_part_of_it(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "林冲走进门来。林冲大叫冤屈。林冲告道：“小人冤枉！”府尹不语。林冲跪下。林冲又拜。府尹道：“起来。”林冲起身。\n",
    )
    assert "林冲" in {c.name for c in reading.people}
    assert spoken(reading)["小人冤枉！"] == "林冲"


def test_one_speech_in_two_halves(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "程小禾走进院子。程大川在劈柴。程小禾坐下。程大川擦汗。\n“别急，”程小禾拉住他，“先喝口水。”\n"
        "“路远着呢！”程大川摇摇头，“天黑前得赶到。”程小禾不说话。\n"
        "程小禾道：“山上有雪。”顿了一顿，又道：“还有狼。”\n“我不怕，”程大川说，“你呢？”\n"
        "“你去？”程小禾听了，“我也去。”\n一个老汉走过来，笑道：“都去，都去。”\n",
    )
    found = spoken(reading)
    assert found["别急，"] == found["先喝口水。"] == "程小禾"
    assert found["路远着呢！"] == found["天黑前得赶到。"] == "程大川"
    assert found["山上有雪。"] == found["还有狼。"] == "程小禾"
    assert found["我不怕，"] == found["你呢？"] == "程大川"
    assert found["我也去。"] == "程小禾"
    assert found["都去，都去。"] not in ("程小禾", "程大川")


def test_who_says_his_own_name(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "门外走进一人。程大川抬头看他。“在下秦岳，青州人。”那人抱拳。秦岳坐下，秦岳喝茶，程大川也喝茶。\n"
        "秦岳道：“好茶。”程大川道：“请。”秦岳笑了。\n",
    )
    assert spoken(reading)["在下秦岳，青州人。"] == "秦岳"


def test_who_is_only_spoken_of_is_in_the_cast_and_speaks_nothing(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "程小禾坐下。程大川问：“你看见周建国了没有？”程小禾摇头。程大川又问了一遍。\n“周建国走了。”程小禾说。\n"
        "“周建国去哪里了？”\n“不知道。”\n“找周建国要紧，周建国有钥匙！”程大川说。程小禾跑出门去。程大川也走了。\n",
    )
    assert reading.unseen == {"周建国"}
    assert next(c for c in reading.people if c.name == "周建国").mentions == 5
    assert set(spoken(reading).values()) <= {"程小禾", "程大川", None}


def test_a_house_is_nobody(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "荣府张灯结彩，荣府上下忙乱。荣府回了话。荣府又送了礼。李家说：“我们不管。”李家走了。李家来了。\n"
        "程小禾坐下。知府道：“请。”知府大怒。程小禾道：“不去。”程小禾走了。知府也走了。\n",
    )
    names = {c.name for c in reading.people}
    assert not {"荣府", "李家"} & names
    assert {"程小禾", "知府"} <= names


def test_the_dream_of_the_red_chamber(tmp_path: Path) -> None:
    reading = reading_of(
        tmp_path,
        "黛玉便知是外祖母来了。宝玉笑道：“林妹妹来了。”黛玉道：“不敢。”宝玉便知他恼了。凤姐笑道：“都坐罢。”\n",
    )
    people = {c.id: c for c in reading.people}
    assert (people["林黛玉"].gender, people["贾宝玉"].gender) == ("female", "male")
    assert "林妹妹" in people["林黛玉"].aliases
    assert "凤姐" in people["王熙凤"].aliases
    assert "便知" not in people
