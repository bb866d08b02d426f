"""What the package does with the real server."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Dict, List, get_type_hints

import pytest
from callers import Call, Caller
from conftest import REPOSITORY, Server
from shapes import faults

import pensyve

README = Path(__file__).parent.parent / "README.md"
SEED = REPOSITORY / "docs" / "seed.md"
USE = 'p.remember("ada", "likes tea")\nprint(p.recall("tea")["memories"][0]["namespace"])\n'


@pytest.fixture
def options(server: Server) -> Dict[str, Any]:
    """A client's, with full access and a namespace that no other test uses."""
    return {"api_url": server.url, "api_key": server.keys["mcp"], "namespace": f"n-{uuid.uuid4()}"}


def shape(method: str) -> Any:  # noqa: ANN401
    return get_type_hints(getattr(pensyve.AsyncPensyve, method))["return"]


def test_every_answer_is_what_its_type_declares(call: Caller, options: Dict[str, Any]) -> None:
    asked: List[str] = []

    def ask(method: str, *values: Any, **named: Any) -> Any:  # noqa: ANN401
        answer = call(lambda p: getattr(p, method)(*values, **named), **options)
        assert faults(answer, shape(method)) == []
        asked.append(method)
        return answer

    fact = ask("remember", "ada", "prefers dark mode", confidence=0.5)
    episode = ask("start_episode", ["user", "assistant"])["episode_id"]
    ask("add_message", episode, "user", "dark mode, please")
    ask("observe", episode, "turned dark mode on", source_entity="assistant", about_entity="ada", content_type="code")
    assert ask("end_episode", episode, outcome="partial")["memories_created"] == 2
    assert len(ask("recall", "dark mode", limit=9)["memories"]) == 3
    assert len(ask("recall_grouped", "dark mode", order="relevance")["groups"]) == 2
    assert len(ask("inspect", "", limit=9)["memories"]) == 3
    assert ask("stats")["total"] == 3
    assert "recall" in ask("me")["operations"]
    assert ask("usage")["scope"] == "mcp"
    assert ask("health")["status"] == "ok"
    assert ask("entity", "ada", kind="user")["name"] == "ada"
    assert ask("edit_memory", fact["id"], content="prefers light mode")["content"] == "prefers light mode"
    assert ask("delete_memory", fact["id"])["deleted"] is True
    assert ask("forget", "ada")["forgotten_count"] == 1
    assert ask("delete_all_memories", confirm="delete-all-memories")["deleted"] >= 1
    public = {name for name, method in vars(pensyve.AsyncPensyve).items() if inspect.iscoroutinefunction(method)}
    assert {name for name in public if not name.startswith("_")} - {"close"} == set(asked)


def test_the_client_s_namespace_keeps_memories_apart(call: Caller, options: Dict[str, Any]) -> None:
    other = f"other-{uuid.uuid4()}"
    call(lambda p: p.remember("ada", "likes green tea"), **options)
    call(lambda p: p.remember("ada", "likes black tea", namespace=other), **options)
    seen = [memory["content"] for memory in call(lambda p: p.recall("tea"), **options)["memories"]]
    assert seen == ["likes green tea"]
    assert call(lambda p: p.stats(namespace=other), **options)["total"] == 1
    assert call(lambda p: p.forget("ada"), **options)["forgotten_count"] == 1
    assert call(lambda p: p.stats(namespace=other), **options)["total"] == 1


@pytest.mark.parametrize("name", ["a/b", "..", "Zoë & co?", "100%", "%2F", " "])
def test_an_entity_of_any_name_is_remembered_and_forgotten(call: Caller, options: Dict[str, Any], name: str) -> None:
    call(lambda p: p.remember(name, "likes tea"), **options)
    assert call(lambda p: p.forget(name), **options)["forgotten_count"] == 1


