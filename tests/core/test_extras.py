import pytest

from yingxi.core.errors import YingxiError
from yingxi.core.extras import need


def test_what_is_there_is_not_missed() -> None:
    need("a test", "test", "pytest", "json")


def test_what_is_missing_is_named_with_its_remedy() -> None:
    with pytest.raises(YingxiError, match=r"the model nano needs no_such_module: pip install 'yingxi\[model\]'"):
        need("the model nano", "model", "json", "no_such_module")
