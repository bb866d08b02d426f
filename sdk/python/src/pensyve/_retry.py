"""When a request is sent again, and after which wait. Pure, but for the dice."""

from __future__ import annotations

import random
from typing import Optional

from pensyve._errors import APIConnectionError, APIStatusError, PensyveError
from pensyve._settings import Settings

REPEATED_STATUSES = frozenset({429, 502, 503, 504})
FIRST_WAIT_SECONDS = 0.5
BACKOFF_SECONDS_MAX = 30.0
#: On top of what the server asked for: many clients that were refused together do not come back together.
SPREAD_SECONDS_MAX = 1.0


def wait_before_repeat(settings: Settings, error: PensyveError, repeats: int) -> Optional[float]:
    """Seconds to wait before the next attempt, or None when there is none.

    Repeated are 429, 502, 503, 504 and broken connections, at most ``max_retries`` times. Reads are harmless, and every write
    carries an Idempotency-Key. A wait that the server asks for is kept in full; one longer than ``max_retry_wait`` is left to
    the caller. ``repeats`` counts those so far.
    """
    if repeats >= settings.max_retries or not _is_passing(error):
        return None
    backoff = min(BACKOFF_SECONDS_MAX, FIRST_WAIT_SECONDS * 2.0 ** min(repeats, 16))
    asked = error.retry_after if isinstance(error, APIStatusError) else None
    if asked is None:
        return min(settings.max_retry_wait, backoff * random.uniform(0.5, 1.0))  # noqa: S311 no secret hangs on it
    if asked > settings.max_retry_wait:
        return None
    return asked + random.uniform(0.0, min(SPREAD_SECONDS_MAX, backoff))  # noqa: S311


def _is_passing(error: PensyveError) -> bool:
    if isinstance(error, APIConnectionError):
        return error.may_repeat
    return isinstance(error, APIStatusError) and error.status in REPEATED_STATUSES
