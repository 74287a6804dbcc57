"""The letters: what happened, in a line each, and where to look. No word of a contact is in them (W-02)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import tokens
from firstline.inboxes.models import Inbox
from firstline.notifications import queries, rules
from firstline.notifications.models import Notification, Why
from firstline.notifications.queries import Day

PURPOSE = "note"


def soon(user: User, told: Sequence[Notification]) -> EmailMessage:
    """What a person missed in one conversation; answering it makes a note."""
    conversation = told[-1].conversation
    names = queries.actor_names(told)
    lines = [f"- {said(one, names[one.pk])}" for one in told]
    lines += ["", address_of(conversation), ""]
    lines += [_("Answer this mail to add a note that only your team reads.")]
    if user.can("conversations.reply"):
        lines += [_("Begin it with a line that says %(send)s to answer the contact instead.") % {"send": rules.SEND}]
    subject = said(told[-1], names[told[-1].pk])
    return _letter(user, f"{subject}: {title(conversation)}", lines, reply_to=note_address(conversation, user))


def digest(user: User, told: Sequence[Notification], day: Day) -> EmailMessage:
    """The morning letter: the day in numbers, then what happened."""
    names = queries.actor_names(told)
    lines = [_("Good morning, %(name)s.") % {"name": user.first_name}, "", *_numbers(day), ""]
    for one in told:
        lines += [f"- {said(one, names[one.pk])}: {title(one.conversation)}", f"  {address_of(one.conversation)}"]
    lines += ["", settings.BASE_URL + reverse("conversations:list", args=["mine"])]
    count = len(told)
    words = ngettext("Your morning: %(n)d thing since yesterday", "Your morning: %(n)d things since yesterday", count)
    return _letter(user, words % {"n": count}, lines)


def said(one: Notification, who: str) -> str:
    """One piece of news as a sentence without its conversation's title."""
    named = {"who": who or _("Firstline"), "number": f"#{one.conversation_id}"}
    words = {
        Why.ASSIGNED: _("%(who)s gave you %(number)s"),
        Why.MENTIONED: _("%(who)s called you in %(number)s"),
        Why.ANSWERED: _("%(who)s wrote in %(number)s"),
        Why.NOTED: _("%(who)s added a note to %(number)s"),
        Why.FAILED: _("A message did not arrive in %(number)s"),
        Why.DUE: _("An answer is due within the hour in %(number)s"),
        Why.MISSED: _("An answer is overdue in %(number)s"),
        Why.EYES: _("%(who)s asks for eyes on a draft in %(number)s"),
        Why.SEEN: _("%(who)s looked at your draft in %(number)s"),
        Why.INCIDENT: _("Several people report the same trouble, the last in %(number)s"),
        Why.UPDATE_DUE: _("The public is to hear more of the incident with %(number)s"),
    }
    return words[Why(one.why)] % named


def title(conversation: Conversation) -> str:
    """Its title, which says nothing of what is covered; none for a sealed one."""
    return _("a sealed conversation") if conversation.sealed else conversation.title


def address_of(conversation: Conversation) -> str:
    """Where to look."""
    return settings.BASE_URL + reverse("conversations:permalink", args=[conversation.pk])


def note_address(conversation: Conversation, user: User) -> str:
    """`support+<token>@…`: the token names the conversation and who may answer, signed."""
    inbox = conversation.inbox
    if inbox.channel != "email":
        inbox = Inbox.objects.filter(channel="email", is_active=True).order_by("pk").first() or inbox
    local, _at, domain = (inbox.address if inbox.channel == "email" else settings.SUPPORT_ADDRESS).rpartition("@")
    return f"{local}+{tokens.make(PURPOSE, [conversation.pk, user.pk])}@{domain}"


def local(moment: datetime, zone: str) -> datetime:
    """The moment as a clock in that zone shows it."""
    return moment.astimezone(ZoneInfo(zone))


def _numbers(day: Day) -> list[str]:
    lines = [
        (day.ours, ngettext("%(n)d conversation waits for you.", "%(n)d conversations wait for you.", day.ours)),
        (day.late, ngettext("%(n)d answer is overdue.", "%(n)d answers are overdue.", day.late)),
        (day.due, ngettext("%(n)d more is due today.", "%(n)d more are due today.", day.due)),
        (day.promised, ngettext("%(n)d promise falls due today.", "%(n)d promises fall due today.", day.promised)),
    ]
    return [words % {"n": count} for count, words in lines if count] or [_("Nobody waits for you.")]


def _letter(user: User, subject: str, lines: Sequence[str], reply_to: str = "") -> EmailMessage:
    text = "\n".join(lines) + "\n"
    one_line = " ".join(subject.split())
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office may answer it
    return EmailMessage(
        one_line,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
