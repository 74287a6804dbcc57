"""Web push: a browser that agreed hears of news at once, also when no page of the desk is open.

A push says a sentence of ours and where to look. No word, name or title that came from outside is in it (W-01).
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.core import clock, egress, sealing, webpush
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import record
from firstline.notifications import letters, queries
from firstline.notifications.models import Notification, PushTarget

KEPT = timedelta(hours=4)
"""How long a push service keeps news for a browser that is off."""
MOST_TARGETS = 10
GONE = (404, 410)
"""The browser has unsubscribed (RFC 8030 section 7.3)."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a push shows, and where it leads. One with the same `tag` replaces the other on the screen."""

    title: str
    body: str
    url: str
    tag: str


def subscribe(user: User, endpoint: str, key: str, secret: str, device: str) -> PushTarget:
    """A browser of the person's shall hear of their news; the same browser again is once. Raises NotASubscription."""
    found = webpush.read(endpoint, key, secret)
    digest = sealing.fingerprint(endpoint.encode(), "push")
    values = {"user": user, "endpoint": found.endpoint, "key": found.key, "secret": found.secret, "device": device[:80]}
    try:
        with transaction.atomic():
            target, _is_new = PushTarget.objects.update_or_create(digest=digest, defaults=values)
    except IntegrityError:  # two tabs at once
        target = PushTarget.objects.get(digest=digest)
    oldest = PushTarget.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[MOST_TARGETS:]
    PushTarget.objects.filter(pk__in=list(oldest)).delete()
    return target


def forget(target: PushTarget) -> None:
    """This browser hears nothing any more."""
    target.delete()


def try_out(user: User) -> None:
    """Ask for a push that says only that it works."""
    record(Kind.PUSH_ASKED, by=user, user=user.pk)


def push_news(event: Event) -> int:
    """Push one piece of news, unless its reader has seen it by now; how many browsers took it. May run twice."""
    if event.subject_id is None:
        return _push_trial(event)
    news = Notification.objects.unread().select_related("user").filter(pk=event.subject_id, pushed_at=None).first()
    if news is None or not queries.may_see(news.user, news.conversation):
        return 0
    if not Notification.objects.filter(pk=news.pk, pushed_at=None).update(pushed_at=clock.now()):
        return 0
    return push(news.user, words_of(news))


def _push_trial(event: Event) -> int:
    user = User.objects.filter(pk=event.actor_id or 0).first()
    place = settings.BASE_URL + reverse("notifications:settings")
    words = Words(_("It works"), _("This is how Firstline tells you of news."), place, "trial")
    return push(user, words) if user is not None else 0


def words_of(news: Notification) -> Words:
    """The sentence that mail begins with, without the name of anybody outside."""
    place = settings.BASE_URL + reverse("conversations:permalink", args=[news.conversation_id])
    who = queries.actor_names([news])[news.pk] if news.actor_kind == "agent" else _("The contact")
    return Words(letters.said(news, who), "", place, f"news-{news.conversation_id}")


def push(user: User, words: Words) -> int:
    """Push to every browser of the person that can be reached; how many took it. News is told but once."""
    return sum(_reached(target, words) for target in targets(user))


def targets(user: User) -> Iterable[PushTarget]:
    """Where the person hears; nowhere once their access has ended."""
    return PushTarget.objects.filter(user=user, user__is_active=True).order_by("pk") if user.is_active else ()


def _reached(target: PushTarget, words: Words) -> bool:
    try:
        return deliver(target, words)
    except ChannelError:
        return False  # bell and mail still tell of it


def deliver(target: PushTarget, words: Words, *, keep: timedelta = KEPT, pressing: bool = False) -> bool:
    """Hand one message to the browser's push service; False, and forgotten, when the browser is gone.

    Raises ChannelError when the service does not take it now.
    """
    to = webpush.Subscription(target.endpoint, bytes(target.key), bytes(target.secret))
    content = json.dumps(asdict(words)).encode()
    contact = f"mailto:{settings.SUPPORT_ADDRESS}"
    body, headers = webpush.request(to, content, contact=contact, now=clock.now(), keep=keep, pressing=pressing)
    try:
        answer = egress.fetch(target.endpoint, method="POST", body=body, headers=headers, limit=64 * 1024)
    except egress.EgressRefused as error:
        raise ChannelError(str(error), permanent=False) from error
    if answer.status in GONE:
        target.delete()
        return False
    if answer.status not in range(200, 300):
        raise ChannelError(f"The push service answered {answer.status}.", permanent=False)
    return True
