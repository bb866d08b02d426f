"""Sends requests and repeats them: once for programs that wait, once for programs on an event loop."""

from __future__ import annotations

import logging
import time
import weakref
from contextlib import AbstractContextManager, nullcontext
from typing import Any, List, Mapping, Optional, Type, TypeVar, Union, cast

import anyio
import httpx

from pensyve._answer import Json, Reply, read_reply
from pensyve._errors import APIConnectionError, APITimeoutError, PensyveError
from pensyve._request import Request, prepare
from pensyve._retry import wait_before_repeat
from pensyve._settings import Settings

Result = TypeVar("Result")

logger = logging.getLogger("pensyve")

#: Faults of this side, which a repeat does not heal.
OWN_FAULTS = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.ProxyError, httpx.DecodingError)


class Transport:
    """Waits for each answer, on the thread that asks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(timeout=settings.timeout)
        # Programs that never close the client are fine too: its connections go with it, or when the program ends.
        weakref.finalize(self, self._http.close)

    def call(
        self, _returns: Type[Result], operation_id: str, given: Mapping[str, Any], idempotency_key: Optional[str] = None
    ) -> Result:
        """The answer to one call, after as many attempts as it takes and the settings allow. Raises PensyveError."""
        request = prepare(self._settings, operation_id, given, idempotency_key)
        repeats = 0
        while True:
            # Raised here, outside any except block: an error of the HTTP library as context would carry the key.
            answer = _read(self._settings, request, self._attempt(request))
            if not isinstance(answer, PensyveError):
                return cast("Result", answer)
            wait = wait_before_repeat(self._settings, answer, repeats)
            if wait is None:
                raise answer
            repeats += 1
            _log_repeat(request, answer, repeats, wait)
            time.sleep(wait)

    def unbroken(self) -> AbstractContextManager[object]:
        """A block that is carried out to its end. A thread's always are."""
        return nullcontext()

    def close(self) -> None:
        self._http.close()

    def _attempt(self, request: Request) -> Union[Reply, APIConnectionError]:
        """One attempt. The HTTP library limits each wait for the network; the sum is limited between pieces of the body."""
        end = time.monotonic() + self._settings.timeout
        try:
            with self._http.stream(
                request.operation.method,
                request.url,
                params=request.params,
                headers=request.headers,
                content=request.content,
                auth=request.auth,
            ) as response:
                pieces: List[bytes] = []
                for piece in response.iter_bytes():
                    pieces.append(piece)
                    if time.monotonic() > end:
                        return _timeout(self._settings, request)
                return Reply(response.status_code, response.headers, b"".join(pieces))
        except httpx.TimeoutException:
            return _timeout(self._settings, request)
        except httpx.HTTPError as error:
            return _broken(self._settings, request, error)


class AsyncTransport:
    """Waits for each answer on an event loop, asyncio's or Trio's."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(timeout=settings.timeout)

    async def call(
        self, _returns: Type[Result], operation_id: str, given: Mapping[str, Any], idempotency_key: Optional[str] = None
    ) -> Result:
        """The answer to one call, after as many attempts as it takes and the settings allow. Raises PensyveError."""
        request = prepare(self._settings, operation_id, given, idempotency_key)
        repeats = 0
        while True:
            answer = _read(self._settings, request, await self._attempt(request))
            if not isinstance(answer, PensyveError):
                return cast("Result", answer)
            wait = wait_before_repeat(self._settings, answer, repeats)
            if wait is None:
                raise answer
            repeats += 1
            _log_repeat(request, answer, repeats, wait)
            await anyio.sleep(wait)

    def unbroken(self) -> AbstractContextManager[object]:
        """A block that is carried out although its task is cancelled, as long as it takes no longer than one attempt may."""
        return anyio.move_on_after(self._settings.timeout, shield=True)

    async def close(self) -> None:
        await self._http.aclose()

    async def _attempt(self, request: Request) -> Union[Reply, APIConnectionError]:
        try:
            with anyio.fail_after(self._settings.timeout):
                response = await self._http.request(
                    request.operation.method,
                    request.url,
                    params=request.params,
                    headers=request.headers,
                    content=request.content,
                    auth=request.auth,
                )
            return Reply(response.status_code, response.headers, response.content)
        except (TimeoutError, httpx.TimeoutException):
            return _timeout(self._settings, request)
        except httpx.HTTPError as error:
            return _broken(self._settings, request, error)


def _read(settings: Settings, request: Request, outcome: Union[Reply, APIConnectionError]) -> Union[Json, PensyveError]:
    if isinstance(outcome, APIConnectionError):
        return outcome
    return read_reply(request.operation.id, outcome, settings.credential)


def _timeout(settings: Settings, request: Request) -> APITimeoutError:
    operation_id = request.operation.id
    message = f"{operation_id}: no complete answer within {settings.timeout:g} seconds"
    return APITimeoutError(message, operation=operation_id)


def _broken(settings: Settings, request: Request, error: httpx.HTTPError) -> APIConnectionError:
    operation_id = request.operation.id
    reason = settings.credential.redact(str(error)) or type(error).__name__
    message = f"{operation_id}: no complete answer from {settings.api_url}: {reason}"
    return APIConnectionError(message, operation=operation_id, may_repeat=not isinstance(error, OWN_FAULTS))


def _log_repeat(request: Request, error: PensyveError, repeats: int, wait: float) -> None:
    logger.debug("%s; repeat %d of %s in %.2f s", error, repeats, request.operation.id, wait)