@pytest.mark.parametrize(
    ("held", "needed", "do"),
    [
        ("mcp:read", "mcp:write", lambda p: p.remember("ada", "likes tea")),
        ("mcp:read", "mcp:write", lambda p: p.entity("nobody knows")),
        ("mcp:write", "mcp:read", lambda p: p.recall("tea")),
        ("mcp:write", "mcp", lambda p: p.edit_memory("01a20edd-a2a4-769a-9739-376e6f1824b0", confidence=1)),
        ("mcp:read", "mcp", lambda p: p.delete_all_memories(confirm="delete-all-memories")),
    ],
)
def test_a_key_of_too_narrow_a_scope_is_told_which_would_do(
    call: Caller, server: Server, options: Dict[str, Any], held: str, needed: str, do: Call
) -> None:
    with pytest.raises(pensyve.PermissionDeniedError, match=f"the scope {needed}") as caught:
        call(do, **{**options, "api_key": server.keys[held]})
    assert caught.value.required_scope == needed


def test_a_wrong_key_is_an_authentication_error(call: Caller, options: Dict[str, Any]) -> None:
    with pytest.raises(pensyve.AuthenticationError, match="invalid_token") as caught:
        call(lambda p: p.me(), **{**options, "api_key": "psy_wrong"})
    assert caught.value.request_id


def test_what_is_not_there_is_not_found(call: Caller, options: Dict[str, Any]) -> None:
    absent = "01a20edd-a2a4-769a-9739-376e6f1824b0"
    with pytest.raises(pensyve.NotFoundError, match="Episode not found"):
        call(lambda p: p.add_message(absent, "user", "hello"), **options)
    with pytest.raises(pensyve.NotFoundError):
        call(lambda p: p.delete_memory(absent), **options)


@pytest.mark.parametrize(
    "do",
    [
        lambda p: p.remember("ada", "likes tea", confidence=2),
        lambda p: p.delete_memory("no id"),
        lambda p: p.recall(7),
        lambda p: p.delete_all_memories(confirm="yes"),
        lambda p: p.remember("ada", "x" * 3_000_000),
    ],
)
def test_values_that_the_server_does_not_take_are_invalid_requests(
    call: Caller, options: Dict[str, Any], do: Call
) -> None:
    with pytest.raises(pensyve.InvalidRequestError):
        call(do, **options)


def test_a_write_that_arrives_twice_with_one_key_is_carried_out_once(options: Dict[str, Any]) -> None:
    with pensyve.Pensyve(**options) as p:
        first = p.remember("ada", "likes tea", idempotency_key="once")
        assert p.remember("ada", "likes tea", idempotency_key="once") == first
        assert p.stats()["total"] == 1


def test_a_server_that_is_something_else_is_an_unexpected_answer_or_not_found(
    call: Caller, options: Dict[str, Any]
) -> None:
    with pytest.raises((pensyve.UnexpectedAnswerError, pensyve.NotFoundError)):
        call(lambda p: p.me(), **{**options, "api_url": f"{options['api_url']}/elsewhere"})


def test_threads_may_share_one_client(options: Dict[str, Any]) -> None:
    with pensyve.Pensyve(**options) as p:
        threads = [threading.Thread(target=p.remember, args=("ada", f"likes number {number}")) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert p.stats()["total"] == 8


def blocks() -> List[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def block(number: str) -> str:
    """A block of the authentication page, as the repository's docs/seed.md shows it."""
    found = re.search(rf"^## {number} .*?```python\n(.*?)```", SEED.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def paste(server: Server, block: str, *, ending: str = "") -> str:
    """Runs a block as a program of its own, with the server's address and a key in place of the examples."""
    program = re.sub(r"https://memory\.example\.org|http://localhost:3000", server.url, block)
    program = program.replace("psy_your_key_here", server.keys["mcp"])
    environment = {**os.environ, "PENSYVE_API_URL": server.url, "PENSYVE_API_KEY": server.keys["mcp"]}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program + ending],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("number", range(len(blocks())))
def test_every_example_of_the_readme_runs_as_it_is_written(server: Server, number: int) -> None:
    paste(server, blocks()[number])


def test_seed_11_the_constructor_is_the_one_that_the_authentication_page_shows(server: Server) -> None:
    assert paste(server, block("11"), ending=USE) == "my-agent\n"


def test_seed_12_the_constructor_takes_the_key_from_the_environment_as_the_page_shows(server: Server) -> None:
    assert paste(server, block("11") + block("12"), ending=USE) == "my-agent\n"
