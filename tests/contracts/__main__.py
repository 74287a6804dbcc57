"""`python -m tests.contracts github|x`: run the network's journeys, then let its own description judge the requests."""

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from tests.contracts import openapi
from tests.contracts.recording import FILE, distinct
from tests.shared import ROOT, data

PACKAGES = (
    "@stoplight/prism-cli@5.16.0",
    "@octokit/openapi@23.0.2",
    "@octokit/graphql-schema@15.26.1",
    "graphql@16.15.0",
)
FOLDER = ROOT / "var" / "contracts"
START_SECONDS = 180


JOURNEYS = {"github": "firstline/upstream", "x": "firstline/intake/tests/test_x.py"}
"""Which tests talk to the network's fake."""


def main(names: list[str]) -> int:
    """Judge each network; 1 when a request was not valid."""
    unknown = [name for name in names if name not in JOURNEYS]
    if unknown or not names:
        print(f"One of: {', '.join(JOURNEYS)}", file=sys.stderr)
        return 2
    _install()
    return max(_judge(name) for name in names)


def _judge(name: str) -> int:
    file = FOLDER / f"{name}.requests.jsonl"
    file.unlink(missing_ok=True)
    run = [sys.executable, "-m", "pytest", "-q", "-m", "not corpus", JOURNEYS[name]]
    subprocess.run(run, cwd=ROOT, env={**os.environ, FILE: str(file)}, check=True)
    asked = distinct(file, name)
    queries = [one["body"] for one in asked if one["target"].partition("?")[0] == "/graphql"]
    described, elsewhere = _description(name), {"/graphql"}
    elsewhere |= set(openapi.token_paths(described))
    rest = [one for one in asked if one["target"].partition("?")[0] not in elsewhere]
    problems = _by_prism(name, described, rest) + (_by_schema(queries) if queries else [])
    print(f"{name}: {len(rest)} kinds of requests and {len(queries)} GraphQL queries, {len(problems)} not valid")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


def _by_prism(name: str, described: dict[str, Any], asked: list[dict[str, Any]]) -> list[str]:
    """What Prism refuses of these requests."""
    file = FOLDER / f"{name}.slim.json"
    file.write_text(json.dumps(openapi.slim(described, {one["target"] for one in asked})))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    prism = FOLDER / "node_modules" / ".bin" / "prism"
    server = subprocess.Popen(
        [prism, "mock", file, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        return [found for one in asked if (found := _refusal(port, one))]
    finally:
        server.terminate()
        server.wait()


def _refusal(port: int, one: dict[str, Any]) -> str:
    headers = {"Accept": "application/json", "Authorization": "Bearer made-up", "Content-Type": "application/json"}
    body = json.dumps(one["body"]).encode() if one["body"] is not None else None
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{one['target']}", data=body, headers=headers, method=one["method"]
    )
    try:
        with urllib.request.urlopen(request, timeout=60):
            return ""
    except urllib.error.HTTPError as error:
        said = error.read().decode("utf-8", "replace")
        return f"{one['method']} {one['target']} {json.dumps(one['body'])[:200]}: {error.code} {said[:300]}"


def _by_schema(queries: list[dict[str, Any]]) -> list[str]:
    """What GitHub's published GraphQL schema does not allow of these queries."""
    file = FOLDER / "queries.json"
    file.write_text(json.dumps(queries))
    schema = FOLDER / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"
    command = ["node", str(ROOT / "tests" / "contracts" / "graphql.cjs"), str(schema), str(file)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(FOLDER / "node_modules")},
    )
    said: str = done.stdout + done.stderr
    return said.splitlines()


def _description(name: str) -> dict[str, Any]:
    if name == "github":
        file = FOLDER / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.json"
        found: dict[str, Any] = json.loads(file.read_text())
        return found
    with gzip.open(data("x") / "openapi.json.gz") as packed:
        described: dict[str, Any] = json.load(packed)
        return described


def _install() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [package for package in PACKAGES if not (FOLDER / "node_modules" / package.rpartition("@")[0]).exists()]
    if wanted:
        (FOLDER / "package.json").write_text('{"private": true}')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES], cwd=FOLDER, check=True)


def _wait(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"Prism did not start within {START_SECONDS} seconds.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
