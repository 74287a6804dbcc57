"""Letters to the admins about inboxes: what changed, what broke, and where to look."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.models import Inbox


def tell_admins(event: Event) -> None:
    """One letter to each admin. Raises ChannelError when the way out is shut."""
    inbox = Inbox.objects.filter(pk=event.inbox_id).first() if event.inbox_id is not None else None
    if inbox is None:
        return
    subject, text = _words(event, inbox)
    link = settings.BASE_URL + reverse("inboxes:inbox", args=[inbox.name])
    admins = User.objects.filter(is_active=True, roles__contains=[Role.ADMIN.value]).order_by("pk")
    for admin in admins:
        send_mail(subject, f"{text}\n\n{link}\n", settings.DEFAULT_FROM_EMAIL, [admin.email])


def _words(event: Event, inbox: Inbox) -> tuple[str, str]:
    named = {"inbox": inbox.name, "address": inbox.address}
    if event.kind == Kind.GRANT_DIED:
        return (
            _("Mail of %(inbox)s is not fetched any more") % named,
            _("The provider does not accept the access to %(address)s any more. Connect the mailbox again.") % named,
        )
    if event.kind == Kind.MAILBOX_FAILED:
        return (
            _("The mailbox of %(inbox)s can’t be read") % named,
            _("The desk goes on trying. Nothing is lost: the mail waits on its server.") % named,
        )
    by_agent = event.actor_kind == "agent" and event.actor_id is not None
    who = User.objects.filter(pk=event.actor_id or 0).first() if by_agent else None
    named["who"] = who.name if who else _("Somebody on the command line")
    return (
        _("Settings of %(inbox)s were changed") % named,
        _("%(who)s changed how mail of %(address)s comes in or leaves. If nobody should have, look at once.") % named,
    )
