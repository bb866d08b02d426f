"""Writes src/pensyve/_operations.py from the server's OpenAPI document.

python scripts/generate_operations.py https://memory.example.org/openapi.json
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

TARGET = Path(__file__).parent.parent / "src" / "pensyve" / "_operations.py"

HEAD = '''"""The operations of the REST interface.

Generated from /openapi.json by scripts/generate_operations.py: do not edit.
"""

from __future__ import annotations

from typing import Dict

from pensyve._operation import Field, Operation

OPERATIONS: Dict[str, Operation] = {
'''

PYTHON_TYPES = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}


def generate(document: Dict[str, Any]) -> str:
    """The text of _operations.py. Pure: the same document gives the same text."""
    return HEAD + "".join(write(*operation) for operation in operations(document)) + "}\n"


def operations(document: Dict[str, Any]) -> Iterator[Tuple[str, str, Dict[str, Any]]]:
    """Method, path and description of every operation. A second address of an operation is left out."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not operation["operationId"].endswith("_by_path"):
                yield method.upper(), path, operation


def write(method: str, path: str, operation: Dict[str, Any]) -> str:
    lines = [f'    "{operation["operationId"]}": Operation(\n']
    lines.append(f'        "{operation["operationId"]}",\n        "{method}",\n        "{path}",\n')
    lines.append(f"        writes={writes(operation)},\n        public={operation.get('security') == []},\n")
    fields = list(fields_of(operation))
    if fields:
        lines.append("        fields=(\n")
        lines.extend(f"            {field},\n" for field in fields)
        lines.append("        ),\n")
    lines.append("    ),\n")
    return "".join(lines)


def writes(operation: Dict[str, Any]) -> bool:
    """Whether it changes something: then it takes an Idempotency-Key."""
    return any(is_header(parameter) for parameter in operation.get("parameters", []))


def is_header(parameter: Dict[str, Any]) -> bool:
    return bool(parameter["in"] == "header" and parameter["name"].lower() == "idempotency-key")


def fields_of(operation: Dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        if is_header(parameter):
            continue  # the client sends it with every write by itself
        yield field(parameter["name"], parameter["in"], parameter["schema"], required=parameter["required"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for name, schema in body.get("properties", {}).items():
        yield field(name, "body", schema, required=name in body["required"])


def field(name: str, place: str, schema: Dict[str, Any], *, required: bool) -> str:
    ending = ", required=True" if required else ""
    return f'Field("{name}", "{place}", "{python_type(schema)}"{ending})'


def python_type(schema: Dict[str, Any]) -> str:
    """The type's name in Python, without null: what is optional is None in Python anyway."""
    declared = schema["type"]
    names: List[str] = [declared] if isinstance(declared, str) else [name for name in declared if name != "null"]
    if len(names) != 1:
        raise ValueError(f"Cannot write this type: {schema}")
    if names[0] == "array":
        return f"List[{python_type(schema['items'])}]"
    return PYTHON_TYPES[names[0]]


if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[1]) as answer:
        TARGET.write_text(generate(json.load(answer)), encoding="utf-8")
