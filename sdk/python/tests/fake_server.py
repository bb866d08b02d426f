"""A small HTTP server that answers what a test says, over real sockets, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Type
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[["Handler"], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came, its path still encoded."""

    method: str
    path: str
    query: Dict[str, str]
    headers: Dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


class FakeServer:
    """Gives the answers in their order, the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: List[Asked] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.fake = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def waits(self) -> List[float]:
        """Seconds between the requests."""
        return [later.at - earlier.at for earlier, later in zip(self.asked, self.asked[1:])]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def fake(self) -> FakeServer:
        fake = self.server.fake  # type: ignore[attr-defined]
        assert isinstance(fake, FakeServer)
        return fake

    def answer(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length", "0"))),
            time.monotonic(),
        )
        self.fake.asked.append(asked)
        self.fake.next_answer()(self)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


def says(status: int, body: object = None, headers: Optional[Dict[str, str]] = None) -> Answer:
    """Answers with a JSON body, or with ``body`` as it is where it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()

    def answer(handler: Handler) -> None:
        handler.send_response_only(status)
        fixed = {"Date": handler.date_time_string(), "Content-Type": "application/json"}
        for name, value in {**fixed, **(headers or {})}.items():
            for line in value.split("\n"):
                handler.send_header(name, line)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def hangs_up(handler: Handler) -> None:
    """Closes the connection without an answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def stops_halfway(handler: Handler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"memories": [')
    handler.close_connection = True


def is_silent(handler: Handler) -> None:
    """Takes the request and never answers."""
    handler.fake.closing.wait(20)
    handler.close_connection = True


def trickles(handler: Handler) -> None:
    """Sends a byte now and then: no single wait is long, all together never ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while not handler.fake.closing.wait(0.1):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        pass
    handler.close_connection = True
