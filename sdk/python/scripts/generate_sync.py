"""Writes the client that waits from the one on an event loop, so that each method is written once.

python scripts/generate_sync.py
"""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "src" / "pensyve"
PAIRS = {"_async_client.py": "_client.py", "_async_episode.py": "_episode.py"}

REPLACEMENTS = {
    r"\basync def\b": "def",
    r"\bawait ": "",
    r"\b__aenter__\b": "__enter__",
    r"\b__aexit__\b": "__exit__",
    r"\bAsync(Pensyve|Episode|Transport)\b": r"\1",
    r"\b_async_(client|episode)\b": r"_\1",
    r"The client for programs on an event loop\.": "The client for programs that wait for each answer.",
    r"Episodes as context managers, on an event loop\.": "Episodes as context managers.",
    r"Memory on a Pensyve server\.": "Memory on a Pensyve server. Threads may share one.",
}


def generate(source: str, text: str) -> str:
    """The text of the twin. Pure."""
    for pattern, replacement in REPLACEMENTS.items():
        text = re.sub(pattern, replacement, text)
    first, rest = text.split("\n", 1)
    return f'{first[:-3]}\n\nGenerated from {source} by scripts/generate_sync.py: do not edit.\n"""\n{rest}'


if __name__ == "__main__":
    for source, target in PAIRS.items():
        (PACKAGE / target).write_text(generate(source, (PACKAGE / source).read_text("utf-8")), "utf-8")
