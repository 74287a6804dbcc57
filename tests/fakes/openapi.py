"""Whether requests are valid by an API's own OpenAPI document: method and path, every parameter, the body."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft4Validator

from tests.fakes.network import Asked, Json


class Described:
    """An API as its document describes it."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", path)), path) for path in document["paths"]]

    def faults(self, asked: Asked) -> list[str]:
        """What is wrong with a request, [] when it is valid."""
        found = next((path for pattern, path in self._paths if pattern.fullmatch(asked.path)), "")
        operation = self._document["paths"].get(found, {}).get(asked.method.lower())
        if operation is None:
            return [f"{asked.method} {asked.path} is not described"]
        parameters = [self._whole(one) for one in operation.get("parameters", [])]
        known = {one["name"]: one for one in parameters if one["in"] == "query"}
        faults = [f"{name} is no parameter of {found}" for name in asked.query if name not in known]
        faults += [
            f"{name} is missing" for name, one in known.items() if one.get("required") and name not in asked.query
        ]
        for name, values in asked.query.items():
            if name in known:
                faults += self._check(_value(known[name], values), known[name]["schema"], name)
        return faults + self._body(operation, asked)

    def _body(self, operation: Json, asked: Asked) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return [] if asked.body is None else ["there should be no body"]
        return self._check(asked.body, described["content"]["application/json"]["schema"], "body")

    def _check(self, value: Any, schema: Json, where: str) -> list[str]:
        whole = {**schema, "components": self._document["components"]}
        return [f"{where}: {error.message}" for error in Draft4Validator(whole).iter_errors(value)]

    def _whole(self, parameter: Json) -> Json:
        name = parameter.get("$ref", "").rpartition("/")[2]
        return dict(self._document["components"]["parameters"][name]) if name else parameter


def _value(parameter: Json, values: list[str]) -> Any:
    """The text of a query as what its schema speaks of."""
    kind = parameter["schema"].get("type")
    if kind == "array":
        return values[0].split(",")
    return int(values[0]) if kind == "integer" and values[0].isdigit() else values[0]
