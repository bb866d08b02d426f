from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Dict, List, Optional, Type

import pytest
from callers import KEY, Call, Caller
from fake_server import Answer, FakeServer, hangs_up, is_silent, says, stops_halfway, trickles

import pensyve
from pensyve._retry import wait_before_repeat

OK = says(200, {"memories": [], "contradictions": [], "cursor": None})

READS: List[Call] = [lambda p: p.recall("tea"), lambda p: p.stats()]
WRITES: List[Call] = [
    lambda p: p.remember("ada", "likes tea"),
    lambda p: p.entity("ada"),
    lambda p: p.forget("ada"),
    lambda p: p.edit_memory("1", confidence=0.5),
    lambda p: p.delete_memory("1"),
    lambda p: p.delete_all_memories(confirm="delete-all-memories"),
    lambda p: p.start_episode(["user"]),
    lambda p: p.add_message("1", "user", "hello"),
    lambda p: p.observe("1", "hello", source_entity="user", about_entity="user"),
    lambda p: p.end_episode("1"),
]

PASSING: Dict[str, Answer] = {
    "429": says(429),
    "502": says(502, b"<html>Bad Gateway</html>"),
    "503": says(503),
    "504": says(504),
    "no answer": hangs_up,
    "half an answer": stops_halfway,
}


@pytest.mark.parametrize("fault", list(PASSING))
def test_what_fails_in_passing_is_repeated_until_it_works(call: Caller, fault: str) -> None:
    with FakeServer(PASSING[fault], OK) as fake:
        answer = call(lambda p: p.recall("tea"), api_url=fake.url)
    assert answer["memories"] == []
    assert len(fake.asked) == 2
    assert fake.asked[0].body == fake.asked[1].body


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422, 500, 501, 418, 302, 204])
def test_what_a_repeat_does_not_heal_is_asked_once(call: Caller, status: int) -> None:
    with FakeServer(says(status, headers={"Location": "/elsewhere"})) as fake, pytest.raises(pensyve.APIStatusError):
        call(lambda p: p.recall("tea"), api_url=fake.url)
    assert len(fake.asked) == 1


def test_repeats_end_after_max_retries_with_the_last_error(call: Caller) -> None:
    with FakeServer(says(503), says(502), hangs_up) as fake, pytest.raises(pensyve.APIConnectionError):
        call(lambda p: p.recall("tea"), api_url=fake.url)
    assert len(fake.asked) == 3


def test_max_retries_0_sends_nothing_twice(call: Caller) -> None:
    with FakeServer(says(503)) as fake, pytest.raises(pensyve.ServerError):
        call(lambda p: p.remember("ada", "likes tea"), api_url=fake.url, max_retries=0)
    assert len(fake.asked) == 1


def test_a_server_that_is_not_there_is_a_connection_error_after_the_repeats(call: Caller) -> None:
    with FakeServer(OK) as fake:
        gone = fake.url
    with pytest.raises(pensyve.APIConnectionError, match="recall: no complete answer from") as caught:
        call(lambda p: p.recall("tea"), api_url=gone, max_retries=1)
    assert not isinstance(caught.value, pensyve.APITimeoutError)


@pytest.mark.parametrize("write", WRITES)
def test_every_write_carries_a_key_of_its_own_and_its_repeat_the_same(call: Caller, write: Call) -> None:
    with FakeServer(hangs_up, says(200), says(200)) as fake:
        call(write, api_url=fake.url)
        call(write, api_url=fake.url)
    first, repeat, second = (asked.headers["idempotency-key"] for asked in fake.asked)
    assert first == repeat
    assert uuid.UUID(first) != uuid.UUID(second)
    assert fake.asked[0].body == fake.asked[1].body


@pytest.mark.parametrize("read", READS)
def test_a_read_carries_no_key(call: Caller, read: Call) -> None:
    with FakeServer(OK) as fake:
        call(read, api_url=fake.url)
    assert "idempotency-key" not in fake.asked[0].headers


def test_a_chosen_key_is_sent_so_that_a_program_that_starts_again_can_repeat_a_write(call: Caller) -> None:
    with FakeServer(says(201)) as fake:
        call(lambda p: p.remember("ada", "likes tea", idempotency_key="import-17"), api_url=fake.url)
        with pytest.raises(ValueError, match="idempotency_key"):
            call(lambda p: p.remember("ada", "likes tea", idempotency_key="a\r\nb"), api_url=fake.url)
    assert [asked.headers["idempotency-key"] for asked in fake.asked] == ["import-17"]


def test_retry_after_in_seconds_is_kept(call: Caller) -> None:
    with FakeServer(says(429, headers={"Retry-After": "1"}), OK) as fake:
        call(lambda p: p.recall("tea"), api_url=fake.url)
    assert fake.waits[0] >= 1.0


