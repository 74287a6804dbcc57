"""How far a fresh desk has come. What lies above inboxes is known by its events."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from firstline.accounts.models import User
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.models import Inbox

EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  # what "all interfaces" looks like; nothing is bound here


@dataclass(frozen=True, slots=True)
class Progress:
    """The first-run page's steps: what is done already."""

    has_password: bool
    conversation_id: int | None
    articles: int
    people: int
    outgoing: str

    @property
    def done(self) -> dict[str, bool]:
        """Each step's name, in order, and whether it is done."""
        return {
            "you": self.has_password,
            "mail": self.conversation_id is not None,
            "articles": self.articles > 0,
            "people": self.people > 1,
            "outgoing": bool(self.outgoing),
        }


def progress(user: User) -> Progress:
    """Where the desk stands for this person."""
    return Progress(
        has_password=user.has_usable_password(),
        conversation_id=first_conversation(),
        articles=Event.objects.filter(kind=Kind.ARTICLE_PUBLISHED).values("subject_id").distinct().count(),
        people=User.objects.filter(is_active=True).count(),
        outgoing=urlsplit(settings.OUTGOING_SMTP).hostname or _own_way_out(),
    )


def _own_way_out() -> str:
    """How the desk's first email inbox sends by itself, '' when it does not."""
    inbox = Inbox.objects.filter(channel="email", is_active=True).order_by("pk").first()
    return inbox.shown_settings().get("out_via", "") if inbox else ""


def first_conversation() -> int | None:
    """Id of the first conversation that came in, if there is one."""
    events = Event.objects.filter(kind=Kind.CONVERSATION_CREATED).order_by("id")
    return events.values_list("conversation_id", flat=True).first()


def mail_address() -> str:
    """The address of the desk's first email inbox."""
    inbox = Inbox.objects.filter(channel="email", is_active=True).order_by("pk").first()
    return inbox.address if inbox else settings.SUPPORT_ADDRESS


def smtp_host() -> str:
    """The host at which this machine reaches the SMTP listener."""
    return "127.0.0.1" if settings.SMTP_HOST in EVERYWHERE else settings.SMTP_HOST
