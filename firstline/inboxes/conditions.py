"""What the pages about one inbox show: its state, and what DNS says of its domain."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.email import accounts, dnscheck, services, signing
from firstline.channels.port import Channel
from firstline.core import environment
from firstline.inboxes.models import ForwardCode, Grant, Inbox, Mailbox, RoundTrip


@dataclass(frozen=True, slots=True)
class Condition:
    """How an inbox does. `in_via` and `out_via` are the ways; the rest is None where there is none."""

    inbox: Inbox
    in_via: str
    out_via: str
    mailbox: Mailbox | None
    grant: Grant | None
    trip: RoundTrip | None
    codes: list[ForwardCode]

    @property
    def is_fetched(self) -> bool:
        """Whether the desk reads a mailbox, or asks a network, itself."""
        return self.in_via in accounts.FETCHED or self.pace > 0

    @property
    def is_network(self) -> bool:
        """Whether it is an account at a network that says who we are there."""
        return type(registry.get(self.inbox.channel)).check is not Channel.check

    @property
    def pace(self) -> int:
        """How many seconds lie between two looks at a network, 0 for none."""
        return registry.get(self.inbox.channel).pace(self.inbox.shown_settings())

    @property
    def needs_consent(self) -> bool:
        """Whether somebody has to allow access in the browser, for the first time or again."""
        asks = registry.get(self.inbox.channel).consents(self.inbox.shown_settings())
        return asks and (self.grant is None or self.grant.dead_since is not None)

    @property
    def is_hooked(self) -> bool:
        """Whether a mail service brings the mail."""
        return self.in_via in services.SERVICES

    @property
    def keeps_mail(self) -> bool:
        """Whether answers are kept here, for want of a way out."""
        return self.inbox.channel == "email" and not self.out_via and not settings.OUTGOING_SMTP

    @property
    def can_test(self) -> bool:
        """Whether a test mail could go out and come back."""
        return not self.keeps_mail and self.state not in ("off", "consent", "failing")

    @property
    def state(self) -> str:
        """One word: off, consent, failing, listening, connecting, open, untested."""
        if not self.inbox.is_active:
            return "off"
        if self.needs_consent:
            return "consent"
        if self.mailbox is not None and self.mailbox.failing_since is not None:
            return "failing"
        if self.is_fetched and (self.mailbox is None or self.mailbox.connected_at is None):
            return "connecting"
        return "open" if self.inbox.opened_at or self.inbox.channel != "email" else "untested"


def all_inboxes() -> QuerySet[Inbox]:
    """Every inbox with its mailbox, grant and teams, by name."""
    return Inbox.objects.select_related("mailbox", "grant").prefetch_related("teams").order_by("name")


def condition(inbox: Inbox) -> Condition:
    """How this inbox does now."""
    shown = inbox.shown_settings()
    return Condition(
        inbox,
        shown.get("in_via", ""),
        shown.get("out_via", ""),
        getattr(inbox, "mailbox", None),
        getattr(inbox, "grant", None),
        inbox.round_trips.order_by("-pk").first(),
        list(inbox.forward_codes.order_by("-pk")[:3]),
    )


def shares_sign_in_domain(inbox: Inbox) -> bool:
    """Whether people of the desk have addresses at the inbox's domain. Services that let in whoever can read mail at a
    company's domain could then be joined through this inbox (S-07, the ticket trick).
    """
    domain = inbox.address.rpartition("@")[2]
    people = User.objects.filter(is_active=True, email__iendswith=f"@{domain}").exclude(email__iexact=inbox.address)
    return bool(domain) and domain != "localhost" and people.exists()


def dns_records(inbox: Inbox) -> list[dnscheck.Record]:
    """What DNS says of the inbox's domain; slow, for it asks the network."""
    options = inbox.open_settings()
    via = options.get("out_via", "")
    selector, key = options.get("dkim_selector", ""), options.get("dkim_key", "")
    sender = dnscheck.Sender(
        domain=inbox.address.rpartition("@")[2],
        service=options.get("in_via", "") if via == "mailbox" else via,
        selector=selector if key else "",
        public=signing.record(key) if selector and key else "",
        hostname=environment.text("FIRSTLINE_SMTP_HOSTNAME"),
    )
    resolver = import_string(settings.DNS_RESOLVER)() if settings.DNS_RESOLVER else None
    return dnscheck.check(sender, resolver)
