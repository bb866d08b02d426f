from __future__ import annotations

import inspect
from typing import Any, Dict, Type, Union

import pytest
from callers import KEY, Caller
from fake_server import FakeServer, says

from pensyve import AsyncPensyve, ConfigurationError, Pensyve

Client = Union[Type[Pensyve], Type[AsyncPensyve]]
both = pytest.mark.parametrize("client", [Pensyve, AsyncPensyve])
URL = "https://memory.example.org"


@both
def test_a_client_without_a_key_is_refused_with_what_to_do(client: Client) -> None:
    with pytest.raises(ConfigurationError, match=r"api_key.*PENSYVE_API_KEY"):
        client(api_url=URL)


@both
def test_a_client_without_an_address_is_refused_rather_than_sending_the_key_to_a_guessed_one(client: Client) -> None:
    with pytest.raises(ConfigurationError, match=r"api_url.*PENSYVE_API_URL"):
        client(api_key=KEY)


@both
def test_an_empty_key_that_was_passed_is_not_replaced_by_the_environment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSYVE_API_KEY", KEY)
    with pytest.raises(ConfigurationError, match=r"No API key"):
        client(api_url=URL, api_key="")


def test_key_and_address_come_from_the_environment(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeServer(says(200)) as fake:
        monkeypatch.setenv("PENSYVE_API_KEY", f"{KEY}\n")
        monkeypatch.setenv("PENSYVE_API_URL", f"{fake.url}/")
        call(lambda p: p.me(), api_key=None)
    assert fake.asked[0].path == "/v1/me"
    assert fake.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_is_passed_goes_before_the_environment(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENSYVE_API_KEY", "psy_other")
    monkeypatch.setenv("PENSYVE_API_URL", "http://127.0.0.1:1")
    with FakeServer(says(200)) as fake:
        call(lambda p: p.me(), api_url=fake.url)
    assert fake.asked[0].headers["authorization"] == f"Bearer {KEY}"


@both
@pytest.mark.parametrize(
    "values",
    [
        {"api_key": f"{KEY}\n{KEY}"},
        {"api_key": f"{KEY}é"},
        {"api_url": "memory.example.org"},
        {"api_url": "ftp://memory.example.org"},
        {"api_url": "https://"},
        {"api_url": "https://memory..example.org"},
        {"api_url": f"https://user:{KEY}@memory.example.org"},
        {"api_url": f"https://memory.example.org/?key={KEY}"},
        {"api_url": f"https://memory.example.org:{KEY}"},
        {"timeout": 0.0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"max_retries": -1},
        {"max_retry_wait": -1.0},
    ],
)
def test_a_value_that_cannot_be_right_is_refused_and_not_quoted(client: Client, values: Dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        client(**{"api_url": URL, "api_key": KEY, **values})
    assert KEY not in repr(caught.value)
    assert caught.value.__context__ is None


def test_an_address_with_a_path_keeps_it(call: Caller) -> None:
    with FakeServer(says(200)) as fake:
        call(lambda p: p.stats(), api_url=f"{fake.url}/pensyve//")
    assert fake.asked[0].path == "/pensyve/v1/stats"


def test_sync_and_async_offer_the_same_methods_with_the_same_parameters() -> None:
    def methods(client: Client) -> Dict[str, Any]:
        return {
            name: inspect.signature(method).parameters
            for name, method in vars(client).items()
            if inspect.isfunction(method) and not name.startswith("__a") and name not in ("__enter__", "__exit__")
        }

    assert methods(Pensyve) == methods(AsyncPensyve)
