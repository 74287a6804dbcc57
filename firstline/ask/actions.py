"""Every write of the public form: taking a question in, asking an address for proof, and believing it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from firstline.ask import queries, rules
from firstline.ask.models import AddressLink, Purpose
from firstline.channels.base import Envelope
from firstline.channels.web.asked import Asked
from firstline.contacts.models import ContactIdentity
from firstline.contacts.rules import MAIL_LINK
from firstline.conversations.actions import people
from firstline.conversations.models import Message
from firstline.core import clock, tokens
from firstline.inboxes.actions import refuse_stopped
from firstline.inboxes.actions.stopping import NotWanted, not_me_link
from firstline.inboxes.models import Inbox
from firstline.intake.actions import Accepted, Offered, accept_many


class TooMany(Exception):
    """This address has asked so much within the hour that it looks like a flood."""


class LinkRefused(Exception):
    """The link was used, is over, belongs to another browser, or never was one."""


def ask(inbox: Inbox, question: Asked, *, stamp: str, peer: str) -> Accepted:
    """Take a question in for good; the same stamp is the same question. Raises TooMany, and OperationalError when the
    database is away.
    """
    since = clock.now() - rules.ADDRESS_WINDOW
    key = question.email.lower()
    asked = Message.objects.filter(author_identity__channel="web", author_identity__key=key, created_at__gt=since)
    if asked.count() >= rules.MOST_AN_ADDRESS:
        raise TooMany
    raw = question.to_json(stamp)
    return accept_many([Offered(inbox.pk, raw, Envelope(peer_ip=peer, event="form"), f"stamp:{stamp}")])[0]


def confirm_address(identity: ContactIdentity) -> AddressLink | None:
    """Send the plain letter that asks whether the address is theirs, if every limit lets it go (S-11); None else.

    Raises ChannelError when the way out is shut: nothing is kept then.
    """
    if identity.channel != "web" or identity.evidence.filter(kind=MAIL_LINK).exists():
        return None
    with transaction.atomic():
        token = _new_link(identity, Purpose.CONFIRM, rules.CONFIRM_WITHIN, within_limits=True)
        if token is None:
            return None
        link = AddressLink.objects.get(digest=tokens.digest(token))
        url = settings.BASE_URL + reverse("ask:confirm", args=[token])
        with override(identity.contact.language or settings.LANGUAGE_CODE):
            _send(
                identity,
                _("Is this your address?"),
                _(
                    "Somebody, probably you, gave this address when they asked %(desk)s something. Follow this link "
                    "within a day, so that we know that it is yours:"
                ),
                url,
            )
    return link


def send_look_link(address: str, *, browser: str) -> None:
    """Send a link to somebody's own questions, good for this browser and a quarter of an hour (S-09). An address that
    never asked anything gets nothing, and nobody learns which it was.
    """
    identity = queries.by_address(address)
    if identity is None:
        return
    with transaction.atomic():
        token = _new_link(identity, Purpose.LOOK, rules.LOOK_WITHIN, browser=browser, within_limits=False)
        if token is None:
            return
        url = settings.BASE_URL + reverse("ask:look", args=[token])
        with override(identity.contact.language or settings.LANGUAGE_CODE):
            _send(
                identity,
                _("Your questions"),
                _("This link shows what you asked %(desk)s. It works once, within 15 minutes, in your browser:"),
                url,
            )


def find_link(token: str, purpose: Purpose, *, browser: str = "") -> AddressLink:
    """A link that is still good. Raises LinkRefused."""
    good = AddressLink.objects.filter(digest=tokens.digest(token), purpose=purpose, used_at=None)
    found = good.filter(expires_at__gt=clock.now()).select_related("identity").first()
    if found is None or (found.browser and found.browser != tokens.digest(browser)):
        raise LinkRefused
    return found


@transaction.atomic
def use_link(token: str, purpose: Purpose, *, browser: str = "") -> ContactIdentity:
    """Use a link up: its address is proved. Returns the identity that writes from it. Raises LinkRefused."""
    link = find_link(token, purpose, browser=browser)
    if not AddressLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.now()):
        raise LinkRefused
    claimed = ContactIdentity.objects.filter(channel="web", key=link.identity.key).first()
    return people.prove(claimed, evidence=MAIL_LINK) if claimed is not None else link.identity


def forget_links(now: datetime) -> int:
    """Drop the links that no limit asks about any more; how many."""
    return AddressLink.objects.filter(made_at__lt=now - timedelta(days=8)).delete()[0]


def _new_link(
    identity: ContactIdentity, purpose: Purpose, lasts: timedelta, *, browser: str = "", within_limits: bool
) -> str | None:
    """A token whose digest is kept; None when the address gets no more letters now. Senders stand in line."""
    now = clock.now()
    ContactIdentity.objects.select_for_update().get(pk=identity.pk)
    known = AddressLink.objects.filter(purpose=purpose, made_at__gt=now - rules.LETTER_PAUSE)
    theirs = known.filter(identity__key=identity.key)
    if within_limits and (theirs.exists() or _is_crowded(identity, now)):
        return None
    if not within_limits and theirs.filter(made_at__gt=now - timedelta(minutes=1)).exists():
        return None
    token = tokens.random_token()
    AddressLink.objects.create(
        identity=identity,
        purpose=purpose,
        digest=tokens.digest(token),
        browser=tokens.digest(browser) if browser else "",
        made_at=now,
        expires_at=now + lasts,
    )
    return token


def _is_crowded(identity: ContactIdentity, now: datetime) -> bool:
    """Three letters to the domain within a minute, or an hour five times as busy as usual: the breaker is open."""
    made = AddressLink.objects.filter(purpose=Purpose.CONFIRM)
    domain = identity.key.rpartition("@")[2]
    recent = made.filter(made_at__gt=now - rules.DOMAIN_WINDOW, identity__key__endswith=f"@{domain}")
    if recent.count() >= rules.LETTERS_A_DOMAIN:
        return True
    week = made.filter(Q(made_at__gt=now - timedelta(days=7))).count() / (7 * 24)
    this_hour = made.filter(made_at__gt=now - timedelta(hours=1)).count()
    return this_hour >= rules.BREAKER * max(week, rules.FEWEST_USUAL)


def _send(identity: ContactIdentity, subject: str, lead: str, url: str) -> None:
    """A letter without a word that its reader wrote (S-10), with the way to end all letters (S-13)."""
    try:
        refuse_stopped([identity.address])
    except NotWanted:
        return
    way_out = _("Was it not you? This ends all mail to this address: %(link)s") % {
        "link": not_me_link(identity.address)
    }
    text = f"{lead % {'desk': settings.DESK_NAME}}\n\n{url}\n\n{way_out}\n"
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [identity.address], headers=headers).send()
