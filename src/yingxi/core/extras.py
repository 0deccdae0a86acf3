"""What an optional part of the program needs, said before it is missed."""

from importlib.util import find_spec

from yingxi.core.errors import YingxiError


def need(who: str, extra: str, *modules: str) -> None:
    """Raises YingxiError, with what to install, if one of `modules` is not there."""
    for module in modules:
        if find_spec(module) is None:
            raise YingxiError(f"{who} needs {module}: pip install 'yingxi[{extra}]'")
