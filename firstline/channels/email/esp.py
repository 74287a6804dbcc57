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
from email.message import EmailMessage
from typing import Any

from anymail.exceptions import AnymailError, AnymailInsecureWebhookWarning, AnymailWebhookValidationFailure
from django.core.exceptions import SuspiciousOperation
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
        except (AnymailError, KeyError, ValueError, TypeError) as error:
            refused = type(error).__name__
    raise HookRefused(403, f"Not a payload of {SERVICES[name].label} ({refused}).")


def _kinds(name: str, request: HookRequest) -> tuple[str, ...]:
    """Which of the two views may read it: multipart and form bodies are mails, but for Mailgun's and SES's JSON."""
    if name == "amazon_ses":
        return ("Inbound", "Tracking") if b'\\"notificationType\\":\\"Received' in request.body else ("Tracking",)
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
    ours = str((event.metadata or {}).get("message_id", "") or event.message_id or "")
    if action == "complained":
        return _assembled("feedback-report", address, _feedback(event), ours, "Complaint about a mail of ours")
    status = {"failed": "5.0.0", "delayed": "4.0.0", "delivered": "2.0.0"}[action]
    subject = {"failed": "Undelivered mail", "delayed": "Delayed mail", "delivered": "Delivered mail"}[action]
    said = " ".join(str(event.mta_response or event.description or "").split())[:300]
    fields = f"Reporting-MTA: dns; mail-service\r\n\r\nFinal-Recipient: rfc822; {_plain(event.recipient)}\r\n"
    fields += f"Action: {action}\r\nStatus: {status}\r\n" + (
        f"Diagnostic-Code: smtp; {_plain(said)}\r\n" if said else ""
    )
    return _assembled("delivery-status", address, fields, ours, subject)


def _feedback(event: Any) -> str:
    return (
        "Feedback-Type: abuse\r\nUser-Agent: mail service\r\nVersion: 1\r\n"
        f"Original-Rcpt-To: {_plain(event.recipient)}\r\n"
    )


def _assembled(kind: str, address: str, fields: str, ours: str, subject: str) -> bytes:
    report = EmailMessage(policy=email.policy.SMTP)
    report["From"] = f"MAILER-DAEMON@{address.rpartition('@')[2] or 'localhost'}"
    report["To"], report["Subject"], report["Auto-Submitted"] = address, subject, "auto-generated"
    report.set_content(f"{subject}.\n")
    report.make_mixed()
    report.set_type("multipart/report")
    report.set_param("report-type", kind)
    part = EmailMessage(policy=email.policy.SMTP)
    part.set_content(fields.replace("\r\n", "\n"))
    part.set_type(f"message/{kind}")
    returned = EmailMessage(policy=email.policy.SMTP)
    returned.set_content(f"Message-ID: {_as_id(ours)}\n" if ours else "\n")
    returned.set_type("text/rfc822-headers")
    for one in (part, returned):
        del one["Content-Transfer-Encoding"]
        del one["MIME-Version"]
        report.attach(one)
    return report.as_bytes()


def _as_id(text: str) -> str:
    return f"<{_plain(text).strip('<>')}>"


def _plain(text: object) -> str:
    return " ".join(str(text or "").split())[:400]
