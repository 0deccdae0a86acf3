"""The AIGC field, as it is written and as others write it."""

import json

import pytest

from yingxi.safety.aigc import FIELD, XMP, aigc_field, picture_metadata, read_aigc, video_metadata

KEYS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]


def test_the_field_has_its_seven_strings() -> None:
    field = aigc_field("id-1")
    assert list(field) == KEYS
    assert all(isinstance(value, str) for value in field.values())
    assert (field["Label"], field["ProduceID"]) == ("1", "id-1")
    assert field["ContentPropagator"] == field["ContentProducer"]
    assert field["PropagateID"] == field["ProduceID"]


def test_videos_hold_it_wrapped_and_pictures_bare() -> None:
    assert json.loads(video_metadata("x")[FIELD]) == {FIELD: aigc_field("x")}
    assert json.loads(picture_metadata("x")[FIELD]) == aigc_field("x")
    assert 'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"' in picture_metadata("x")[XMP]


def test_both_forms_are_read() -> None:
    for metadata in (video_metadata("x"), picture_metadata("x")):
        assert read_aigc(metadata) == aigc_field("x")
    assert read_aigc({XMP: picture_metadata("x")[XMP]}) == aigc_field("x")
    assert read_aigc({XMP: '<rdf:Description TC260:AIGC="{&quot;Label&quot;:&quot;2&quot;}"/>'}) == {"Label": "2"}
    assert read_aigc({"aigc": '{"Label":"3"}'}) == {"Label": "3"}


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"AIGC"', '{"AIGC":1}', '{"Label":1}', '{"AIGC":{}}'])
def test_what_is_no_label_is_none(text: str) -> None:
    assert read_aigc({FIELD: text}) is None
    assert read_aigc({}) is None
