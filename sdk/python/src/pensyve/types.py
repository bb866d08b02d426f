"""What the methods return: dictionaries, as the server sends them. A server that is newer may send more."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

MemoryType = Literal["episodic", "semantic", "procedural", "observation"]
EntityKind = Literal["agent", "user", "team", "tool"]
ContentType = Literal["text", "code", "image", "tool_output", "structured"]
Outcome = Literal["success", "failure", "partial"]
Order = Literal["chronological", "relevance"]
Scope = Literal["mcp", "mcp:read", "mcp:write"]


class _EventTime(TypedDict, total=False):
    event_time: str


class RecalledMemory(_EventTime):
    """A memory that a search found. ``event_time`` is there when one is known."""

    id: str
    content: str
    memory_type: MemoryType
    type: MemoryType
    confidence: float
    stability: float
    score: float
    reason: str
    namespace: str


class RecallResult(TypedDict):
    memories: List[RecalledMemory]
    contradictions: List[Any]
    cursor: Optional[str]


class MemoryGroup(TypedDict):
    """The memories of one episode, in the order of time; a fact stands alone, without ``session_id``."""

    session_id: Optional[str]
    session_time: str
    group_score: float
    memories: List[RecalledMemory]


class RecallGroupedResult(TypedDict):
    groups: List[MemoryGroup]


class _InspectedMemory(TypedDict):
    id: str
    namespace_id: str
    namespace: str
    content_type: str
    content: str
    memory_type: MemoryType
    type: MemoryType
    _type: MemoryType
    confidence: float
    stability: float
    retrievability: float


class SemanticMemory(_InspectedMemory):
    """A fact. ``subject`` is the id of the entity."""

    subject: str
    predicate: str
    object: str
    object_entity: Optional[str]
    valid_at: str
    invalid_at: Optional[str]
    source_episodes: List[str]


class EpisodicMemory(_InspectedMemory):
    """What was said or done in an episode. Entities are ids."""

    episode_id: str
    source_entity: str
    about_entity: str
    summary: Optional[str]
    context_intent: Optional[str]
    timestamp: str
    access_count: int
    last_accessed: Optional[str]
    salience: float
    storage_strength: float
    event_time: Optional[str]
    superseded_by: Optional[str]


class InspectResult(TypedDict):
    """``memories`` has them all, newest first; the others have them by type."""

    entity: str
    episodic: List[EpisodicMemory]
    semantic: List[SemanticMemory]
    procedural: List[Dict[str, Any]]
    memories: List[Union[EpisodicMemory, SemanticMemory]]
    cursor: Optional[str]


class Stats(TypedDict):
    """How many memories there are. Each number is there under a short and a long name."""

    namespace: str
    entities: int
    episodic: int
    semantic: int
    procedural: int
    observation: int
    episodic_memories: int
    semantic_memories: int
    procedural_memories: int
    observation_memories: int
    total: int


class Limits(TypedDict):
    requests_per_minute: int
    requests_per_minute_of_user: int


class ApiKeyFacts(TypedDict):
    """What may be known of an API key; never the key itself."""

    kind: Literal["api_key"]
    key_id: str
    prefix: str
    name: str
    scope: Scope
    expires_at: Optional[str]
    grace_ends_at: Optional[str]


class AccessTokenFacts(TypedDict):
    """What may be known of an access token. ``scope`` can name several, with spaces between."""

    kind: Literal["access_token"]
    client_id: str
    grant_id: str
    scope: str


class Requests(TypedDict):
    """Requests of this month, and ``requests_ever``."""

    period_start: str
    period_end: str
    requests: int
    refused: int
    requests_ever: int
    by_operation: Dict[str, int]


class Usage(TypedDict):
    """The numbers at the top repeat those in ``usage``, under the names of older servers."""

    standard: int
    multimodal: int
    extraction: int
    period_start: str
    period_end: str
    total_ops: int
    monthly_ops: int
    api_calls: int
    recalls: int
    mode: str
    message: str
    dashboard_url: str
    credential: Union[ApiKeyFacts, AccessTokenFacts]
    scope: str
    limits: Limits
    usage: Requests
    memories_stored: int
    namespace: str


class _Allowed(TypedDict):
    operations: List[str]
    limits: Limits


class ApiKeyHolder(ApiKeyFacts, _Allowed):
    """An API key, what it may do, and how often."""


class AccessTokenHolder(AccessTokenFacts, _Allowed):
    """An access token, what it may do, and how often."""


Me = Union[ApiKeyHolder, AccessTokenHolder]


class RememberedFact(TypedDict):
    id: str
    content: str
    memory_type: Literal["semantic"]
    confidence: float
    stability: float
    score: Optional[float]
    extraction_tier: int


class Observation(TypedDict):
    id: str
    episode_id: str
    content_type: ContentType
    timestamp: str


class EpisodeStarted(TypedDict):
    episode_id: str
    participants: List[str]
    started_at: str


class EpisodeMessage(TypedDict):
    id: str
    episode_id: str
    role: str
    timestamp: str
    status: str


class EpisodeEnded(TypedDict):
    episode_id: str
    memories_created: int
    outcome: Outcome
    ended_at: str


class Entity(TypedDict):
    id: str
    name: str
    kind: EntityKind


class Forgotten(TypedDict):
    forgotten_count: int


class EditedMemory(TypedDict):
    id: str
    content: str
    confidence: float


class DeletedMemory(TypedDict):
    deleted: bool
    id: str


class DeletedMemories(TypedDict):
    deleted: int


class Health(TypedDict):
    status: str
    version: str
