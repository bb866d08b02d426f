"""What the client knows about one operation of the REST interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Tuple

Place = Literal["path", "query", "body"]


@dataclass(frozen=True)
class Field:
    """One value that a request carries: its name, where it stands, and its type in Python's words."""

    name: str
    place: Place
    type: str
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One operation. ``writes`` decides about the header Idempotency-Key, ``public`` about the header Authorization."""

    id: str
    method: str
    path: str
    writes: bool
    public: bool
    fields: Tuple[Field, ...] = ()
