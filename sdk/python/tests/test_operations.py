from __future__ import annotations

import inspect
from typing import Any, Dict

import generate_operations
import generate_sync
import pytest
from callers import Call, Caller
from conftest import Server
from fake_server import FakeServer, says

import pensyve
from pensyve._operations import OPERATIONS

#: How each operation of the document is called: the method, and a call of it with every value.
METHODS: Dict[str, str] = {
    "recall": "recall",
    "recall_grouped": "recall_grouped",
    "inspect": "inspect",
    "status": "stats",
    "account": "usage",
    "me": "me",
    "health": "health",
    "remember": "remember",
    "create_entity": "entity",
    "forget": "forget",
    "edit_memory": "edit_memory",
    "delete_memory": "delete_memory",
    "delete_all_memories": "delete_all_memories",
    "episode_start": "start_episode",
    "episode_message": "add_message",
    "observe": "observe",
    "episode_end": "end_episode",
}

VALUES: Dict[str, Any] = {"str": "a text", "List[str]": ["a", "b"], "float": 0.5, "int": 3}


def documented(server: Server) -> Dict[str, Any]:
    """Every operation by its id."""
    return {
        operation["operationId"]: operation
        for methods in server.document["paths"].values()
        for operation in methods.values()
    }


def test_there_is_a_method_for_every_operation_of_the_document(server: Server) -> None:
    second_addresses = {name for name in documented(server) if name.endswith("_by_path")}
    assert set(METHODS) == set(documented(server)) - second_addresses


def test_the_generated_list_is_what_the_document_says_today(server: Server) -> None:
    assert generate_operations.TARGET.read_text("utf-8") == generate_operations.generate(server.document)


def test_a_second_address_of_an_operation_takes_the_same_values(server: Server) -> None:
    operations = documented(server)
    for name in [name for name in operations if name.endswith("_by_path")]:
        names = [
            {field.split('"')[1] for field in generate_operations.fields_of(operations[which])}
            for which in (name, name[: -len("_by_path")])
        ]
        assert names[0] == names[1]


def test_the_waiting_client_is_generated_from_the_async_one() -> None:
    for source, target in generate_sync.PAIRS.items():
        text = (generate_sync.PACKAGE / source).read_text("utf-8")
        assert (generate_sync.PACKAGE / target).read_text("utf-8") == generate_sync.generate(source, text)


@pytest.mark.parametrize("operation_id", list(METHODS))
def test_a_method_takes_every_value_of_its_operation_and_sends_each_to_its_place(
    call: Caller, operation_id: str
) -> None:
    operation = OPERATIONS[operation_id]
    values = {field.name: VALUES[field.type] for field in operation.fields}
    do: Call = lambda p: getattr(p, METHODS[operation_id])(**values)  # noqa: E731
    with FakeServer(says(200)) as fake:
        call(do, api_url=fake.url)
    (asked,) = fake.asked
    places: Dict[str, Dict[str, Any]] = {"path": {}, "query": {}, "body": {}}
    for field in operation.fields:
        places[field.place][field.name] = values[field.name]
    path = operation.path
    for name in places["path"]:
        path = path.replace(f"{{{name}}}", "a%20text")
    assert (asked.method, asked.path) == (operation.method, path)
    assert asked.query == places["query"]
    assert (asked.json if asked.body else {}) == places["body"]
    assert ("idempotency-key" in asked.headers) == operation.writes
    assert ("content-type" in asked.headers) == bool(places["body"])


@pytest.mark.parametrize("operation_id", list(METHODS))
@pytest.mark.parametrize("client", [pensyve.Pensyve, pensyve.AsyncPensyve])
def test_a_method_requires_what_its_operation_requires_with_its_type(operation_id: str, client: type) -> None:
    operation = OPERATIONS[operation_id]
    parameters = dict(inspect.signature(getattr(client, METHODS[operation_id])).parameters)
    del parameters["self"]
    assert ("idempotency_key" in parameters) == operation.writes
    parameters.pop("idempotency_key", None)
    assert set(parameters) == {field.name for field in operation.fields}
    for field in operation.fields:
        required = parameters[field.name].default is inspect.Parameter.empty
        assert required == field.required, field.name
        written = str(parameters[field.name].annotation)
        bare = written[len("Optional[") : -1] if written.startswith("Optional[") else written
        assert (bare == written) == field.required, field.name
        assert bare in ACCEPTED[field.type], (field.name, bare)


#: What a parameter may be declared as: the type, or words of it.
ACCEPTED = {
    "str": {"str", "MemoryType", "EntityKind", "ContentType", "Outcome", "Order", 'Literal["delete-all-memories"]'}
    | {"Literal['delete-all-memories']"},
    "List[str]": {"Sequence[str]", "Sequence[MemoryType]"},
    "float": {"float"},
    "int": {"int"},
}
