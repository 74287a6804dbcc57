"""Mail services' webhooks, read by django-anymail: mails as raw MIME, and what became of ours as the report that a mail
server would have sent (RFC 3464, RFC 5965), so that there is one way for both.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import email.policy
import hashlib
import importlib
import io
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from firstline.channels.base import Envelope
from firstline.channels.email.services import SERVICES
from firstline.channels.port import Arrival, HookRefused, HookRequest

TRACKED = {
    "bounced": "failed",
    "rejected": "failed",
    "failed": "failed",
    "deferred": "delayed",
    "delivered": "delivered",
    "complained": "complained",
}
"""What a service calls it → the action of a delivery report. Opens and clicks are nobody's business: left out."""


def arrivals(request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
    """The mails and reports of one request. Raises HookRefused when it can't be believed or read."""
    name = settings.get("in_via", "")
    if name not in SERVICES or not settings.get("webhook_secret"):
        raise HookRefused(403, "This inbox takes no webhooks: choose its mail service and give the signing key.")
    events = _events(name, request, settings["webhook_secret"])
    return [arrival for event in events if (arrival := _arrival(name, event, request, settings)) is not None]


def _events(name: str, request: HookRequest, secret: str) -> list[Any]:
    """What anymail reads from the request: one of its two views knows the payload by its shape."""
    module = importlib.import_module(f"anymail.webhooks.{name}")
    refused = ""
    for kind in _kinds(name, request):
        view = _view(module, kind, name, secret)
        asked = _http_request(request)
        try:
            view.run_validators(asked)
            return list(view.parse_events(asked))
        except (AnymailWebhookValidationFailure, SuspiciousOperation) as error:
            raise HookRefused(403 if _shows_anything(request, name) else 401, type(error).__name__) from error
        except (AnymailError, ImproperlyConfigured, KeyError, ValueError, TypeError) as error:
            refused = type(error).__name__
    raise HookRefused(403, f"Not a payload of {SERVICES[name].label} ({refused}).")


def _kinds(name: str, request: HookRequest) -> tuple[str, ...]:
    """Which of the two views may read it, the likelier first; a form is always a mail."""
    if name == "amazon_ses":
        return ("Inbound", "Tracking")
    if request.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form-urlencoded")):
        return ("Inbound",)
    return ("Tracking", "Inbound") if name in ("mailgun", "sendgrid") else ("Inbound", "Tracking")


def _view(module: Any, kind: str, name: str, secret: str) -> Any:
    label = "".join(part.title() for part in name.split("_")) if name != "amazon_ses" else "AmazonSES"
    names = {one.lower(): one for one in dir(module)}
    view = getattr(module, names[f"{label}{kind}WebhookView".lower()])
    options: dict[str, Any] = (
        {SERVICES[name].signing: secret} if SERVICES[name].signing else {"webhook_secret": [secret]}
    )
    if name == "amazon_ses":
        options["auto_confirm_sns_subscriptions"] = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)  # SendGrid: works, but its makers do not test it
        return view(**options)


def _shows_anything(request: HookRequest, name: str) -> bool:
    return "authorization" in request.headers or bool(SERVICES[name].signing)


def _http_request(request: HookRequest) -> HttpRequest:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.url_scheme": "https",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()},
    }
    return WSGIRequest(environ)


def _arrival(name: str, event: Any, request: HookRequest, settings: Mapping[str, str]) -> Arrival | None:
    """One event as an item; None for what says nothing about delivery (opens, clicks, subscriptions)."""
    key = str(event.event_id or "") or hashlib.sha256(request.body).hexdigest()
    if event.event_type == "inbound":
        message = event.message
        raw = _raw_in(name, request) or message.as_bytes(policy=email.policy.SMTP)
        sent_to = tuple(filter(None, [str(message.envelope_recipient or "")]))
        envelope = Envelope(mail_from=str(message.envelope_sender or ""), rcpt_to=sent_to, event=f"{name}.inbound")
        return Arrival(raw, envelope, key)
    action = TRACKED.get(event.event_type, "")
    if not action:
        return None
    return Arrival(
        _report(event, action, settings.get("address", "")), Envelope(event=f"{name}.{event.event_type}"), key
    )


def _raw_in(name: str, request: HookRequest) -> bytes | None:
    """The mail byte for byte where the service passes it on: only then can its DKIM signature be checked."""
    with contextlib.suppress(ValueError, KeyError, TypeError, binascii.Error):
        if name == "postmark":
            raw = json.loads(request.body)["RawEmail"]
        elif name == "amazon_ses":
            notice = json.loads(json.loads(request.body)["Message"])
            encoded = notice["receipt"]["action"].get("encoding", "").upper() == "BASE64"
            return base64.b64decode(notice["content"]) if encoded else str(notice["content"]).encode()
        else:
            posted = _http_request(request).POST
            raw = posted.get({"mailgun": "body-mime", "sendgrid": "email"}[name])
        return str(raw).encode("utf-8", "surrogateescape") if raw else None
    return None


def _report(event: Any, action: str, address: str) -> bytes:
    """What happened to our mail, as a mail server says it."""
    ours = _plain((event.metadata or {}).get("message_id") or event.message_id).strip("<>")
    kind, subject = (
        ("feedback-report", "Complaint") if action == "complained" else ("delivery-status", f"Mail {action}")
    )
    fields = _feedback(event) if action == "complained" else _status(event, action)
    return _MULTIPART.format(
        domain=address.rpartition("@")[2] or "localhost",
        address=address,
        subject=subject,
        kind=kind,
        fields="\r\n".join(fields),
        answers=f"\r\nIn-Reply-To: <{ours}>" if ours and action in ("delivered", "complained") else "",
        returned=f"Message-ID: <{ours}>" if ours else "X-Original: unknown",
    ).encode()


_MULTIPART = """From: MAILER-DAEMON@{domain}\r
To: {address}\r
Subject: {subject}\r
Auto-Submitted: auto-generated{answers}\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type={kind}; boundary="firstline-report"\r
\r
--firstline-report\r
Content-Type: text/plain\r
\r
{subject}.\r
\r
--firstline-report\r
Content-Type: message/{kind}\r
\r
{fields}\r
\r
--firstline-report\r
Content-Type: text/rfc822-headers\r
\r
{returned}\r
\r
--firstline-report--\r
"""


def _status(event: Any, action: str) -> list[str]:
    code = {"failed": "5.0.0", "delayed": "4.0.0", "delivered": "2.0.0"}[action]
    said = _plain(event.mta_response or event.description)
    head = ["Reporting-MTA: dns; mail-service", "", f"Final-Recipient: rfc822; {_plain(event.recipient)}"]
    return [*head, f"Action: {action}", f"Status: {code}", *([f"Diagnostic-Code: smtp; {said}"] if said else [])]


def _feedback(event: Any) -> list[str]:
    recipient = f"Original-Rcpt-To: {_plain(event.recipient)}"
    return ["Feedback-Type: abuse", "User-Agent: mail service", "Version: 1", recipient]


def _plain(text: object) -> str:
    """One line of printable ASCII: it goes into a header."""
    return " ".join(str(text or "").encode("ascii", "replace").decode().split())[:400]
