"""From a call of a method to what is sent. Nothing here does any I/O."""

from __future__ import annotations

import json
import platform
import uuid
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional
from urllib.parse import quote

import httpx

from pensyve._operation import Operation
from pensyve._operations import OPERATIONS
from pensyve._settings import VISIBLE_ASCII, Settings
from pensyve._version import __version__

USER_AGENT = f"pensyve-python/{__version__} Python/{platform.python_version()}"

#: quote() leaves dots alone, and a segment of dots alone would be taken for a step in the path.
DOT_SEGMENTS = {".": "%2E", "..": "%2E%2E"}


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent as often as needed: a repeat is the same to the byte, Idempotency-Key included."""

    operation: Operation
    url: str
    params: Dict[str, str]
    headers: Dict[str, str]
    content: Optional[bytes]
    auth: Optional[httpx.Auth]


def prepare(
    settings: Settings, operation_id: str, given: Mapping[str, Any], idempotency_key: Optional[str] = None
) -> Request:
    """Puts every value where the operation wants it. None means "not given" and is not sent.

    The namespace is the client's unless the call names one; "" names none, which for a read is all of them.
    Raises ValueError for what cannot be sent: an empty name in a path, NaN, a text for a list, a key that is no header value.
    """
    operation = OPERATIONS[operation_id]
    path = operation.path
    params: Dict[str, str] = {}
    body: Dict[str, Any] = {}
    for field in operation.fields:
        value = given.get(field.name)
        if field.name == "namespace":
            value = (settings.namespace if value is None else value) or None
        if value is None:
            continue
        if field.place == "path":
            path = path.replace(f"{{{field.name}}}", _segment(field.name, value))
        elif field.place == "query":
            params[field.name] = str(value)
        else:
            body[field.name] = _texts(field.name, value) if field.type == "List[str]" else value
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    content = None
    if any(field.place == "body" for field in operation.fields):
        headers["Content-Type"] = "application/json"
        content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if operation.writes:
        headers["Idempotency-Key"] = _checked_key(idempotency_key) or str(uuid.uuid4())
    auth = None if operation.public else settings.credential
    return Request(operation, settings.api_url + path, params, headers, content, auth)


def _texts(name: str, value: Iterable[str]) -> List[str]:
    if isinstance(value, str):
        raise ValueError(f"{name} is a list of texts, not one text")  # noqa: TRY004 one error for all that cannot be sent
    return list(value)


def _segment(name: str, value: str) -> str:
    if value == "":
        raise ValueError(f"{name} is empty")
    return DOT_SEGMENTS.get(value) or quote(value, safe="")


def _checked_key(key: Optional[str]) -> Optional[str]:
    if key is not None and not VISIBLE_ASCII.fullmatch(key):
        raise ValueError("idempotency_key is one or more visible ASCII characters")
    return key
