"""Letters to engineers: a brief that can be answered by replying. No name and no address of a contact is in them."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core import tokens
from firstline.escalations.models import HelpRequest
from firstline.inboxes.models import Inbox

PURPOSE = "help"
"""What a reply address's token is for: request and engineer."""


def brief(request: HelpRequest, token: str) -> EmailMessage:
    """What is asked, what is known, and how to answer."""
    subject = _("%(who)s asks: %(title)s") % {"who": request.asked_by.first_name, "title": title(request)}
    return _letter(request, subject, [*_brief_lines(request), *_ways(token)])


def nudge(request: HelpRequest, token: str) -> EmailMessage:
    """A reminder that leaves a door open."""
    subject = _("A word about this? %(title)s") % {"title": title(request)}
    lines = [
        _("Hello %(name)s,") % {"name": request.engineer.first_name},
        "",
        _("somebody is still waiting for this. “I don’t know” or “ask somebody else” helps as well."),
        "",
        *_brief_lines(request),
        *_ways(token),
    ]
    return _letter(request, subject, lines)


def title(request: HelpRequest) -> str:
    """The first line of what is asked."""
    first = request.summary.strip().splitlines()[0]
    return first if len(first) <= 90 else f"{first[:89].rstrip()}…"


def reply_address(request: HelpRequest) -> str:
    """`support+<token>@…`: the token names the request and whom it was put to, signed."""
    inbox = request.conversation.inbox
    if inbox.channel != "email":
        inbox = Inbox.objects.filter(channel="email", is_active=True).order_by("pk").first() or inbox
    local, _at, domain = (inbox.address if inbox.channel == "email" else settings.SUPPORT_ADDRESS).rpartition("@")
    return f"{local}+{tokens.make(PURPOSE, [request.pk, request.engineer_id])}@{domain}"


def _brief_lines(request: HelpRequest) -> Iterator[str]:
    yield f"{request.get_kind_display()}. {_('Wanted by')} {request.wanted_by:%Y-%m-%d %H:%M} UTC."
    if request.reasons:
        yield _("Why you: %(reasons)s.") % {"reasons": "; ".join(request.reasons)}
    yield ""
    yield request.summary
    parts = (
        (_("What was tried"), request.tried),
        (_("What it looks like"), request.diagnosis),
        (_("Facts"), "\n".join(f"- {name}: {value}" for name, value in request.facts)),
        (_("Whom it hits"), request.impact),
    )
    for name, words in parts:
        if words:
            yield ""
            yield f"{name}:"
            yield words


def _ways(token: str) -> list[str]:
    return [
        "",
        "-- ",
        _("Answer by replying to this mail, or here, once and without an account:"),
        settings.BASE_URL + reverse("escalations:answer", args=[token]),
        _("Your words go to the team. The contact gets what the team makes of them, never your name."),
        _("Begin with /refuse and a reason, or with /pass and an address, if somebody else knows better."),
        "",
    ]


def _letter(request: HelpRequest, subject: str, lines: list[str]) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office may answer it
    return EmailMessage(
        " ".join(subject.split()),
        "\n".join(lines),
        settings.DEFAULT_FROM_EMAIL,
        [request.engineer.email],
        reply_to=[reply_address(request)],
        headers=headers,
    )
