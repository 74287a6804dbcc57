"""What services outside are told, in their own shapes; no name, title or word of anybody, since topics may be public.

PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
ntfy, publishing as JSON: https://docs.ntfy.sh/publish/#publish-as-json
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from firstline.channels.base import ChannelError
from firstline.core import egress, sealing
from firstline.paging.models import Page, Pager, PagerKind, Reason

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
SEVERITY = {Reason.SAFETY: "critical", Reason.MALWARE: "critical", Reason.INCIDENT: "error"}
MAX_PRIORITY = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One request: where, what, and with which headers."""

    url: str
    body: dict[str, object]
    headers: Mapping[str, str]


def summary(page: Page) -> str:
    """What happened, in a sentence of ours."""
    named = str(Reason(page.reason).label)
    return f"{named} (#{page.conversation_id})" if page.conversation_id else named


def called(pager: Pager, page: Page, url: str, number: int) -> Said | None:
    """What a call says to a service. PagerDuty has ladders of its own: it hears of the first call alone."""
    if pager.kind == PagerKind.NTFY:
        return _ntfy(pager, page, url)
    return _pagerduty(pager, page, url, "trigger") if number == 1 else None


def answered(pager: Pager, page: Page, url: str) -> Said | None:
    """What an answer says to it; ntfy knows no answers."""
    return _pagerduty(pager, page, url, "acknowledge") if pager.kind == PagerKind.PAGERDUTY else None


def trial(pager: Pager, url: str) -> Said:
    """A message that says only that it works."""
    page = Page(reason=Reason.INCIDENT, key="trial")
    if pager.kind == PagerKind.NTFY:
        said = _ntfy(pager, page, url)
        return Said(said.url, {**said.body, "message": _("This is only a trial."), "priority": 3}, said.headers)
    said = _pagerduty(pager, page, url, "trigger")
    payload = {"summary": _("This is only a trial."), "source": "firstline", "severity": "info"}
    return Said(said.url, {**said.body, "payload": payload}, said.headers)


def _pagerduty(pager: Pager, page: Page, url: str, act: str) -> Said:
    body: dict[str, object] = {
        "routing_key": secret_of(pager),
        "event_action": act,
        "dedup_key": f"firstline:{page.key}",
        "client": "Firstline",
        "client_url": url,
    }
    if act == "trigger":
        body["payload"] = {
            "summary": summary(page),
            "source": urlsplit(url).netloc,
            "severity": SEVERITY[Reason(page.reason)],
            "class": page.reason,
        }
    return Said(pager.address, body, {})


def _ntfy(pager: Pager, page: Page, url: str) -> Said:
    """Posted to the server's root, the topic in the body, as its JSON publishing wants it."""
    place = urlsplit(pager.address)
    base, _slash, topic = place.path.rstrip("/").rpartition("/")
    body = {
        "topic": topic,
        "title": "Firstline",
        "message": summary(page),
        "priority": MAX_PRIORITY,
        "tags": ["rotating_light"],
        "click": url,
    }
    token = secret_of(pager)
    return Said(f"{place.scheme}://{place.netloc}{base}/", body, {"Authorization": f"Bearer {token}"} if token else {})


def secret_of(pager: Pager) -> str:
    """Its routing key or token; "" without one."""
    return sealing.unseal(pager.ciphertext, pager.wrapped_key).decode() if pager.wrapped_key else ""


def send(said: Said) -> None:
    """Post it. Raises ChannelError when the service does not take it."""
    headers = {"Content-Type": "application/json", **said.headers}
    content = json.dumps(said.body).encode()
    try:
        answer = egress.fetch(
            said.url, method="POST", body=content, headers=headers, limit=64 * 1024, from_settings=True
        )
    except egress.EgressRefused as error:
        raise ChannelError(str(error), permanent=False) from error
    if answer.status not in range(200, 300):
        sentence = _("The service answered %(status)s.") % {"status": answer.status}
        raise ChannelError(sentence, permanent=answer.status in range(400, 429))
