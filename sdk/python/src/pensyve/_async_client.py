"""The client for programs on an event loop."""

from __future__ import annotations

from types import TracebackType
from typing import Literal, Optional, Sequence, Type, cast

from pensyve._async_episode import AsyncEpisode
from pensyve._settings import make_settings
from pensyve._transport import AsyncTransport
from pensyve.types import (
    ContentType,
    DeletedMemories,
    DeletedMemory,
    EditedMemory,
    Entity,
    EntityKind,
    EpisodeEnded,
    EpisodeMessage,
    EpisodeStarted,
    Forgotten,
    Health,
    InspectResult,
    Me,
    MemoryType,
    Observation,
    Order,
    Outcome,
    RecallGroupedResult,
    RecallResult,
    RememberedFact,
    Stats,
    Usage,
)


class AsyncPensyve:
    """Memory on a Pensyve server.

    ``api_url`` and ``api_key`` come from PENSYVE_API_URL and PENSYVE_API_KEY when they are not given. ``api_key`` may be an
    OAuth access token. ``namespace`` is the part of the memories that all calls use which do not name another (``""`` names
    none). Without one, a write goes to the namespace ``default`` and a read sees all.

    ``timeout`` is in seconds, for each attempt. A request that fails in passing (429, 502, 503, 504, a broken connection, a
    timeout) is repeated up to ``max_retries`` times, after the wait that the server asks for; a longer one than
    ``max_retry_wait`` seconds is left to you: the error says ``retry_after``.

    Every write is sent with an Idempotency-Key, the same for its repeats. Pass ``idempotency_key`` to choose it: then also a
    program that starts again can repeat a write.

    Raises ConfigurationError when there is no key or no address. What methods raise is a PensyveError, or a ValueError for a
    value that cannot be sent.
    """

    def __init__(
        self,
        *,
        api_url: Optional[str] = None,
        api_key: Optional[str] = None,
        namespace: Optional[str] = None,
        timeout: float = 30.0,
        max_retries: int = 2,
        max_retry_wait: float = 60.0,
    ) -> None:
        self._settings = make_settings(
            api_url=api_url,
            api_key=api_key,
            namespace=namespace,
            timeout=timeout,
            max_retries=max_retries,
            max_retry_wait=max_retry_wait,
        )
        self._transport = AsyncTransport(self._settings)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(api_url={self._settings.api_url!r}, namespace={self._settings.namespace!r})"

    async def __aenter__(self) -> AsyncPensyve:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections. The client cannot be used afterwards."""
        await self._transport.close()

    async def recall(
        self,
        query: str,
        *,
        entity: Optional[str] = None,
        types: Optional[Sequence[MemoryType]] = None,
        min_confidence: Optional[float] = None,
        limit: Optional[int] = None,
        namespace: Optional[str] = None,
    ) -> RecallResult:
        """Searches memories, by meaning and words. An empty query, or ``*``, lists the newest. Needs mcp:read.

        Memories about ``entity`` come first; others can follow. Without a ``limit`` the server gives 5.
        """
        given = {"query": query, "entity": entity, "types": types, "min_confidence": min_confidence, "limit": limit}
        return await self._transport.call(RecallResult, "recall", {**given, "namespace": namespace})

    async def recall_grouped(
        self,
        query: str,
        *,
        entity: Optional[str] = None,
        types: Optional[Sequence[MemoryType]] = None,
        min_confidence: Optional[float] = None,
        limit: Optional[int] = None,
        order: Optional[Order] = None,
        max_groups: Optional[int] = None,
        namespace: Optional[str] = None,
    ) -> RecallGroupedResult:
        """Searches memories and gathers them by episode, oldest first unless ``order`` is ``relevance``. Needs mcp:read.

        Without a ``limit`` of memories the server gives 50.
        """
        given = {"query": query, "entity": entity, "types": types, "min_confidence": min_confidence, "limit": limit}
        more = {"order": order, "max_groups": max_groups, "namespace": namespace}
        return await self._transport.call(RecallGroupedResult, "recall_grouped", {**given, **more})

    async def inspect(
        self,
        entity: str,
        *,
        memory_type: Optional[MemoryType] = None,
        limit: Optional[int] = None,
        namespace: Optional[str] = None,
    ) -> InspectResult:
        """Lists what is known about one entity, or everything if ``entity`` is empty; newest first. Needs mcp:read.

        Without a ``limit`` the server gives 50.
        """
        given = {"entity": entity, "memory_type": memory_type, "limit": limit, "namespace": namespace}
        return await self._transport.call(InspectResult, "inspect", given)

    async def stats(self, *, namespace: Optional[str] = None) -> Stats:
        """Counts the memories. Needs mcp:read."""
        return await self._transport.call(Stats, "status", {"namespace": namespace})

    async def usage(self) -> Usage:
        """Tells the scope, the usage and the limits of the key. Needs mcp:read."""
        return await self._transport.call(Usage, "account", {})

    async def me(self) -> Me:
        """Tells what the key is and which operations it may call. Any valid key will do."""
        return cast("Me", await self._transport.call(dict, "me", {}))

    async def health(self) -> Health:
        """Tells that the server answers. Sends no key."""
        return await self._transport.call(Health, "health", {})

    async def remember(
        self,
        entity: str,
        fact: str,
        *,
        confidence: Optional[float] = None,
        namespace: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> RememberedFact:
        """Saves a fact about an entity: a short sentence without its subject, ``prefers dark mode``. Needs mcp:write.

        ``confidence`` is how sure, from 0 to 1; without it the server takes 1.
        """
        given = {"entity": entity, "fact": fact, "confidence": confidence, "namespace": namespace}
        return await self._transport.call(RememberedFact, "remember", given, idempotency_key)

    async def entity(
        self,
        name: str,
        *,
        kind: Optional[EntityKind] = None,
        namespace: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Entity:
        """Creates an entity, or gets the one of that name as it is. Needs mcp:write; mcp:read gets those that exist.

        Without a ``kind`` the server takes ``agent``.
        """
        given = {"name": name, "kind": kind, "namespace": namespace}
        return await self._transport.call(Entity, "create_entity", given, idempotency_key)

    async def forget(
        self, entity: str, *, namespace: Optional[str] = None, idempotency_key: Optional[str] = None
    ) -> Forgotten:
        """Deletes all memories about one entity. It cannot be undone. Needs mcp:write."""
        given = {"entity": entity, "namespace": namespace}
        return await self._transport.call(Forgotten, "forget", given, idempotency_key)

    async def edit_memory(
        self,
        memory_id: str,
        *,
        content: Optional[str] = None,
        confidence: Optional[float] = None,
        idempotency_key: Optional[str] = None,
    ) -> EditedMemory:
        """Changes a fact's words or confidence. Needs mcp."""
        given = {"memory_id": memory_id, "content": content, "confidence": confidence}
        return await self._transport.call(EditedMemory, "edit_memory", given, idempotency_key)

    async def delete_memory(self, memory_id: str, *, idempotency_key: Optional[str] = None) -> DeletedMemory:
        """Deletes one memory. It cannot be undone. Needs mcp:write."""
        return await self._transport.call(DeletedMemory, "delete_memory", {"memory_id": memory_id}, idempotency_key)

    async def delete_all_memories(
        self, *, confirm: Literal["delete-all-memories"], idempotency_key: Optional[str] = None
    ) -> DeletedMemories:
        """Deletes ALL your memories, of every namespace, also when the client has one. It cannot be undone. Needs mcp."""
        return await self._transport.call(DeletedMemories, "delete_all_memories", {"confirm": confirm}, idempotency_key)

    def episode(self, participants: Sequence[str], *, namespace: Optional[str] = None) -> AsyncEpisode:
        """An episode as a context manager: begins with the block and ends with it. Needs mcp:write."""
        return AsyncEpisode(self, self._transport, participants, namespace)

    async def start_episode(
        self,
        participants: Sequence[str],
        *,
        namespace: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> EpisodeStarted:
        """Begins an episode: one conversation or task, to which messages and observations belong. Needs mcp:write."""
        given = {"participants": participants, "namespace": namespace}
        return await self._transport.call(EpisodeStarted, "episode_start", given, idempotency_key)

    async def add_message(
        self, episode_id: str, role: str, content: str, *, idempotency_key: Optional[str] = None
    ) -> EpisodeMessage:
        """Adds what ``role`` said to an episode. Needs mcp:write."""
        given = {"episode_id": episode_id, "role": role, "content": content}
        return await self._transport.call(EpisodeMessage, "episode_message", given, idempotency_key)

    async def observe(
        self,
        episode_id: str,
        content: str,
        *,
        source_entity: str,
        about_entity: str,
        content_type: Optional[ContentType] = None,
        idempotency_key: Optional[str] = None,
    ) -> Observation:
        """Records in an episode what ``source_entity`` said or did about ``about_entity``. Needs mcp:write."""
        given = {
            "episode_id": episode_id,
            "content": content,
            "source_entity": source_entity,
            "about_entity": about_entity,
            "content_type": content_type,
        }
        return await self._transport.call(Observation, "observe", given, idempotency_key)

    async def end_episode(
        self, episode_id: str, *, outcome: Optional[Outcome] = None, idempotency_key: Optional[str] = None
    ) -> EpisodeEnded:
        """Ends an episode; without an ``outcome`` the server takes ``success``. Needs mcp:write."""
        given = {"episode_id": episode_id, "outcome": outcome}
        return await self._transport.call(EpisodeEnded, "episode_end", given, idempotency_key)
