"""The API's reference page, drawn from its OpenAPI document: no script, nothing from elsewhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
DONE: Final = {"200": "Done", "201": "Made; Location names it"}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table: a parameter, or a field of a body or an answer."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One status an operation may answer with, and the name of what it then says."""

    status: str
    about: str
    model: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Model:
    """What an answer holds."""

    name: str
    about: str
    fields: tuple[Field, ...]


def operations(document: Mapping[str, Any], server: str) -> list[Operation]:
    """Every operation of an OpenAPI document; `server` is the address that the examples call."""
    schemas = _schemas(document)
    return [
        _operation(server + path, method, one, schemas)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


def models(document: Mapping[str, Any]) -> list[Model]:
    """Everything that answers are made of, by name."""
    schemas = _schemas(document)
    asked = {name for one in _bodies(document) if (name := _model(one))}
    return [
        Model(name, schema.get("description", ""), tuple(_fields(schema, schemas)))
        for name, schema in sorted(schemas.items())
        if "properties" in schema and name not in asked
    ]


def _schemas(document: Mapping[str, Any]) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = document["components"]["schemas"]
    return found


def _bodies(document: Mapping[str, Any]) -> Iterator[Schema]:
    for methods in document["paths"].values():
        for one in methods.values():
            if "requestBody" in one:
                yield one["requestBody"]["content"]["application/json"]["schema"]


def _operation(address: str, method: str, one: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Operation:
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = schemas.get(_model(body), {})
    path = address.removeprefix(address[: address.index("/api/")])
    return Operation(
        anchor=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one.get("summary", ""),
        about=one.get("description", ""),
        parameters=tuple(
            Field(
                name=item["name"],
                kind=f"{_kind(item['schema'], schemas).removesuffix(' or null')}, in the {item['in']}",
                required=item.get("required", False),
                about=item.get("description", "") or _about(item["schema"]),
            )
            for item in one.get("parameters", ())
        ),
        body=tuple(_fields(named, schemas)),
        answers=tuple(
            Answer(status, DONE.get(status, answer.get("description", "")), _model(_content(answer)))
            for status, answer in sorted(one["responses"].items())
        ),
        curl=_curl(address, method, named),
    )


def _content(answer: Mapping[str, Any]) -> Schema:
    found: Schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _model(schema: Schema) -> str:
    """The name of the schema this one refers to; "" if it does not."""
    for one in (schema, *schema.get("anyOf", ())):
        if "$ref" in one:
            return str(one["$ref"]).rpartition("/")[2]
    return ""


def _fields(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Field(name, _kind(one, schemas), name in required, _about(one))


def _about(schema: Schema) -> str:
    """What is written about it, with an example; a value that may be null keeps both inside."""
    written = schema.get("description", "")
    examples = schema.get("examples", ())
    for inner in schema.get("anyOf", ()):
        written = written or inner.get("description", "")
        examples = examples or inner.get("examples", ())
    return f"{written} Such as {examples[0]}.".lstrip() if examples else str(written)


def _kind(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """What may stand there, in a few words."""
    if "$ref" in schema:
        name = _model(schema)
        values = schemas[name].get("enum")
        return " | ".join(values) if values else name
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one, schemas) for one in schema["anyOf"]))
    if "const" in schema:
        return json.dumps(schema["const"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(schema['items'], schemas)}"
    if schema.get("format") == "date-time":
        return "time"
    limit = schema.get("maxLength")
    return f"{kind}, at most {limit:,}" if limit else kind


def _curl(address: str, method: str, body: Schema) -> str:
    where = address.replace("{case_id}", "CD-1042")
    parts = ["curl", *([] if method == "get" else ["-X", method.upper()]), where]
    lines = [" ".join(parts), '  -H "Authorization: Bearer $TOKEN"']
    example = {name: "..." for name in body.get("required", ()) if name in body.get("properties", {})}
    if example:
        lines += ['  -H "Content-Type: application/json"', f"  -d '{json.dumps(example)}'"]
    return " \\\n".join(lines)
