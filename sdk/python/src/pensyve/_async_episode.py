"""Episodes as context managers, on an event loop."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import TYPE_CHECKING, Optional, Sequence, Type

from pensyve._errors import PensyveError
from pensyve._transport import AsyncTransport
from pensyve.types import ContentType, EpisodeEnded, EpisodeMessage, Observation, Outcome

if TYPE_CHECKING:
    from pensyve._async_client import AsyncPensyve

logger = logging.getLogger("pensyve")


class AsyncEpisode:
    """One conversation or task. Begins with its block and ends with it.

    ``outcome`` is what its end will say; an exception that leaves the block makes it ``failure``. ``result`` is the server's
    answer to the end, None before. An error while it ends does not hide the exception that ended it.
    """

    def __init__(
        self, client: AsyncPensyve, transport: AsyncTransport, participants: Sequence[str], namespace: Optional[str]
    ) -> None:
        self._client = client
        self._transport = transport
        self._participants = participants
        self._namespace = namespace
        self._id: Optional[str] = None
        self.outcome: Outcome = "success"
        self.result: Optional[EpisodeEnded] = None

    @property
    def id(self) -> str:
        """The episode's id. Raises RuntimeError before the block has begun."""
        if self._id is None:
            raise RuntimeError("The episode has not begun: use it in a with statement.")
        return self._id

    async def __aenter__(self) -> AsyncEpisode:
        if self._id is not None:
            raise RuntimeError("This episode has begun already: make another one.")
        started = await self._client.start_episode(self._participants, namespace=self._namespace)
        self._id = started["episode_id"]
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self.result is not None:
            return
        if kind is None:
            await self.end()
            return
        with self._transport.unbroken():
            try:
                await self.end("failure")
            except PensyveError as second:
                logger.warning("An episode could not be ended: %s", second)

    async def message(self, role: str, content: str, *, idempotency_key: Optional[str] = None) -> EpisodeMessage:
        """Adds what ``role`` said."""
        return await self._client.add_message(self.id, role, content, idempotency_key=idempotency_key)

    async def observe(
        self,
        content: str,
        *,
        source_entity: str,
        about_entity: str,
        content_type: Optional[ContentType] = None,
        idempotency_key: Optional[str] = None,
    ) -> Observation:
        """Records what ``source_entity`` said or did about ``about_entity``."""
        return await self._client.observe(
            self.id,
            content,
            source_entity=source_entity,
            about_entity=about_entity,
            content_type=content_type,
            idempotency_key=idempotency_key,
        )

    async def end(self, outcome: Optional[Outcome] = None) -> EpisodeEnded:
        """Ends the episode before its block does. ``outcome`` goes before the attribute."""
        self.result = await self._client.end_episode(self.id, outcome=outcome or self.outcome)
        return self.result
