from __future__ import annotations

import copy
import logging
import pickle
import traceback
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any, Dict, List, Optional, Type

import httpx
import pytest
from callers import KEY, Call, Caller
from fake_server import Answer, FakeServer, hangs_up, is_silent, says

import pensyve
from pensyve._answer import retry_after

NEEDS_WRITE = 'Bearer error="insufficient_scope", error_description="says \\"scope=no\\", a=b", scope="mcp:write"'


def refused(call: Caller, answer: Answer, **options: Any) -> pensyve.APIStatusError:  # noqa: ANN401
    with FakeServer(answer) as fake, pytest.raises(pensyve.APIStatusError) as caught:
        call(lambda p: p.remember("ada", "likes tea"), api_url=fake.url, max_retries=0, **options)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, pensyve.InvalidRequestError),
        (401, pensyve.AuthenticationError),
        (403, pensyve.PermissionDeniedError),
        (404, pensyve.NotFoundError),
        (409, pensyve.ConflictError),
        (413, pensyve.InvalidRequestError),
        (415, pensyve.InvalidRequestError),
        (418, pensyve.APIStatusError),
        (422, pensyve.InvalidRequestError),
        (429, pensyve.RateLimitError),
        (499, pensyve.APIStatusError),
        (500, pensyve.ServerError),
        (503, pensyve.ServerError),
        (302, pensyve.UnexpectedAnswerError),
    ],
)
def test_each_status_is_an_error_of_its_own_class_that_says_what_the_server_said(
    call: Caller, status: int, kind: Type[pensyve.APIStatusError]
) -> None:
    error = refused(call, says(status, {"error": "a_code", "message": "What is wrong.", "request_id": "r-1"}))
    assert type(error) is kind
    assert (error.status, error.code, error.request_id) == (status, "a_code", "r-1")
    assert error.operation == "remember"
    assert str(error) == f"remember: What is wrong. ({status}, a_code, request r-1)"


@pytest.mark.parametrize(
    ("header", "body", "scope"),
    [
        (NEEDS_WRITE, {"message": "This needs the scope mcp:write."}, "mcp:write"),
        (NEEDS_WRITE, {"message": "No."}, "mcp:write"),
        ('DPoP algs="ES256", scope="no", Bearer scope=mcp', {}, "mcp"),
        ('Bearer realm="x"\nDPoP scope="no"', {"scope": "mcp:write"}, "mcp:write"),
        ('DPoP scope="no"\nbearer SCOPE = "mcp:read mcp:write"', {}, "mcp:read mcp:write"),
        ("Negotiate", {"scope": "mcp:write"}, "mcp:write"),
        ("Negotiate", {"scope": 7}, None),
        ('Bearer scope="', {}, None),
        ("", {"error": "origin_not_allowed"}, None),
    ],
)
def test_403_names_the_scope_that_would_do(
    call: Caller, header: str, body: Dict[str, Any], scope: Optional[str]
) -> None:
    error = refused(call, says(403, body, {"WWW-Authenticate": header}))
    assert isinstance(error, pensyve.PermissionDeniedError)
    assert error.required_scope == scope
    assert scope is None or scope in str(error)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b""])
def test_a_body_that_is_no_json_object_is_an_error_and_no_crash(call: Caller, body: bytes) -> None:
    assert str(refused(call, says(502, body))) == "remember: Bad Gateway. (502)"
    unexpected = refused(call, says(200, body))
    assert isinstance(unexpected, pensyve.UnexpectedAnswerError)
    assert "api_url" in str(unexpected)


@pytest.mark.parametrize("value", [7, None, {}, [], ""])
def test_members_of_an_error_that_are_no_texts_are_left_out(call: Caller, value: object) -> None:
    error = refused(call, says(404, {"error": value, "message": value, "detail": value, "request_id": value}))
    assert str(error) == "remember: Not Found. (404)"


def test_a_message_is_one_line_without_control_characters_and_not_endless(call: Caller) -> None:
    error = refused(call, says(404, {"message": "a\x1b[31m\nb" + "c" * 10_000, "request_id": "r-1"}))
    assert str(error).startswith("remember: a [31m bccc")
    assert str(error).endswith("… (404, request r-1)")
    assert len(str(error)) < 600


