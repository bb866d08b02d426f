"""Compares a value with the type that the package declares for it."""

from __future__ import annotations

from typing import Any, List, Literal, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict


def faults(value: object, declared: Any, place: str = "answer") -> List[str]:  # noqa: ANN401
    """Where the value is not what is declared: missing and undeclared members, other types."""
    origin = get_origin(declared)
    if declared is Any:
        return []
    if origin is Union:
        tried = [faults(value, one, place) for one in get_args(declared)]
        return [] if [] in tried else tried[0]
    if origin is Literal:
        return [] if value in get_args(declared) else [f"{place}: {value!r} is not among {get_args(declared)}"]
    if is_typeddict(declared):
        return _members(value, declared, place)
    if origin is list:
        return _elements(value, get_args(declared)[0], place)
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{place}: {value!r} is no object"]
    plain = (int, float) if declared is float else declared
    fits = isinstance(value, plain) and (declared is bool or not isinstance(value, bool))
    return [] if fits else [f"{place}: {value!r} is no {declared.__name__}"]


def _members(value: object, declared: Any, place: str) -> List[str]:  # noqa: ANN401
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no object"]
    hints = get_type_hints(declared)
    found = [f"{place}.{name} is not declared" for name in value if name not in hints]
    found += [f"{place}.{name} is missing" for name in declared.__required_keys__ if name not in value]
    for name in set(value) & set(hints):
        found += faults(value[name], hints[name], f"{place}.{name}")
    return found


def _elements(value: object, declared: Any, place: str) -> List[str]:  # noqa: ANN401
    if not isinstance(value, list):
        return [f"{place}: {value!r} is no list"]
    return [fault for number, one in enumerate(value) for fault in faults(one, declared, f"{place}[{number}]")]
