"""What can go wrong, one class for each thing that a program may want to handle by itself.

No message and no attribute holds the API key, and none of these errors has one of the HTTP library's as its cause or context:
those carry the request with its headers.
"""

from __future__ import annotations

from typing import Optional


class PensyveError(Exception):
    """Everything that this package raises on purpose."""


class ConfigurationError(PensyveError, ValueError):
    """The client cannot be made: no API key, no address, or a value that cannot be right."""


class APIConnectionError(PensyveError):
    """No complete answer: the server could not be reached, or the connection broke.

    A write may have been carried out all the same.
    """

    def __init__(self, message: str, *, operation: Optional[str] = None, may_repeat: bool = True) -> None:
        super().__init__(message)
        self.operation = operation
        self.may_repeat = may_repeat


class APITimeoutError(APIConnectionError, TimeoutError):
    """No complete answer within the client's ``timeout``."""


class APIStatusError(PensyveError):
    """The server answered with an error.

    ``status`` is HTTP's; ``code`` the server's own, which programs can compare; ``request_id`` what to tell the operator;
    ``retry_after`` how many seconds the server asked to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: Optional[str] = None,
        operation: Optional[str] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.operation = operation
        self.request_id = request_id
        self.retry_after = retry_after


class InvalidRequestError(APIStatusError):
    """400, 413, 415, 422: the server does not take these values."""


class AuthenticationError(APIStatusError):
    """401: the API key is not valid: mistyped, revoked or expired."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this. ``required_scope`` names the scope that would do, where that is the reason."""

    required_scope: Optional[str] = None


class NotFoundError(APIStatusError):
    """404: it does not exist, or belongs to somebody else."""


class ConflictError(APIStatusError):
    """409: it contradicts what is there now."""


class RateLimitError(APIStatusError):
    """429: too many requests, also after waiting as often as ``max_retries`` says."""


class ServerError(APIStatusError):
    """500 and above: the fault is the server's."""


class UnexpectedAnswerError(APIStatusError):
    """The answer is none that this package knows: a redirection, or no JSON. Often ``api_url`` is not the server's address."""
