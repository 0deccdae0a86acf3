"""A language model as reader: any server with OpenAI's chat API, ``http://host/v1`` or ``http://host/v1#model``.

https://platform.openai.com/docs/api-reference/chat
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yingxi.core.errors import Refused, YingxiError
from yingxi.model.engine import Engine, NotThere

KEYS = ("YINGXI_READER_KEY", "OPENAI_API_KEY")
MODEL = "YINGXI_READER_MODEL"
PRICE = "YINGXI_READER_PRICE"
"""US dollars for a million tokens, in and out: ``0.15/0.60``."""
TIMEOUT = 900.0
"""Seconds: a large model on a small machine thinks for long."""


class Chat:
    """Asks for JSON of a schema. A server that does not take schemas is asked for any JSON, and then for text.

    `asked` counts calls, `tokens` what the server reports of (question, answer); `say` is told what is ahead.
    """

    def __init__(self, url: str, key: str | None = None, say: Callable[[str], None] = lambda _: None) -> None:
        address, _, model = url.partition("#")
        key = key or next((os.environ[name] for name in KEYS if os.environ.get(name)), None)
        self._engine = Engine(address, key, TIMEOUT)
        self._model = model or os.environ.get(MODEL) or self._only()
        self.name = f"{self._engine.url}#{self._model}"
        self._say, self._price = say, price(os.environ.get(PRICE, ""))
        self._forms = ["json_schema", "json_object", "text"]
        self.asked = 0
        self.tokens = (0, 0)

    def announce(self, tokens: int) -> None:
        """Say that about so many tokens will be asked, before they are."""
        self._say(f"{self.name} is asked up to about {tokens:,} tokens{self.cost((tokens, tokens // 5))}")

    def cost(self, tokens: tuple[int, int]) -> str:
        """What tokens cost where a price is known, else nothing: `` ($0.12)``."""
        if self._price is None:
            return ""
        return f" (${(tokens[0] * self._price[0] + tokens[1] * self._price[1]) / 1e6:.2f})"

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Any:
        """What the model answers, read as JSON.

        Raises ValueError where it is no JSON, YingxiError where the server cannot be used.
        """
        while True:
            try:
                answer = self._engine.ask("/chat/completions", self._body(messages, schema))
                break
            except YingxiError as error:
                # Some servers call an unknown form of answer an error of their own.
                unknown = isinstance(error, Refused) or "response_format" in str(error)
                if len(self._forms) == 1 or not unknown:
                    raise
                self._forms.pop(0)
        self.asked += 1
        used = answer.get("usage") or {}
        self.tokens = (
            self.tokens[0] + int(used.get("prompt_tokens") or 0),
            self.tokens[1] + int(used.get("completion_tokens") or 0),
        )
        try:
            text = answer["choices"][0]["message"]["content"] or ""
        except (KeyError, IndexError, TypeError) as error:
            raise YingxiError(f"{self._engine.url} does not answer as the chat API does") from error
        return _json(text)

    def _body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "messages": list(messages), "temperature": 0}
        if self._forms[0] == "json_schema":
            wanted = {"name": "answer", "schema": schema, "strict": False}
            return {**body, "response_format": {"type": "json_schema", "json_schema": wanted}}
        told = {"role": "system", "content": f"Answer with JSON of this schema only: {json.dumps(schema)}"}
        body["messages"] = [*messages[:1], told, *messages[1:]]
        if self._forms[0] == "json_object":
            # llama.cpp's server holds its model to a schema that is given so; others pass over it.
            body["response_format"] = {"type": "json_object", "schema": schema}
        return body

    def _only(self) -> str:
        """The server's first model, where none was named."""
        try:
            data = self._engine.get("/models", patient=False)[0].get("data")
        except NotThere:
            data = None
        names = [m["id"] for m in data if isinstance(m, dict) and isinstance(m.get("id"), str)] if data else []
        if not names:
            raise YingxiError(
                f"{self._engine.url} does not say which models it has: name one, {self._engine.url}#MODEL"
            )
        return names[0]


def price(text: str) -> tuple[float, float] | None:
    """Dollars for a million tokens in and out, of *0.15/0.60*. Raises YingxiError where it is something else."""
    if not text:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)", text.strip())
    if match is None:
        raise YingxiError(f"{PRICE} is dollars for a million tokens in and out, such as 0.15/0.60, not {text!r}")
    return float(match[1]), float(match[2])


def _json(text: str) -> Any:
    """The JSON in an answer, which models like to wrap in words or marks."""
    first, last = text.find("{"), text.rfind("}")
    if first < 0 or last < first:
        raise ValueError("the answer holds no JSON object")
    return json.loads(text[first : last + 1])
