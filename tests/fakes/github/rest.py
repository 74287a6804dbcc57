"""The REST half: the few paths that a desk asks, answered from the world."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.github.world import APP_ID, INSTALLATION, SLUG, Delivery, Json, World, public

FOREVER = "2099-01-01T00:00:00Z"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nmade-up\n-----END RSA PRIVATE KEY-----\n"


@dataclass(frozen=True)
class Asked:
    """One request: `who` acts, as the app or as a person."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    who: str
    as_app: bool


Answer = tuple[int, Any]
MISSING: Answer = (404, {"message": "Not Found"})


class Rest:
    """The paths and what they do."""

    def __init__(self, world: World, private_key: str = PEM) -> None:
        self.world = world
        self.private_key = private_key
        self.codes: set[str] = set()
        self.hook_url = ""
        self.redelivered: list[Delivery] = []
        repository, thread = r"/repos/([^/]+/[^/]+)", r"/repos/[^/]+/[^/]+/issues/(\d+)"
        self.routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("POST", rf"/app/installations/{INSTALLATION}/access_tokens", self.token),
            ("POST", r"/app-manifests/([^/]+)/conversions", self.convert),
            ("GET", r"/app", lambda asked: (200, {"id": APP_ID, "slug": SLUG})),
            ("GET", r"/user", lambda asked: (200, self.world.user(asked.who))),
            ("GET", rf"{repository}/installation", lambda asked, place: (200, {"id": INSTALLATION})),
            ("GET", rf"{repository}/hooks", self.hooks),
            ("GET", r"/app/hook/deliveries", self.attempts),
            ("GET", rf"{repository}/hooks/1/deliveries", self.attempts),
            ("POST", r"/app/hook/deliveries/(\d+)/attempts", self.redeliver),
            ("POST", r"/repos/[^/]+/[^/]+/hooks/1/deliveries/(\d+)/attempts", self.redeliver),
            ("GET", rf"{repository}/issues", self.issues),
            ("GET", rf"{repository}/issues/comments", self.all_comments),
            ("GET", rf"{repository}/pulls/comments", lambda asked, place: (200, [])),
            ("GET", rf"{repository}/labels/([^/]+)", self.label),
            ("GET", rf"{thread}/comments", self.comments),
            ("POST", rf"{thread}/comments", self.comment),
            ("PUT", rf"{thread}/lock", lambda asked, number: self.lock(asked, number, locked=True)),
            ("DELETE", rf"{thread}/lock", lambda asked, number: self.lock(asked, number, locked=False)),
            ("POST", rf"{thread}/labels", self.add_label),
            ("DELETE", rf"{thread}/labels/([^/]+)", self.remove_label),
            ("POST", rf"{thread}/assignees", lambda asked, number: self.assign(asked, number, on=True)),
            ("DELETE", rf"{thread}/assignees", lambda asked, number: self.assign(asked, number, on=False)),
            ("PATCH", thread, self.change),
            ("GET", thread, lambda asked, number: (200, public(self.world.threads[int(number)]))),
            ("GET", repository, lambda asked, place: (200, self.world.repository())),
        ]

    def answer(self, asked: Asked) -> Answer:
        """The answer to one request; what the fake does not know is not found."""
        for method, pattern, act in self.routes:
            found = re.fullmatch(pattern, asked.path)
            if method == asked.method and found:
                if self._is_elsewhere(asked.path):
                    return MISSING
                try:
                    return act(asked, *found.groups())
                except KeyError:
                    return MISSING
        return MISSING

    def _is_elsewhere(self, path: str) -> bool:
        place = re.match(r"/repos/([^/]+/[^/]+)", path)
        return place is not None and place.group(1).lower() != self.world.place.lower()

    def token(self, asked: Asked) -> Answer:
        """A token of the installation."""
        return 201, {"token": "ghs_made_up", "expires_at": FOREVER, "permissions": {"issues": "write"}}

    def register(self, manifest: Json, state: str) -> str:
        """The website makes an app of a manifest, and sends the browser back with a code: the address."""
        code = f"code{len(self.codes)}"
        self.codes.add(code)
        return f"{manifest['redirect_url']}?code={code}&state={state}"

    def convert(self, asked: Asked, code: str) -> Answer:
        """A manifest's code becomes an app, once."""
        if code not in self.codes:
            return MISSING
        self.codes.remove(code)
        app = {"id": APP_ID, "slug": SLUG, "name": "Orbit desk", "html_url": f"https://github.com/apps/{SLUG}"}
        return 201, {**app, "pem": self.private_key, "webhook_secret": "made by GitHub", "client_id": "Iv1.made-up",
                     "client_secret": "made-up", "owner": self.world.user("Codertocat")}  # fmt: skip

    def hooks(self, asked: Asked, place: str) -> Answer:
        """The repository's only webhook."""
        return 200, [{"id": 1, "config": {"url": self.hook_url}}]

    def attempts(self, asked: Asked, place: str = "") -> Answer:
        """The deliveries that were attempted, newest first."""
        made = [one for one in reversed(self.world.deliveries) if one.status is not None]
        return 200, [
            {"id": one.pk, "guid": one.guid, "delivered_at": one.at, "status_code": one.status, "event": one.event,
             "redelivery": False, "status": "OK" if one.status < 300 else "failed"}
            for one in made if one.status is not None
        ]  # fmt: skip

    def redeliver(self, asked: Asked, pk: str) -> Answer:
        """A delivery is attempted once more, under the same GUID."""
        old = self.world.deliveries[int(pk) - 1]
        again = Delivery(len(self.world.deliveries) + 1, old.guid, old.event, old.payload, self.world.tick())
        self.world.deliveries.append(again)
        self.redelivered.append(again)
        return 202, {}

    def issues(self, asked: Asked, place: str) -> Answer:
        """Issues and pull requests that changed since then."""
        found = [one for one in self.world.threads.values() if one["_kind"] != "discussion"]
        return 200, [public(one) for one in self._since(asked, found)]

    def all_comments(self, asked: Asked, place: str) -> Answer:
        """Comments on issues and pull requests that changed since then."""
        kinds = {number: one["_kind"] for number, one in self.world.threads.items()}
        found = [one for one in self.world.comments if kinds.get(one["_number"], "discussion") != "discussion"]
        url = f"{asked.query.get('_base', '')}/repos/{place}/issues"
        return 200, [public(one) | {"issue_url": f"{url}/{one['_number']}"} for one in self._since(asked, found)]

    def comments(self, asked: Asked, number: str) -> Answer:
        """A thread's comments."""
        found = [one for one in self.world.comments if one["_number"] == int(number)]
        return 200, [public(one) for one in self._since(asked, found)]

    def comment(self, asked: Asked, number: str) -> Answer:
        """A comment is posted; a locked thread takes none."""
        if self.world.threads[int(number)]["locked"]:
            return 403, {"message": "Unable to create comment because issue is locked."}
        made = self.world.says(asked.who, int(number), asked.body["body"], app=asked.as_app)
        return 201, public(made)

    def label(self, asked: Asked, place: str, name: str) -> Answer:
        """A label that the repository has."""
        known = {one.lower(): one for one in self.world.labels}
        return (200, {"name": known[name.lower()], "node_id": f"L_{name}"}) if name.lower() in known else MISSING

    def lock(self, asked: Asked, number: str, *, locked: bool) -> Answer:
        """Lock or unlock."""
        self.world.locks(int(number), asked.who, locked=locked)
        return 204, None

    def add_label(self, asked: Asked, number: str) -> Answer:
        """Labels are put on; unknown ones are made, as GitHub does."""
        for name in asked.body["labels"]:
            self.world.labels.add(name)
            self.world.labels_it(int(number), name, asked.who)
        return 200, self.world.threads[int(number)]["labels"]

    def remove_label(self, asked: Asked, number: str, name: str) -> Answer:
        """A label is taken off; 404 when it is not on."""
        thread = self.world.threads[int(number)]
        found = next((one["name"] for one in thread["labels"] if one["name"].lower() == name.lower()), None)
        if found is None:
            return 404, {"message": "Label does not exist"}
        self.world.labels_it(int(number), found, asked.who, on=False)
        return 200, thread["labels"]

    def assign(self, asked: Asked, number: str, *, on: bool) -> Answer:
        """Assignees come or go."""
        for login in asked.body["assignees"]:
            self.world.assigns(int(number), login, asked.who, on=on)
        return 201 if on else 200, public(self.world.threads[int(number)])

    def change(self, asked: Asked, number: str) -> Answer:
        """Close or reopen."""
        if asked.body["state"] == "closed":
            self.world.closes(int(number), asked.who, asked.body.get("state_reason", "completed"))
        else:
            self.world.reopens(int(number), asked.who)
        return 200, public(self.world.threads[int(number)])

    def _since(self, asked: Asked, found: list[Json]) -> list[Json]:
        since = asked.query.get("since", "")
        return sorted((one for one in found if one["updated_at"] >= since), key=lambda one: str(one["updated_at"]))
