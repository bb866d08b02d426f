"""Memory for AI agents: a client for Pensyve servers.

>>> import pensyve
>>> p = pensyve.Pensyve(api_url="https://memory.example.org", api_key="psy_your_key_here", namespace="my-agent")
"""

from pensyve import types
from pensyve._async_client import AsyncPensyve
from pensyve._async_episode import AsyncEpisode
from pensyve._client import Pensyve
from pensyve._episode import Episode
from pensyve._errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PensyveError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnexpectedAnswerError,
)
from pensyve._version import __version__

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncEpisode",
    "AsyncPensyve",
    "AuthenticationError",
    "ConfigurationError",
    "ConflictError",
    "Episode",
    "InvalidRequestError",
    "NotFoundError",
    "Pensyve",
    "PensyveError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "UnexpectedAnswerError",
    "__version__",
    "types",
]
