"""The operations of the REST interface.

Generated from /openapi.json by scripts/generate_operations.py: do not edit.
"""

from __future__ import annotations

from typing import Dict

from pensyve._operation import Field, Operation

OPERATIONS: Dict[str, Operation] = {
    "recall": Operation(
        "recall",
        "POST",
        "/v1/recall",
        writes=False,
        public=False,
        fields=(
            Field("query", "body", "str", required=True),
            Field("entity", "body", "str"),
            Field("types", "body", "List[str]"),
            Field("min_confidence", "body", "float"),
            Field("namespace", "body", "str"),
            Field("limit", "body", "int"),
        ),
    ),
    "recall_grouped": Operation(
        "recall_grouped",
        "POST",
        "/v1/recall_grouped",
        writes=False,
        public=False,
        fields=(
            Field("query", "body", "str", required=True),
            Field("entity", "body", "str"),
            Field("types", "body", "List[str]"),
            Field("min_confidence", "body", "float"),
            Field("namespace", "body", "str"),
            Field("limit", "body", "int"),
            Field("order", "body", "str"),
            Field("max_groups", "body", "int"),
        ),
    ),
    "inspect": Operation(
        "inspect",
        "POST",
        "/v1/inspect",
        writes=False,
        public=False,
        fields=(
            Field("entity", "body", "str", required=True),
            Field("memory_type", "body", "str"),
            Field("limit", "body", "int"),
            Field("namespace", "body", "str"),
        ),
    ),
    "status": Operation(
        "status",
        "GET",
        "/v1/stats",
        writes=False,
        public=False,
        fields=(
            Field("namespace", "query", "str"),
        ),
    ),
    "account": Operation(
        "account",
        "GET",
        "/v1/usage",
        writes=False,
        public=False,
    ),
    "remember": Operation(
        "remember",
        "POST",
        "/v1/remember",
        writes=True,
        public=False,
        fields=(
            Field("entity", "body", "str", required=True),
            Field("fact", "body", "str", required=True),
            Field("confidence", "body", "float"),
            Field("namespace", "body", "str"),
        ),
    ),
    "observe": Operation(
        "observe",
        "POST",
        "/v1/observe",
        writes=True,
        public=False,
        fields=(
            Field("episode_id", "body", "str", required=True),
            Field("content", "body", "str", required=True),
            Field("source_entity", "body", "str", required=True),
            Field("about_entity", "body", "str", required=True),
            Field("content_type", "body", "str"),
        ),
    ),
    "episode_start": Operation(
        "episode_start",
        "POST",
        "/v1/episodes/start",
        writes=True,
        public=False,
        fields=(
            Field("participants", "body", "List[str]", required=True),
            Field("namespace", "body", "str"),
        ),
    ),
    "episode_message": Operation(
        "episode_message",
        "POST",
        "/v1/episodes/message",
        writes=True,
        public=False,
        fields=(
            Field("episode_id", "body", "str", required=True),
            Field("role", "body", "str", required=True),
            Field("content", "body", "str", required=True),
        ),
    ),
    "episode_end": Operation(
        "episode_end",
        "POST",
        "/v1/episodes/end",
        writes=True,
        public=False,
        fields=(
            Field("episode_id", "body", "str", required=True),
            Field("outcome", "body", "str"),
        ),
    ),
    "create_entity": Operation(
        "create_entity",
        "POST",
        "/v1/entities",
        writes=True,
        public=False,
        fields=(
            Field("name", "body", "str", required=True),
            Field("kind", "body", "str"),
            Field("namespace", "body", "str"),
        ),
    ),
    "forget": Operation(
        "forget",
        "DELETE",
        "/v1/entities/{entity}",
        writes=True,
        public=False,
        fields=(
            Field("entity", "path", "str", required=True),
            Field("namespace", "query", "str"),
        ),
    ),
    "edit_memory": Operation(
        "edit_memory",
        "PATCH",
        "/v1/memories/{memory_id}",
        writes=True,
        public=False,
        fields=(
            Field("memory_id", "path", "str", required=True),
            Field("content", "body", "str"),
            Field("confidence", "body", "float"),
        ),
    ),
    "delete_memory": Operation(
        "delete_memory",
        "DELETE",
        "/v1/memories/{memory_id}",
        writes=True,
        public=False,
        fields=(
            Field("memory_id", "path", "str", required=True),
        ),
    ),
    "delete_all_memories": Operation(
        "delete_all_memories",
        "DELETE",
        "/v1/memories",
        writes=True,
        public=False,
        fields=(
            Field("confirm", "query", "str", required=True),
        ),
    ),
    "me": Operation(
        "me",
        "GET",
        "/v1/me",
        writes=False,
        public=False,
    ),
    "health": Operation(
        "health",
        "GET",
        "/v1/health",
        writes=False,
        public=True,
    ),
}
