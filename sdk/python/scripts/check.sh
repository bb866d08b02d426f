#!/bin/sh
# Everything that must hold before a release: lint, types and tests, those of the wheel included.
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
