"""A server that speaks OpenAI's API over HTTP: calls, retries, and what goes wrong told as it is."""

import json
import shutil
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from yingxi.core.errors import Refused, YingxiError

TIMEOUT = 120.0
"""Seconds without a byte after which a server is given up."""
WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts, where the server does not name them itself."""
_LONGEST_WAIT = 60.0
_BUSY = (408, 429, 500, 502, 503, 504)
_WRONG = (400, 403, 409, 413, 415, 422)

T = TypeVar("T")


class NotThere(YingxiError):
    """The server has nothing at that path."""


class Engine:
    """A server at `url`, up to and with ``/v1``. The key is sent to that server only and is in no message."""

    def __init__(self, url: str, key: str | None, timeout: float = TIMEOUT) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise YingxiError(f"{url!r} is not the address of a server, such as http://localhost:8000/v1")
        if "@" in parts.netloc or parts.query:
            raise YingxiError("the address of a server holds no password and no query; a key goes to YINGXI_API_KEY")
        self._key = key.strip() if key else None
        self._timeout = timeout

    def get(self, path: str, patient: bool = True) -> tuple[dict[str, Any], HTTPMessage]:
        """The JSON object at `path` and the answer's headers. Tried once only unless `patient`."""
        return self._call(self._request(path), self._object, len(WAITS) if patient else 0)

    def post(self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, Any]:
        """Send a form, with PNG pictures as `files`; the JSON object that is answered.

        A connection that breaks is not tried again: the server may have begun the work.
        """
        boundary = uuid.uuid4().hex
        request = self._request(path, _form(fields, files, boundary))
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return self._call(request, self._object, len(WAITS))[0]

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a JSON object; the one that is answered. Tried again while the server is busy."""
        request = self._request(path, json.dumps(body, ensure_ascii=False).encode())
        request.add_header("Content-Type", "application/json")
        return self._call(request, self._object, len(WAITS))[0]

    def download(self, path: str, target: Path) -> None:
        """What lies at `path`, whole, to the file `target`. Redirections are followed, without the key elsewhere."""

        def keep(answer: HTTPResponse) -> None:
            with target.open("wb") as file:
                shutil.copyfileobj(answer, file)
                length = answer.headers.get("Content-Length")
                if length is not None and file.tell() != int(length):
                    raise IncompleteRead(b"", int(length) - file.tell())

        self._call(self._request(path), keep, len(WAITS))

    def _request(self, path: str, body: bytes | None = None) -> Request:
        request = Request(self.url + path, data=body, headers={"User-Agent": "yingxi"})
        if self._key:
            request.add_unredirected_header("Authorization", f"Bearer {self._key}")
        return request

    def _call(self, request: Request, read: Callable[[HTTPResponse], T], retries: int) -> T:
        """Open and read, again while the server is busy. Raises YingxiError, Refused for what the server refuses."""
        opener = build_opener(_Redirects)
        for wait in (*WAITS[:retries], None):
            try:
                with opener.open(request, timeout=self._timeout) as answer:
                    return read(answer)
            except HTTPError as error:
                with error:
                    if wait is None or error.code not in _BUSY:
                        raise self._told(error) from error
                    pause = asked_wait(error.headers)
            except (OSError, HTTPException) as error:
                if wait is None or request.data is not None:
                    raise YingxiError(f"cannot reach {self.url}: {_reason(error)}") from error
                pause = None
            time.sleep(wait if pause is None else pause)
        raise AssertionError("the last attempt returns or raises")

    def _object(self, answer: HTTPResponse) -> tuple[dict[str, Any], HTTPMessage]:
        data = answer.read()
        try:
            found = json.loads(data)
        except ValueError as error:
            raise YingxiError(f"{self.url} does not answer in JSON: is that the address up to /v1?") from error
        if not isinstance(found, dict):
            raise YingxiError(f"{self.url} answers {data[:80]!r}, which is no object of the API")
        return found, answer.headers

    def _told(self, error: HTTPError) -> YingxiError:
        try:
            message, rule = _complaint(error.read())
        except (OSError, HTTPException):
            message, rule = "", None
        message = message or str(error.reason)
        if self._key:
            message = message.replace(self._key, "...")
        if 300 <= error.code < 400:
            there = urljoin(error.url or self.url, error.headers.get("Location") or "")
            return YingxiError(f"{error.url} has moved to {there}: give that address")
        if error.code == 401:
            trouble = "does not accept the key" if self._key else "wants a key: set YINGXI_API_KEY"
            return YingxiError(f"{self.url} {trouble} ({message})")
        if error.code in _WRONG:
            return Refused(rule or "engine", f"{self.url} refuses: {message}")
        if error.code == 404:
            return NotThere(f"{error.url} is not there: {message}; the address of a server ends with /v1")
        return YingxiError(f"{self.url} answers {error.code}: {message}")


def asked_wait(headers: Message, name: str = "Retry-After", unit: float = 1.0) -> float | None:
    """Seconds that an answer asks to wait, at most a minute; None where it does not. A date counts from now."""
    text = headers.get(name)
    if text is None:
        return None
    try:
        seconds = float(text) * unit
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return None
    return min(max(0.0, seconds), _LONGEST_WAIT)


class _Redirects(HTTPRedirectHandler):
    """Follows a GET; the key goes along to the same server only. A POST is not sent twice."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if req.data is not None:
            return None
        again = super().redirect_request(req, fp, code, msg, headers, newurl)
        key = req.get_header("Authorization")
        if again is not None and key and _server(newurl) == _server(req.full_url):
            again.add_unredirected_header("Authorization", key)
        return again


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _form(fields: Mapping[str, str], files: Mapping[str, bytes], boundary: str) -> bytes:
    """RFC 7578."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    for name, data in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}.png"\r\nContent-Type: image/png'
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _complaint(body: bytes) -> tuple[str, str | None]:
    """The message of an error, and the parameter or code that it names; OpenAI's shape, or FastAPI's, or any text."""
    try:
        found = json.loads(body)
    except ValueError:
        text = body.decode(errors="replace").strip()
        return ("" if text.startswith("<") else text.partition("\n")[0][:300]), None
    if not isinstance(found, dict):
        return "", None
    error = found.get("error", found)
    if isinstance(error, str):
        return error, None
    detail = error.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        where = ".".join(str(part) for part in detail[0].get("loc", ()))
        return f"{where}: {detail[0].get('msg', '')}".strip(": "), None
    rule = error.get("param") or error.get("code")
    return str(error.get("message") or detail or ""), rule if isinstance(rule, str) else None


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    if isinstance(cause, ConnectionRefusedError):
        return "nobody listens there; is the server running?"
    if isinstance(cause, TimeoutError):
        return f"no answer within {TIMEOUT:g} seconds"
    if isinstance(cause, socket.gaierror):
        return "there is no such host"
    if isinstance(cause, ssl.SSLError):
        return f"no secure connection ({cause.reason or cause})"
    if isinstance(cause, HTTPException):
        return "the answer is cut off or is not HTTP"
    return str(getattr(cause, "strerror", None) or cause).lower()
