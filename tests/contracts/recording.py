"""Requests that reached a fake, one JSON object a line, while FILE names where."""

import json
import os
from pathlib import Path
from typing import Any

FILE = "CONTRACT_REQUESTS"


def record(network: str, method: str, target: str, body: Any) -> None:
    """Write a request down, if anybody asked for it."""
    path = os.environ.get(FILE)
    if path:
        line = json.dumps({"network": network, "method": method, "target": target, "body": body})
        with Path(path).open("a") as file:
            file.write(f"{line}\n")


def distinct(path: Path, network: str) -> list[dict[str, Any]]:
    """The network's requests, each shape once: what differs only in ids and words is the same."""
    found: dict[str, dict[str, Any]] = {}
    for line in path.read_text().splitlines():
        one = json.loads(line)
        if one["network"] == network:
            found.setdefault(_shape(one), one)
    return list(found.values())


def _shape(one: dict[str, Any]) -> str:
    path, _, query = one["target"].partition("?")
    steps = ["#" if step.isdigit() else step for step in path.split("/")]
    names = sorted(part.partition("=")[0] for part in query.split("&") if part)
    body = one["body"]
    if isinstance(body, dict) and "query" in body:
        return json.dumps([steps, body["query"]])
    return json.dumps([one["method"], steps, names, _kinds(body)], sort_keys=True)


def _kinds(body: Any) -> Any:
    if isinstance(body, dict):
        return {
            name: value if isinstance(value, str) and value.isidentifier() else _kinds(value)
            for name, value in body.items()
        }
    return [_kinds(one) for one in body[:1]] if isinstance(body, list) else type(body).__name__
