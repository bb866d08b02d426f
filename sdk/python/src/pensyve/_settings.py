"""What a client is told when it is made, checked, and the environment where it is told nothing."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from typing import Generator, Optional

import httpx

from pensyve._errors import ConfigurationError

#: What may stand in a header: visible ASCII. The HTTP library would quote anything else in its own error.
VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


class Credential(httpx.Auth):
    """The API key. It is put on the request at the last moment, and shown by nothing else."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __repr__(self) -> str:
        return "Credential(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("An API key is not serialised. Make the client where it is used.")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        yield request

    def redact(self, text: str) -> str:
        """``text`` without the key, should somebody send it back."""
        return text.replace(self._api_key, "[API key]")


@dataclass(frozen=True)
class Settings:
    """Everything that decides how requests are sent."""

    api_url: str
    credential: Credential = field(repr=False)
    namespace: Optional[str]
    timeout: float
    max_retries: int
    max_retry_wait: float


def make_settings(
    *,
    api_url: Optional[str],
    api_key: Optional[str],
    namespace: Optional[str],
    timeout: float,
    max_retries: int,
    max_retry_wait: float,
) -> Settings:
    """Checks the values. Raises ConfigurationError, which never quotes key or address: either may hold a secret."""
    url = _given(api_url, "PENSYVE_API_URL")
    if not url:
        raise ConfigurationError("No server address: pass api_url, or set the environment variable PENSYVE_API_URL.")
    key = _given(api_key, "PENSYVE_API_KEY")
    if not key:
        raise ConfigurationError("No API key: pass api_key, or set the environment variable PENSYVE_API_KEY.")
    if not VISIBLE_ASCII.fullmatch(key):
        raise ConfigurationError(
            "The API key has characters that no key has: spaces, line ends or letters beyond ASCII."
        )
    if not _is_positive(timeout):
        raise ConfigurationError("timeout is a number of seconds above 0.")
    if max_retries < 0:
        raise ConfigurationError("max_retries is 0 or more.")
    if max_retry_wait < 0:
        raise ConfigurationError("max_retry_wait is a number of seconds, 0 or more.")
    return Settings(
        api_url=_checked_url(url),
        credential=Credential(key),
        namespace=namespace,
        timeout=timeout,
        max_retries=max_retries,
        max_retry_wait=max_retry_wait,
    )


def _given(value: Optional[str], variable: str) -> str:
    """The value, or the environment's. An empty value that was passed is not replaced: it hints at a mistake."""
    return (os.environ.get(variable, "") if value is None else value).strip()


def _is_positive(seconds: float) -> bool:
    return seconds > 0 and math.isfinite(seconds)


def _checked_url(url: str) -> str:
    parsed = _parsed(url)
    if parsed is None or parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigurationError("api_url is an address like https://memory.example.org")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise ConfigurationError(
            "api_url has no user, password, query or fragment: only an address, with or without a path."
        )
    return url.rstrip("/")


def _parsed(url: str) -> Optional[httpx.URL]:
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")  # what looking the name up would do, and would complain about
    except (httpx.InvalidURL, ValueError):
        return None
    return parsed
