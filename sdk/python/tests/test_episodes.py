from __future__ import annotations

import asyncio
from typing import Any, List, Optional, Type

import anyio
import pytest
from callers import KEY
from fake_server import Answer, Asked, FakeServer, is_silent, says

import pensyve

START = says(201, {"episode_id": "e-1", "participants": ["user"], "started_at": "2030-01-01T00:00:00.000Z"})
END = says(
    200, {"episode_id": "e-1", "memories_created": 2, "outcome": "success", "ended_at": "2030-01-01T00:01:00.000Z"}
)


class TroubleError(Exception):
    pass


async def live(backend: str, url: str, trouble: Optional[Type[BaseException]], **attributes: Any) -> Any:  # noqa: ANN401
    """A block with one message that ends well or raises; waiting or on a loop."""
    options: Any = {"api_url": url, "api_key": KEY, "max_retries": 0, "timeout": 2.0}
    if backend == "sync":
        with pensyve.Pensyve(**options) as p, p.episode(["user"], namespace="n") as episode:
            vars(episode).update(attributes)
            episode.message("user", "hello")
            if trouble:
                raise trouble
        return episode.result
    async with pensyve.AsyncPensyve(**options) as client, client.episode(["user"], namespace="n") as later:
        vars(later).update(attributes)
        await later.message("user", "hello")
        if trouble:
            raise trouble
    return later.result


def run(backend: str, fake: FakeServer, trouble: Optional[Type[BaseException]] = None, **attributes: Any) -> Any:  # noqa: ANN401
    chosen = "asyncio" if backend == "sync" else backend
    return anyio.run(lambda: live(backend, fake.url, trouble, **attributes), backend=chosen)


def acts(fake: FakeServer) -> List[str]:
    return [asked.path.rsplit("/", 1)[1] for asked in fake.asked]


def last(fake: FakeServer) -> Asked:
    return fake.asked[-1]


backends = pytest.mark.parametrize("backend", ["sync", "asyncio", "trio"])


@backends
def test_an_episode_begins_and_ends_with_its_block(backend: str) -> None:
    with FakeServer(START, says(201), END) as fake:
        result = run(backend, fake)
    assert acts(fake) == ["start", "message", "end"]
    assert fake.asked[0].json == {"participants": ["user"], "namespace": "n"}
    assert fake.asked[1].json == {"episode_id": "e-1", "role": "user", "content": "hello"}
    assert last(fake).json == {"episode_id": "e-1", "outcome": "success"}
    assert result["memories_created"] == 2


@backends
def test_the_outcome_is_the_one_that_was_set(backend: str) -> None:
    with FakeServer(START, says(201), END) as fake:
        run(backend, fake, outcome="partial")
    assert last(fake).json["outcome"] == "partial"


@backends
def test_an_exception_ends_the_episode_as_a_failure_and_goes_on(backend: str) -> None:
    with FakeServer(START, says(201), END) as fake, pytest.raises(TroubleError):
        run(backend, fake, TroubleError)
    assert last(fake).json["outcome"] == "failure"


@backends
@pytest.mark.parametrize("answer", [says(500), says(404)])
def test_an_error_while_ending_does_not_hide_the_exception(
    backend: str, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeServer(START, says(201), answer) as fake, pytest.raises(TroubleError):
        run(backend, fake, TroubleError)
    assert acts(fake)[-1] == "end"
    assert "An episode could not be ended: episode_end:" in caplog.text


@backends
def test_an_error_while_ending_a_block_that_went_well_is_raised(backend: str) -> None:
    with FakeServer(START, says(201), says(500)) as fake, pytest.raises(pensyve.ServerError):
        run(backend, fake)


@backends
def test_an_episode_that_does_not_begin_is_not_ended(backend: str) -> None:
    with FakeServer(says(403)) as fake, pytest.raises(pensyve.PermissionDeniedError):
        run(backend, fake)
    assert acts(fake) == ["start"]


def test_an_episode_that_was_ended_is_not_ended_again() -> None:
    with FakeServer(START, END) as fake, pensyve.Pensyve(api_url=fake.url, api_key=KEY) as p:
        with p.episode(["user"]) as episode:
            episode.end("partial")
        with pytest.raises(RuntimeError, match="begun already"):
            episode.__enter__()
        with pytest.raises(RuntimeError, match="not begun"):
            p.episode(["user"]).message("user", "hello")
    assert [asked.json.get("outcome") for asked in fake.asked] == [None, "partial"]


def test_a_cancelled_task_still_ends_its_episode() -> None:
    async def main(url: str) -> None:
        has_begun = asyncio.Event()

        async def agent() -> None:
            async with pensyve.AsyncPensyve(api_url=url, api_key=KEY) as p, p.episode(["user"]):
                has_begun.set()
                await asyncio.sleep(60)

        task = asyncio.ensure_future(agent())
        await has_begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with FakeServer(START, END) as fake:
        asyncio.run(main(fake.url))
    assert acts(fake) == ["start", "end"]
    assert last(fake).json["outcome"] == "failure"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_scope_still_ends_its_episode(backend: str) -> None:
    async def main(url: str) -> None:
        with anyio.CancelScope() as scope:
            async with pensyve.AsyncPensyve(api_url=url, api_key=KEY) as p, p.episode(["user"]):
                scope.cancel()
                await anyio.sleep(60)

    with FakeServer(START, END) as fake:
        anyio.run(main, fake.url, backend=backend)
    assert acts(fake) == ["start", "end"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_task_does_not_wait_longer_than_one_attempt_for_a_silent_server(backend: str) -> None:
    async def main(url: str) -> None:
        with anyio.CancelScope() as scope:
            async with pensyve.AsyncPensyve(api_url=url, api_key=KEY, timeout=1.0) as p, p.episode(["user"]):
                scope.cancel()
                await anyio.sleep(60)

    with FakeServer(START, is_silent) as fake:
        anyio.run(main, fake.url, backend=backend)
    # One attempt, though the client would make three: the silence of the server would last longer than all of them.
    assert acts(fake) == ["start", "end"]
