"""Making a GitHub app by its manifest: what the app may do is written here, and GitHub asks the admin once.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest (2026-11)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from firstline.channels.base import ChannelError
from firstline.channels.github import client
from firstline.channels.github.client import Settings

PERMISSIONS = {
    "issues": "write",
    "discussions": "write",
    "pull_requests": "write",
    "metadata": "read",
    "contents": "read",
}
"""`contents` is what GitHub asks for news of releases; the desk reads no code."""
EVENTS = (
    "issues", "issue_comment", "discussion", "discussion_comment", "pull_request", "pull_request_review",
    "pull_request_review_comment", "label", "release", "repository",
)  # fmt: skip
NAME_LENGTH = 34


@dataclass(frozen=True, slots=True)
class Made:
    """An app that GitHub has made: who it is, and its secrets."""

    app_id: str
    slug: str
    install_url: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def manifest(*, name: str, home: str, hook: str, back: str, installed: str) -> dict[str, Any]:
    """What the app shall be. Without a public address for the webhook it has none, and the desk asks by itself."""
    wanted: dict[str, Any] = {
        "name": name[:NAME_LENGTH],
        "url": home,
        "redirect_url": back,
        "setup_url": installed,
        "public": False,
        "default_permissions": PERMISSIONS,
        "default_events": list(EVENTS) if hook else [],
    }
    return {**wanted, "hook_attributes": {"url": hook, "active": True}} if hook else wanted


def form_address(settings: Settings, *, organisation: str, state: str) -> str:
    """Where the manifest is posted: under the admin's own account, or under an organisation."""
    owner = f"organizations/{organisation}/" if organisation else ""
    return f"{website(settings)}/{owner}settings/apps/new?{urlencode({'state': state})}"


def website(settings: Settings) -> str:
    """GitHub as people see it, for github.com and for an Enterprise Server."""
    parts = urlsplit(client.base_url(settings))
    return "https://github.com" if parts.hostname == "api.github.com" else f"{parts.scheme}://{parts.netloc}"


def exchange(code: str, settings: Settings) -> Made:
    """Turn the code that GitHub gave the browser into the app, once. Raises ChannelError."""
    if not code.isalnum():
        raise ChannelError("This code is not one of GitHub's.", permanent=True)
    asked = client.anonymous(client.base_url(settings))
    found = client.request(asked, "POST", f"/app-manifests/{code}/conversions").json()
    return Made(
        app_id=str(found["id"]),
        slug=str(found["slug"]),
        install_url=f"{found['html_url']}/installations/new",
        private_key=str(found["pem"]),
        webhook_secret=str(found.get("webhook_secret") or ""),
    )


def installation(settings: Settings) -> str:
    """The id of the app's installation on the inbox's repository. Raises ChannelError while there is none."""
    asked = client.as_app(settings)
    if asked is None:
        raise ChannelError("The inbox has no app yet.", permanent=True)
    found = client.request(asked, "GET", f"/repos/{client.repository(settings)}/installation").json()
    return str(found["id"])


def who(settings: Settings) -> str:
    """Whom GitHub takes the inbox for, in a sentence. Raises ChannelError."""
    name = client.get(settings, f"/repos/{client.repository(settings)}").get("full_name", "")
    asked = client.as_app(settings)
    if asked is None:
        return f"The token belongs to @{account(settings)} and reaches {name}."
    return f"The app {client.request(asked, 'GET', '/app').json().get('slug', '')} works and reaches {name}."


def account(settings: Settings) -> str:
    """The login that a personal token belongs to. Raises ChannelError."""
    return str(client.get(settings, "/user").get("login", ""))


def changes(made: Made) -> Mapping[str, str]:
    """What an inbox is told of its new app; the old installation is none of it."""
    return {
        "app_id": made.app_id,
        "app_slug": made.slug,
        "private_key": made.private_key,
        "webhook_secret": made.webhook_secret,
        "installation_id": "",
        "token": "",
    }
