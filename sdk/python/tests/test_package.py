"""What is published: built as for a release and installed where nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import Server

import pensyve

SOURCE = Path(__file__).parent.parent
PROGRAM = """
from importlib.metadata import metadata
from importlib.resources import files

import pensyve

assert metadata("pensyve")["Version"] == pensyve.__version__
assert metadata("pensyve")["License-Expression"] == "Apache-2.0"
assert (files("pensyve") / "py.typed").is_file()
with pensyve.Pensyve(namespace="wheel") as p:
    p.remember("ada", "likes tea")
    print(p.recall("tea")["memories"][0]["content"])
"""


def run(*command: object, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel, the latter made from the former: both are complete."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, SOURCE)
    return folder


def test_the_wheel_holds_the_package_with_its_types_and_licence_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    name = f"pensyve-{pensyve.__version__}.dist-info"
    sources = {f"pensyve/{path.name}" for path in (SOURCE / "src" / "pensyve").glob("*.py")}
    about = {f"{name}/{part}" for part in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    assert set(zipfile.ZipFile(wheel).namelist()) == sources | {"pensyve/py.typed"} | about


def test_the_source_distribution_has_readme_changelog_and_licence(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "src/pensyve/__init__.py"} <= names


def test_the_wheel_works_where_nothing_else_is_installed(built: Path, server: Server, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    run(sys.executable, "-m", "venv", "--without-pip", empty)
    python = empty / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (wheel,) = built.glob("*.whl")
    pins = str(SOURCE / "tests" / "constraints.txt")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel, PIP_CONSTRAINT=pins)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    printed = run(python, "-I", "-W", "error", program, PENSYVE_API_URL=server.url, PENSYVE_API_KEY=server.keys["mcp"])
    assert printed == "likes tea\n"
