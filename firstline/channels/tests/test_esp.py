"""Mail services: webhooks bring mails and delivery reports, APIs take mail; who can't prove itself is refused."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from firstline.channels.base import ChannelError, ParsedMessage
from firstline.channels.email import parse_here
from firstline.channels.email.channel import EmailChannel
from firstline.channels.port import Arrival, HookRefused, HookRequest
from firstline.channels.tests.test_outgoing import MESSAGE

RAW = (
    "From: Casey <casey@contact.example>\r\nTo: support@orbit.example\r\nSubject: 404 when I publish\r\n"
    "Message-ID: <m1@contact.example>\r\n\r\nnpm says 404.\r\n"
)
KEY = "signing-key"
OURS = "<s12.a8f3@desk.example.net>"
BASIC = "Basic " + base64.b64encode(b"desk:secret").decode()
CHANNEL = EmailChannel()


def mailgun_signature(token: str = "t" * 50) -> dict[str, str]:
    digest = hmac.new(KEY.encode(), f"1700000000{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": "1700000000", "token": token, "signature": digest}


def posted(fields: dict[str, str], **headers: str) -> HookRequest:
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    return HookRequest(form, urlencode(fields).encode())


def sent(body: dict[str, Any] | list[Any], **headers: str) -> HookRequest:
    return HookRequest({"content-type": "application/json", **headers}, json.dumps(body).encode())


def opened(service: str, request: HookRequest, secret: str = "") -> list[Arrival]:
    settings = {"in_via": service, "webhook_secret": secret or "desk:secret", "address": "support@orbit.example"}
    return list(CHANNEL.open_hook(request, settings))


def read(arrival: Arrival) -> ParsedMessage:
    return parse_here(arrival.raw, arrival.envelope)


def mailgun_mail(**changed: str) -> HookRequest:
    fields = {"body-mime": RAW, "recipient": "support@orbit.example", "sender": "casey@contact.example"}
    return posted({**fields, **mailgun_signature(), **changed})


def ses(message: dict[str, Any]) -> HookRequest:
    notice = {"Type": "Notification", "MessageId": "n1", "TopicArn": "arn:aws:sns:x", "Message": json.dumps(message)}
    headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": "n1"}
    body = json.dumps({**notice, "Timestamp": "2026-11-24T10:00:00.000Z"}).encode()
    return HookRequest({"content-type": "text/plain", "authorization": BASIC, **headers}, body)


SES_MAIL = {
    "notificationType": "Received",
    "mail": {"messageId": "s1", "source": "casey@contact.example", "timestamp": "2026-11-24T10:00:00.000Z"},
    "receipt": {"recipients": ["support@orbit.example"], "action": {"type": "SNS", "encoding": "BASE64"}},
    "content": base64.b64encode(RAW.encode()).decode(),
}
POSTMARK_MAIL = {
    "MessageID": "p1",
    "RawEmail": RAW,
    "OriginalRecipient": "support@orbit.example",
    "Headers": [{"Name": "Return-Path", "Value": "<casey@contact.example>"}],
}
MAILS = {
    "mailgun": (mailgun_mail(), KEY),
    "postmark": (sent(POSTMARK_MAIL, authorization=BASIC), ""),
    "sendgrid": (
        posted(
            {
                "email": RAW,
                "envelope": json.dumps({"to": ["support@orbit.example"], "from": "casey@contact.example"}),
                "charsets": "{}",
            },
            authorization=BASIC,
        ),
        "",
    ),
    "amazon_ses": (ses(SES_MAIL), ""),
}


@pytest.mark.parametrize("service", sorted(MAILS))
def test_a_mail_comes_byte_for_byte_with_its_envelope(service: str) -> None:
    request, secret = MAILS[service]
    (arrival,) = opened(service, request, secret)
    assert arrival.raw == RAW.encode()
    assert arrival.envelope.rcpt_to == ("support@orbit.example",)
    assert arrival.envelope.mail_from == "casey@contact.example"
    assert arrival.key
    assert read(arrival).subject == "404 when I publish"


MAILGUN_EVENT: dict[str, Any] = {
    "id": "e1",
    "timestamp": 1700000000.0,
    "recipient": "casey@contact.example",
    "message": {"headers": {"message-id": OURS.strip("<>")}},
    "user-variables": {"message_id": OURS},
}


def mailgun_event(**event: Any) -> HookRequest:
    return sent({"signature": mailgun_signature(), "event-data": {**MAILGUN_EVENT, **event}})


POSTMARK_BOUNCE = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "TypeCode": 1,
    "ID": 7,
    "MessageID": "p2",
    "Email": "casey@contact.example",
    "BouncedAt": "2026-11-24T10:00:00Z",
    "Details": "550 no such mailbox",
    "Metadata": {"message_id": OURS},
}
SENDGRID_BOUNCE = [
    {
        "event": "bounce",
        "email": "casey@contact.example",
        "timestamp": 1700000000,
        "sg_event_id": "g1",
        "reason": "550 no such mailbox",
        "status": "5.1.1",
        "message_id": OURS,
    }
]
SES_BOUNCE = {
    "notificationType": "Bounce",
    "mail": {
        "messageId": "s2",
        "timestamp": "2026-11-24T10:00:00.000Z",
        "headers": [{"name": "X-Metadata", "value": json.dumps({"message_id": OURS})}],
        "destination": ["casey@contact.example"],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "feedbackId": "f1",
        "timestamp": "2026-11-24T10:00:00.000Z",
        "bouncedRecipients": [{"emailAddress": "casey@contact.example", "diagnosticCode": "smtp; 550 no such mailbox"}],
    },
}
BOUNCES = {
    "mailgun": (mailgun_event(event="failed", severity="permanent", reason="bounce"), KEY),
    "postmark": (sent(POSTMARK_BOUNCE, authorization=BASIC), ""),
    "sendgrid": (sent(SENDGRID_BOUNCE, authorization=BASIC), ""),
    "amazon_ses": (ses(SES_BOUNCE), ""),
}


@pytest.mark.parametrize("service", sorted(BOUNCES))
def test_a_bounce_reads_as_the_report_of_a_mail_server(service: str) -> None:
    request, secret = BOUNCES[service]
    (arrival,) = opened(service, request, secret)
    parsed = read(arrival)
    assert parsed.kind == "bounce"
    assert parsed.bounce is not None
    assert parsed.bounce.permanent
    assert parsed.bounce.recipient == "casey@contact.example"
    assert parsed.bounce.original_message_id == OURS
    assert parsed.sender is not None


def test_other_events() -> None:
    (complaint,) = opened("mailgun", mailgun_event(event="complained"), KEY)
    assert (read(complaint).kind, read(complaint).in_reply_to) == ("complaint", OURS)
    (delivered,) = opened("mailgun", mailgun_event(event="delivered"), KEY)
    assert (delivered.envelope.event, read(delivered).in_reply_to) == ("mailgun.delivered", OURS)
    (late,) = opened("mailgun", mailgun_event(event="failed", severity="temporary"), KEY)
    bounce = read(late).bounce
    assert bounce is not None
    assert not bounce.permanent
    for watching in ("opened", "clicked"):
        assert opened("mailgun", mailgun_event(event=watching), KEY) == []


@pytest.mark.parametrize(
    ("service", "request_", "secret", "status"),
    [
        ("mailgun", mailgun_mail(signature="0" * 64), KEY, 403),
        ("mailgun", mailgun_mail(), "another key", 403),
        ("postmark", sent(POSTMARK_MAIL), "", 401),
        ("postmark", sent(POSTMARK_MAIL, authorization="Basic eDp5"), "", 403),
        ("postmark", HookRequest({"authorization": BASIC}, b"\xff not json"), "", 403),
        ("sendgrid", posted({"email": RAW}), "", 401),
        ("amazon_ses", HookRequest({}, ses(SES_MAIL).body), "", 401),
        ("imap", mailgun_mail(), KEY, 403),
    ],
)
def test_who_proves_nothing_is_refused(service: str, request_: HookRequest, secret: str, status: int) -> None:
    with pytest.raises(HookRefused) as caught:
        opened(service, request_, secret)
    assert caught.value.status == status


@contextmanager
def service(status: int, answer: dict[str, Any] | list[Any]) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A mail service's API: what it was sent, path and body."""
    taken: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Message-ID", "x1")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


