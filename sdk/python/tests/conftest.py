from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
from callers import CALLERS, Caller, make_caller

REPOSITORY = Path(__file__).parents[3]
PROGRAM = REPOSITORY / "sdk" / "test-server.ts"


@dataclass(frozen=True)
class Server:
    """A started server with a database of its own, and a key of each scope."""

    url: str
    keys: Dict[str, str] = field(repr=False)
    document: Dict[str, Any] = field(repr=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if not PROGRAM.exists():
        pytest.skip(f"no server to test against: {PROGRAM} is not here")
    own = REPOSITORY / "node_modules" / ".bin" / "node"
    node = str(own) if own.exists() else shutil.which("node")
    assert node, "the server of the tests needs Node: run npm ci in the repository"
    with subprocess.Popen(
        [node, str(PROGRAM)], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the server of the tests did not start"
        ready = json.loads(line)
        with urllib.request.urlopen(ready["url"] + "/openapi.json") as answer:
            yield Server(ready["url"], ready["keys"], json.load(answer))
        process.stdin.close()


@pytest.fixture(params=CALLERS)
def call(request: pytest.FixtureRequest) -> Caller:
    return make_caller(request.param)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PENSYVE_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
