"""What a story asks of the stage: the nearest puppet, place and action, never nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingxi.core.cast import Character, Look
from yingxi.core.protocols import Stagecraft
from yingxi.core.shot import Figure, Shot
from yingxi.world.stagecraft import ShadowStagecraft
from yingxi.world.vocabulary import lexicon

CRAFT = ShadowStagecraft()


def character(name: str, **more) -> Character:
    return Character(id=name, name=name, **more)


@pytest.mark.parametrize(
    ("name", "more", "puppet"),
    [
        ("孙悟空", {"aliases": ("行者",)}, "monkey_king"),
        ("Sun Wukong", {}, "monkey_king"),
        ("Monkey", {"kind": "animal"}, "monkey_king"),
        ("三藏", {}, "monk"),
        ("Tripitaka", {}, "monk"),
        ("八戒", {}, "pig"),
        ("Pigsy", {}, "pig"),
        ("沙僧", {}, "sand_monk"),
        ("白骨夫人", {"kind": "spirit"}, "lady"),
        ("the village girl", {"gender": "female"}, "lady"),
        ("Prince Prospero", {"gender": "male"}, "king"),
        ("the Red Death", {}, "spectre"),
        ("the masked figure", {}, "spectre"),
        ("Alice", {"gender": "female", "age": "child"}, "girl"),
        ("Sherlock Holmes", {"aliases": ("Holmes",)}, "detective"),
        ("Irene Adler", {"gender": "female"}, "gentlewoman"),
        ("刘备", {}, "general"),
        ("关羽", {"aliases": ("云长",)}, "general"),
        ("国王", {}, "emperor"),
        ("the king", {}, "king"),
        ("老者", {"age": "old"}, "old_man"),
        ("李二", {"gender": "male"}, "scholar"),
        ("马良", {"gender": "male"}, "scholar"),
        ("Liu Hong", {"gender": "male"}, "scholar"),
        ("Tom Brown", {"gender": "male"}, "gentleman"),
        ("Grace", {"gender": "female"}, "gentlewoman"),
        ("王大妈", {"gender": "female", "age": "old"}, "old_woman"),
        ("小宝", {"gender": "male", "age": "child"}, "child"),
        ("白骨精", {"kind": "spirit"}, "skeleton"),
        ("White Bone Demon", {"kind": "spirit", "gender": "female"}, "skeleton"),
        ("观音菩萨", {"gender": "female"}, "guanyin"),
        ("牛魔王", {}, "bull_demon"),
        ("黑风怪", {"kind": "spirit"}, "demon"),
        ("the ghost", {"kind": "spirit"}, "spectre"),
        ("太上老君", {"age": "old"}, "immortal"),
        ("王母娘娘", {"gender": "female"}, "empress"),
        ("花木兰", {"gender": "female"}, "warrior_woman"),
        ("the fisherman", {"gender": "male"}, "fisherman"),
        ("九尾狐", {"kind": "spirit", "gender": "female"}, "fox_spirit"),
        ("狐狸", {"kind": "animal"}, "fox"),
        ("小白龙", {"kind": "animal"}, "dragon"),
        ("东海龙王", {"gender": "male"}, "emperor"),
        ("the Dodo", {"kind": "animal"}, "crane"),
        ("Toto", {"kind": "animal"}, "dog"),
        ("White Rabbit", {"kind": "animal"}, "white_rabbit"),
        ("the wolf", {"kind": "animal"}, "wolf"),
        ("大灰狼", {"kind": "animal"}, "wolf"),
        ("the Queen of Hearts", {"gender": "female"}, "queen"),
        ("白雪公主", {"gender": "female"}, "princess"),
        ("Prince Charming", {"gender": "male"}, "prince"),
        ("the Wicked Witch", {"gender": "female"}, "witch"),
        ("Long John Silver", {"gender": "male"}, "pirate"),
        ("Doctor Jekyll", {"gender": "male"}, "doctor"),
        ("Friar Laurence", {"gender": "male"}, "priest"),
        ("Miss Havisham", {"gender": "female"}, "widow"),
        ("Tom Sawyer", {"gender": "male", "age": "child"}, "boy"),
        ("R2", {"kind": "machine"}, "robot"),
        ("宇航员", {}, "astronaut"),
    ],
)
def test_the_nearest_puppet(name, more, puppet):
    look = CRAFT.look(character(name, **more), [])
    assert look.puppet == puppet
    assert look.words


def test_the_same_puppet_gets_another_colour():
    taken: list[Look] = []
    for name in ("刘备", "关羽", "张飞", "曹操", "吕布"):
        taken.append(CRAFT.look(character(name), taken))
    assert {look.puppet for look in taken} == {"general"}
    assert len({tuple(look.colours.values()) for look in taken}) == len(taken)


def test_many_of_a_kind_stay_unlike_each_other():
    taken: list[Look] = []
    for i in range(15):
        taken.append(CRAFT.look(character(f"scholar {i}"), taken))
    assert len({(tuple(look.colours.items()), look.headwear, look.prop) for look in taken}) == len(taken)


def test_a_described_colour_is_kept():
    look = CRAFT.look(character("Grace", gender="female", description="a woman in a green coat"), [])
    assert "green" in look.colours.values()
    assert "green" in look.words


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("White Tiger Ridge", "mountain"), ("白虎岭", "mountain"), ("the seventh apartment", "hall"),
        ("Baker Street", "street"), ("水帘洞", "cave"), ("灵霄宝殿", "heaven"), ("桃园", "garden"),
        ("a farmhouse", "village"), ("the sitting-room in Baker Street", "study"), ("东海龙宫", "sea"),
        ("under a tree", "forest"), ("", "street"), ("某处", "mountain"),
    ],
)  # fmt: skip
def test_the_nearest_place(words, place):
    assert CRAFT.place(words) == place


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("He raised his staff and struck the demon", "fight"), ("she burst into tears", "weep"),
        ("the demon vanished in a puff of smoke", "vanish"), ("The clock struck twelve", "stand"),
        ("he knelt down and begged", "kneel"), ("rode away on horses", "ride"), ("they waltzed", "dance"),
        ("三藏合掌行礼", "bow"), ("八戒说道", "talk"), ("纵筋斗云走了", "fly"), ("他心里知道", "stand"),
        ("摇身一变，变作个老妇人", "transform"), ("大哭起来", "weep"), ("", "stand"), ("qwertz", "stand"),
    ],
)  # fmt: skip
def test_the_nearest_action(words, action):
    assert CRAFT.action(words) == action


@given(st.text(max_size=60))
def test_never_nothing(text):
    words = lexicon()
    assert CRAFT.place(text) in words.places
    assert CRAFT.action(text) in words.actions
    assert CRAFT.look(character(text), []).puppet in words.puppets


def test_the_prompt_is_a_sentence():
    look = CRAFT.look(character("三藏"), [])
    shot = Shot(slate="1A", stage="forest", time="night", figures=(Figure(who="a", action="walk", look=look),))
    assert look.words in CRAFT.prompt(shot, "zh")
    english = CRAFT.prompt(shot, "en")
    assert "monk" in english
    assert "forest" in english
    assert "night" in english


def test_the_vocabulary_has_words_in_both_languages():
    craft: Stagecraft = CRAFT
    for table in (craft.vocabulary.puppets, craft.vocabulary.places, craft.vocabulary.actions):
        assert table
        assert all(words["en"] and words["zh"] for words in table.values())


def test_a_girl_of_a_chinese_tale_is_no_alice() -> None:
    craft = ShadowStagecraft()
    girl = Character(id="girl", name="the girl", gender="female")
    wukong = craft.look(Character(id="wukong", name="Sun Wukong"), [])
    knight = craft.look(Character(id="knight", name="the knight", gender="male"), [])
    assert craft.look(girl, [wukong]).puppet == "lady"
    assert craft.look(girl, [knight]).puppet == craft.look(girl, []).puppet == "girl"