POSTMARK_OK = {"ErrorCode": 0, "Message": "OK", "MessageID": "p3", "To": "casey@example.org", "SubmittedAt": "x"}


def test_a_mail_leaves_by_a_service_with_its_threading_and_no_tracking() -> None:
    with service(200, POSTMARK_OK) as (url, taken):
        settings = {"out_via": "postmark", "out_server": url, "out_secret": "key"}
        assert CHANNEL.send(MESSAGE, settings) == MESSAGE.message_id
    ((path, body),) = taken
    told = json.loads(body)
    headers = {one["Name"]: one["Value"] for one in told["Headers"]}
    assert path == "/email"
    assert told["To"] == "Casey Doe <casey@example.org>"
    assert told["ReplyTo"] == "support+tok123@desk.example.net"
    assert headers["Message-ID"] == MESSAGE.message_id
    assert headers["In-Reply-To"] == "<m1@example.org>"
    assert told["Metadata"] == {"message_id": MESSAGE.message_id}
    assert (told["TrackOpens"], told["TrackLinks"]) == (False, "None")
    assert told["HtmlBody"] == MESSAGE.html
    assert told["Attachments"][0]["ContentType"].startswith("text/plain")


@pytest.mark.parametrize(("status", "permanent"), [(422, True), (401, False), (429, False), (500, False)])
def test_how_a_service_refuses(status: int, permanent: bool) -> None:
    with service(status, {"ErrorCode": 1, "Message": "no"}) as (url, _taken), pytest.raises(ChannelError) as caught:
        CHANNEL.send(MESSAGE, {"out_via": "postmark", "out_server": url, "out_secret": "s3crit"})
    assert caught.value.permanent is permanent
    assert "s3crit" not in caught.value.sentence


def test_a_service_that_is_away() -> None:
    with pytest.raises(ChannelError) as caught:
        CHANNEL.send(MESSAGE, {"out_via": "postmark", "out_server": "http://127.0.0.1:1/", "out_secret": "k"})
    assert not caught.value.permanent
    assert not caught.value.unclear