DATE = format_datetime(datetime(2030, 1, 1, 12, 0, 0, tzinfo=timezone.utc), usegmt=True)
LATER = format_datetime(datetime(2030, 1, 1, 12, 0, 40, tzinfo=timezone.utc), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "7"}, {}, 7.0),
        ({"Retry-After": " 0 "}, {}, 0.0),
        ({"Retry-After": LATER, "Date": DATE}, {}, 40.0),
        ({"Retry-After": DATE, "Date": LATER}, {}, 0.0),
        ({"Retry-After": "Tuesday, 01-Jan-30 12:00:40 GMT", "Date": DATE}, {}, 40.0),
        ({}, {"retryAfter": 3}, 3.0),
        ({"Retry-After": "9" * 5000}, {"retryAfter": 3}, 3.0),
        ({"Retry-After": "-1"}, {}, None),
        ({"Retry-After": "soon"}, {}, None),
        ({"Retry-After": "1.5"}, {}, None),
        ({}, {"retryAfter": "3"}, None),
        ({}, {"retryAfter": True}, None),
        ({}, {"retryAfter": float("nan")}, None),
        ({}, {"retryAfter": -1}, None),
    ],
)
def test_the_wait_is_read_from_both_forms_of_retry_after_and_from_the_body(
    headers: Dict[str, str], body: Dict[str, Any], seconds: Optional[float]
) -> None:
    assert retry_after(httpx.Headers(headers), body) == seconds


FAULTS: List[Answer] = [
    hangs_up,
    is_silent,
    says(
        401,
        {"error": KEY, "message": f"{KEY} is not valid", "request_id": KEY},
        {"WWW-Authenticate": f'Bearer scope="{KEY}"'},
    ),
    says(403, {"message": f"{KEY} may not"}, {"WWW-Authenticate": f'Bearer scope="{KEY}"'}),
    says(302, b"", {"Location": f"https://example.org/{KEY}"}),
    says(200, KEY.encode()),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_shows_the_key_nor_leads_to_it(call: Caller, fault: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeServer(fault) as fake, pytest.raises(pensyve.PensyveError) as caught:
        call(lambda p: p.remember("ada", "likes tea"), api_url=fake.url, timeout=0.5, max_retries=1)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    # The HTTP library's own DEBUG lines repeat the headers of answers, and these answers hold the key, as no honest one does.
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("httpcore")]
    shown = [
        *lines,
        repr(error),
        str(error),
        repr(vars(error)),
        "".join(traceback.format_exception_only(type(error), error)),
    ]
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    own = [frame for frame in frames.stack if "pensyve/_" in frame.filename]
    assert own
    shown += [repr(frame.locals) for frame in own]
    assert not [text for text in shown if KEY in text]


def test_a_log_of_everything_has_no_key(call: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeServer(says(503), says(200)) as fake:
        call(lambda p: p.recall("a private question"), api_url=fake.url)
    assert "recall: Service Unavailable. (503); repeat 1 of recall in" in caplog.text
    assert KEY not in caplog.text
    assert "private" not in caplog.text


@pytest.mark.parametrize("client", [pensyve.Pensyve, pensyve.AsyncPensyve])
def test_a_client_shown_or_serialised_gives_no_key(client: Type[Any]) -> None:
    made = client(api_url="https://memory.example.org", api_key=KEY, namespace="my-agent")
    assert repr(made) == f"{client.__name__}(api_url='https://memory.example.org', namespace='my-agent')"
    assert KEY not in repr(vars(made)) + repr(vars(made._transport)) + repr(made._settings)
    with pytest.raises(TypeError):
        pickle.dumps(made)
    with pytest.raises(TypeError):
        pickle.dumps(made._settings)


def test_a_redirection_is_not_followed_so_the_key_goes_nowhere_else(call: Caller) -> None:
    with FakeServer(says(200)) as other, FakeServer(says(307, b"", {"Location": f"{other.url}/v1/remember"})) as fake:
        with pytest.raises(pensyve.UnexpectedAnswerError):
            call(lambda p: p.remember("ada", "likes tea"), api_url=fake.url)
        assert other.asked == []


def test_health_asks_without_the_key(call: Caller) -> None:
    with FakeServer(says(200, {"status": "ok"})) as fake:
        call(lambda p: p.health(), api_url=fake.url)
    assert "authorization" not in fake.asked[0].headers


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize(
    "answer", [says(403, {}, {"WWW-Authenticate": NEEDS_WRITE}), says(429, {"retryAfter": 9}), hangs_up]
)
def test_errors_survive_the_way_between_processes(again: Call, answer: Answer) -> None:
    with FakeServer(answer) as fake, pytest.raises(pensyve.PensyveError) as caught:
        pensyve.Pensyve(api_url=fake.url, api_key=KEY, max_retries=0).remember("ada", "likes tea")
    error = again(caught.value)
    assert type(error) is type(caught.value)
    assert str(error) == str(caught.value)
    assert error.__dict__ == caught.value.__dict__
