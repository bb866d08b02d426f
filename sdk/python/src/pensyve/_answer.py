"""From what came back to a value or an error. Nothing here does any I/O."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Dict, List, Optional, Tuple, Type, Union

import httpx

from pensyve._errors import (
    APIStatusError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnexpectedAnswerError,
)
from pensyve._settings import Credential

Json = Dict[str, Any]

MESSAGE_CHARACTERS_MAX = 500

ERRORS: Dict[int, Type[APIStatusError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: InvalidRequestError,
    429: RateLimitError,
}

#: One parameter of a challenge (RFC 9110 section 11.2), its value a token or a quoted string.
PARAMETER = re.compile(r'([!#$%&\'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
#: A name and the space behind it: the scheme, at the start or behind a comma.
SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?:\s+(?![\s=])|$)")


@dataclass(frozen=True)
class Reply:
    """A complete answer of the server."""

    status: int
    headers: httpx.Headers
    body: bytes


def read_reply(operation_id: str, reply: Reply, credential: Credential) -> Union[Json, APIStatusError]:
    """The answer's JSON object, or the error that it is. An error is returned, so that the caller can try again."""
    body = _json_object(reply.body)
    if 200 <= reply.status < 300 and body is not None:
        return body
    return _error(operation_id, reply, body or {}, credential)


def _json_object(body: bytes) -> Optional[Json]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _error(operation_id: str, reply: Reply, body: Json, credential: Credential) -> APIStatusError:
    kind = _error_class(reply.status)
    code = _text(body, "error")
    required_scope = (_scope(reply.headers) or _text(body, "scope")) if reply.status == 403 else None
    said = _text(body, "message") or _text(body, "detail") or _own_words(kind, reply)
    if required_scope is not None and required_scope not in said:
        said = f"{said} It needs the scope {required_scope}."
    request_id = _text(body, "request_id") or reply.headers.get("x-request-id")
    facts = [fact for fact in (str(reply.status), code, request_id and f"request {request_id}") if fact]
    error = kind(
        f"{operation_id}: {_shown(said, credential)} ({_shown(', '.join(facts), credential)})",
        status=reply.status,
        code=code and _shown(code, credential),
        operation=operation_id,
        request_id=request_id and _shown(request_id, credential),
        retry_after=retry_after(reply.headers, body),
    )
    if isinstance(error, PermissionDeniedError):
        error.required_scope = required_scope and _shown(required_scope, credential)
    return error


def _error_class(status: int) -> Type[APIStatusError]:
    if status >= 500:
        return ServerError
    if status >= 400:
        return ERRORS.get(status, APIStatusError)
    return UnexpectedAnswerError


def _own_words(kind: Type[APIStatusError], reply: Reply) -> str:
    if kind is UnexpectedAnswerError:
        return "The answer is not one of this interface. Is api_url the address of a Pensyve server?"
    try:
        return f"{HTTPStatus(reply.status).phrase}."
    except ValueError:
        return "The server refused."


def _text(body: Json, name: str) -> Optional[str]:
    value = body.get(name)
    return value if isinstance(value, str) and value != "" else None


def _shown(text: str, credential: Credential) -> str:
    """The server's text as one line that is safe to print: without the key, without control characters, not endless."""
    printable = "".join(character if character.isprintable() else " " for character in credential.redact(text))
    return printable if len(printable) <= MESSAGE_CHARACTERS_MAX else printable[: MESSAGE_CHARACTERS_MAX - 1] + "…"


def _scope(headers: httpx.Headers) -> Optional[str]:
    """The scope that the Bearer challenge names (RFC 6750 section 3)."""
    for value in headers.get_list("www-authenticate"):
        for scheme, parameters in _challenges(value):
            scope = parameters.get("scope")
            if scheme == "bearer" and scope:
                return scope
    return None


def _challenges(value: str) -> List[Tuple[str, Dict[str, str]]]:
    """Scheme and parameters of each challenge in one header. Quoted strings are blanked first, since they may hold anything."""
    blank = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: '"' + "_" * (len(quoted[0]) - 2) + '"', value)
    starts = [(match.start(1), match.end(1)) for match in SCHEME.finditer(blank)]
    ends = [start for start, _ in starts[1:]] + [len(value)]
    return [
        (value[start:name_end].lower(), _parameters(value[name_end:end]))
        for (start, name_end), end in zip(starts, ends)
    ]


def _parameters(text: str) -> Dict[str, str]:
    return {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in PARAMETER.finditer(text)
    }


def retry_after(headers: httpx.Headers, body: Json) -> Optional[float]:
    """Seconds to wait: Retry-After as a number or as a date (RFC 9110 section 10.2.3), else ``retryAfter`` of the body.

    A date is compared with the answer's own Date, so that a clock that is wrong here does no harm.
    """
    header = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    until = _date(header)
    if until is not None:
        now = _date(headers.get("date", "")) or datetime.now(timezone.utc)
        return max(0.0, (until - now).total_seconds())
    value = body.get("retryAfter")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
        return float(value)
    return None


def _date(text: str) -> Optional[datetime]:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=timezone.utc)
