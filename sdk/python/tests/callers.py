"""One call, made in each of the ways that the package offers: waiting, on asyncio, on Trio."""

from __future__ import annotations

import inspect
from typing import Any, Callable, List

import anyio

import pensyve

KEY = "psy_a_key_that_must_never_be_shown_anywhere_0123456789"

Call = Callable[[Any], Any]
#: Makes the client with the options and does what the function says with it.
Caller = Callable[..., Any]

CALLERS: List[str] = ["sync", "asyncio", "trio"]


def make_caller(kind: str) -> Caller:
    def wait(do: Call, **options: Any) -> Any:  # noqa: ANN401
        with pensyve.Pensyve(**{"api_key": KEY, **options}) as client:
            return do(client)

    def loop(do: Call, **options: Any) -> Any:  # noqa: ANN401
        async def main() -> Any:  # noqa: ANN401
            async with pensyve.AsyncPensyve(**{"api_key": KEY, **options}) as client:
                result = do(client)
                return await result if inspect.isawaitable(result) else result

        return anyio.run(main, backend=kind)

    return wait if kind == "sync" else loop
