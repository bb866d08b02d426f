#!/bin/sh
# Everything that must hold before a release: lint, types, tests, and the wheel in an environment that has nothing else.
#   scripts/check.sh [PYTHON]     the interpreter, python3 when absent
#   VENV=DIR                      where the environments go; kept between runs
set -eu

cd "$(dirname "$0")/.."
python=${1:-python3}
venv=${VENV:-.venv}

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[test]'

"$venv/bin/ruff" format --check .
"$venv/bin/ruff" check .
"$venv/bin/mypy"
"$venv/bin/pytest"

# The wheel is made from the source distribution, so this shows that both are complete.
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$venv/bin/python" -m build --outdir "$out/dist" . >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
"$python" -m venv "$out/empty"
"$out/empty/bin/python" -m pip install --quiet --disable-pip-version-check "$out"/dist/*.whl
cd "$out"
"$out/empty/bin/python" - <<'END'
from importlib.metadata import metadata
from importlib.resources import files

import pensyve

assert metadata("pensyve")["Version"] == pensyve.__version__
assert (files("pensyve") / "py.typed").is_file()
client = pensyve.Pensyve(api_url="https://memory.example.org", api_key="psy_example", namespace="my-agent")
print(f"the wheel works in an empty environment: {client!r}")
END
