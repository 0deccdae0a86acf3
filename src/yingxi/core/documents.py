"""Documents that a person edits: YAML and TOML read into strict models, mistakes told by file, line and key."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from yingxi.core.errors import YingxiError
from yingxi.core.files import write_text


class Document(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


D = TypeVar("D", bound=Document)
Key = str | int


def read_text(path: Path) -> str:
    """A document's text. Raises YingxiError if it is not there or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise YingxiError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error


def load_yaml(path: Path, model: type[D]) -> D:
    """Read a YAML file into `model`. Raises YingxiError naming file, line and key of the first mistake."""
    text = read_text(path)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YingxiError(f"{path}, line {line}: not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise YingxiError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise YingxiError(f"{path}, line 1: expected keys and values, found {type(data).__name__}")
    return _validate(path, model, data, lambda keys: _yaml_line(node, keys))


def load_toml(path: Path, model: type[D]) -> D:
    """Read a TOML file into `model`. Raises YingxiError naming file, line and key of the first mistake."""
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise YingxiError(f"{path}: not valid TOML: {error}") from error
    return _validate(path, model, data, lambda keys: _toml_line(text, keys))


def dump_yaml(document: Document) -> str:
    """YAML in the order of the fields, defaults left out, readable in any language."""
    data = document.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110)


def save_yaml(path: Path, document: Document, heading: str = "") -> None:
    """Write a document with an optional comment above it, whole or not at all."""
    write_text(path, "".join(f"# {line}\n" for line in heading.splitlines()) + dump_yaml(document))


def _validate(path: Path, model: type[D], data: dict[str, Any], line_of: Any) -> D:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        keys = [k for k in first["loc"] if isinstance(k, str | int)]
        name = ".".join(str(k) for k in keys) or "the document"
        said = first["msg"].removeprefix("Value error, ")
        reason = "unknown key" if first["type"] == "extra_forbidden" else said[:1].lower() + said[1:]
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise YingxiError(f"{path}, line {line_of(keys)}: {name}: {reason}{more}") from error


def _yaml_line(node: yaml.Node | None, keys: list[Key]) -> int:
    line = 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1 if node else line
        else:
            break
    return line


def _toml_line(text: str, keys: list[Key]) -> int:
    lines = text.splitlines()
    for key in reversed([k for k in keys if isinstance(k, str)]):
        pattern = re.compile(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
        for number, line in enumerate(lines, 1):
            if pattern.match(line):
                return number
    return 1