def test_retry_after_as_a_date_is_kept_by_the_clock_of_the_server(call: Caller) -> None:
    sent = datetime(2020, 1, 1, tzinfo=timezone.utc)
    dates = [format_datetime(date, usegmt=True) for date in (sent, sent + timedelta(seconds=1))]
    with FakeServer(says(503, headers={"Date": dates[0], "Retry-After": dates[1]}), OK) as fake:
        call(lambda p: p.recall("tea"), api_url=fake.url)
    assert fake.waits[0] >= 1.0


@pytest.mark.parametrize(
    "header", ["61", "999999999", format_datetime(datetime(2100, 1, 1, tzinfo=timezone.utc), usegmt=True)]
)
def test_a_wait_longer_than_max_retry_wait_is_left_to_the_caller_at_once(call: Caller, header: str) -> None:
    answer = says(429, {"error": "rate_limited"}, {"Retry-After": header})
    with FakeServer(answer) as fake, pytest.raises(pensyve.RateLimitError) as caught:
        call(lambda p: p.recall("tea"), api_url=fake.url)
    assert len(fake.asked) == 1
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 61


def test_without_a_word_of_the_server_waits_grow(call: Caller) -> None:
    with FakeServer(says(503)) as fake, pytest.raises(pensyve.ServerError):
        call(lambda p: p.recall("tea"), api_url=fake.url)
    first, second = fake.waits
    assert first >= 0.25
    assert second >= 0.5


@pytest.mark.parametrize(
    ("retry_after", "repeats", "least", "most"),
    [(None, 0, 0.25, 0.5), (None, 3, 2.0, 4.0), (None, 9000, 15.0, 30.0), (7.0, 0, 7.0, 7.5), (7.0, 3, 7.0, 8.0)],
)
def test_waits_differ_from_client_to_client_and_never_undercut_the_server(
    retry_after: Optional[float], repeats: int, least: float, most: float
) -> None:
    settings = pensyve.Pensyve(api_url="https://memory.example.org", api_key=KEY, max_retries=10_000)._settings
    error = pensyve.RateLimitError("", status=429, retry_after=retry_after)
    waits = [wait_before_repeat(settings, error, repeats) or 0.0 for _ in range(100)]
    assert least <= min(waits) <= max(waits) <= most
    assert max(waits) - min(waits) > (most - least) / 2


@pytest.mark.parametrize("fault", [is_silent, trickles])
def test_an_attempt_ends_after_timeout_also_when_the_server_sends_a_byte_now_and_then(
    call: Caller, fault: Answer
) -> None:
    with FakeServer(fault) as fake, pytest.raises(pensyve.APITimeoutError, match=r"within 0\.4 seconds") as caught:
        call(lambda p: p.recall("tea"), api_url=fake.url, timeout=0.4, max_retries=0)
    assert isinstance(caught.value, TimeoutError)
    assert len(fake.asked) == 1


def test_a_timeout_is_repeated(call: Caller) -> None:
    with FakeServer(is_silent, says(201, {"id": "1"})) as fake:
        assert call(lambda p: p.remember("ada", "likes tea"), api_url=fake.url, timeout=0.5) == {"id": "1"}
    assert fake.asked[0].headers["idempotency-key"] == fake.asked[1].headers["idempotency-key"]


@pytest.mark.parametrize(
    ("call_of", "error"),
    [
        (lambda p: p.recall("tea", min_confidence=float("nan")), ValueError),
        (lambda p: p.forget(""), ValueError),
        (lambda p: p.delete_memory(""), ValueError),
        (lambda p: p.start_episode("user"), ValueError),
        (lambda p: p.recall("tea", types="semantic"), ValueError),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(call: Caller, call_of: Call, error: Type[Exception]) -> None:
    with FakeServer(OK) as fake, pytest.raises(error):
        call(call_of, api_url=fake.url)
    assert fake.asked == []


@pytest.mark.parametrize(
    ("name", "segment"),
    [("a/b c", "a%2Fb%20c"), (".", "%2E"), ("..", "%2E%2E"), ("?x#y%", "%3Fx%23y%25"), ("Zoë", "Zo%C3%AB")],
)
def test_a_name_in_a_path_stays_one_segment_whatever_it_holds(call: Caller, name: str, segment: str) -> None:
    with FakeServer(says(200)) as fake:
        call(lambda p: p.forget(name), api_url=fake.url)
    assert fake.asked[0].path == f"/v1/entities/{segment}"


@pytest.mark.parametrize(
    ("client", "given", "sent"),
    [(None, None, None), ("a", None, "a"), ("a", "b", "b"), ("a", "", None), (None, "b", "b"), ("", None, None)],
)
def test_the_namespace_is_the_client_s_unless_the_call_names_one(
    call: Caller,
    client: Optional[str],
    given: Optional[str],
    sent: Optional[str],
) -> None:
    with FakeServer(says(200)) as fake:
        call(lambda p: p.recall("tea", namespace=given), api_url=fake.url, namespace=client)
        call(lambda p: p.stats(namespace=given), api_url=fake.url, namespace=client)
    assert fake.asked[0].json.get("namespace") == sent
    assert fake.asked[1].query.get("namespace") == sent
