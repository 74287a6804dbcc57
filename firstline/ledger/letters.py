"""What the ledger says to people by mail, and how it words a gap."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.ledger.models import Check
from firstline.ledger.rules import Gap

NAMED = 5


def tell_of_gaps(check: Check) -> None:
    """One letter to each admin: every gap on a line, and every source that did not answer. Raises ChannelError."""
    count = len(check.gaps)
    subject = ngettext("The ledger has a gap", "The ledger has %(n)d gaps", count) % {"n": count}
    if not count:
        subject = _("The ledger could not be checked against every source")
    lines = [_("Not everything that arrived is accounted for:"), ""] if count else []
    lines += [f"- {said(Gap(**gap))}{_named(gap['ids'])}" for gap in check.gaps]
    lines += ["", _("These could not be asked what they have:"), ""] if check.unreached else []
    lines += [f"- {one['inbox']}: {one['unreached']}" for one in check.unreached]
    _tell(Role.ADMIN, subject, lines, "ledger:page")


def remind(unread: int) -> None:
    """One letter to each lead while a sample waits to be read. Raises ChannelError."""
    facts = {"n": unread}
    subject = ngettext("%(n)d left-out item to look at", "%(n)d left-out items to look at", unread) % facts
    lines = [
        _("Rules and the spam filter keep things out. A random few of them wait for somebody to say whether that was"),
        _("right. What was left out wrongly goes in with one click."),
    ]
    _tell(Role.LEAD, subject, lines, "ledger:sample")


def _tell(role: Role, subject: str, lines: Iterable[str], place: str) -> None:
    text = "\n".join([*lines, "", settings.BASE_URL + reverse(place), ""])
    for person in User.objects.filter(is_active=True, roles__contains=[role.value]).order_by("pk"):
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])


def _named(ids: list[str]) -> str:
    shown = ", ".join(ids[:NAMED])
    return f" ({shown}{', …' if len(ids) > NAMED else ''})" if ids else ""


def said(gap: Gap) -> str:
    """One gap in words."""
    facts = {"n": abs(gap.count), "inbox": gap.inbox, "day": gap.day}
    if gap.kind == "missing" and gap.count < 0:
        return _("%(inbox)s, %(day)s: %(n)d more than the door remembers to have taken") % facts
    if gap.healed:
        return _("%(inbox)s: %(n)d that its own list has and the desk had missed; taken in by the check") % facts
    return _SAID[gap.kind]() % facts


_SAID = {
    "missing": lambda: _("%(inbox)s, %(day)s: %(n)d taken, and nothing says what became of it"),
    "late": lambda: _("%(inbox)s: %(n)d waiting to be read for more than 15 minutes"),
    "not_taken": lambda: _("%(inbox)s: %(n)d that its own list has and the desk never took"),
    "lost": lambda: _("%(inbox)s: %(n)d that the sender was told we keep, and that are gone from the database"),
    "unawaited": lambda: _("Conversations that are our turn and that nobody waits for: %(n)d"),
    "asleep": lambda: _("Conversations that sleep without a moment at which they come back: %(n)d"),
    "unreasoned": lambda: _("Conversations that were resolved without a reason: %(n)d"),
    "unanswered": lambda: _("Conversations that count as answered and that nobody answered: %(n)d"),
}
