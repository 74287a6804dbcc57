"""A call rings by every way that there is, each of them once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.events.models import Event
from firstline.notifications import actions as notifications
from firstline.notifications.actions.pushing import Words
from firstline.notifications.models import PushTarget
from firstline.paging import outside
from firstline.paging.models import Call, Page, Pager, Ring

KEPT = timedelta(minutes=5)
"""A push that could not be handed over within that is of no use any more: the next person rings by then."""
Way = tuple[str, Callable[[], object]]


def ring(event: Event) -> int:
    """Ring for a call; how many ways took it. May run twice: a way that took it is not asked again.

    Raises ChannelError, after all have been asked, when one of them may take it later.
    """
    call = Call.objects.select_related("page", "user").filter(pk=event.subject_id or 0).first()
    if call is None or not call.page.is_open or clock.now() - call.at > KEPT:
        return 0
    taken, troubles = 0, []
    for way, send in _ways(call):
        if not _claim(call, way):
            continue
        try:
            send()
            taken += 1
        except ChannelError as error:
            Ring.objects.filter(call=call, way=way).delete()
            troubles += [] if error.permanent else [error]
    if troubles:
        raise troubles[0]
    return taken


def _claim(call: Call, way: str) -> bool:
    """Whether this run is the one that rings."""
    try:
        with transaction.atomic():
            Ring.objects.create(call=call, way=way)
    except IntegrityError:
        return False
    return True


def _ways(call: Call) -> Iterator[Way]:
    """Every browser of the person, a mail when they have none, and the services outside."""
    page, url = call.page, place_of(call.page)
    if call.user is not None:
        words = Words(outside.summary(page), _body(), url, f"page-{page.pk}")
        targets = list(notifications.targets(call.user))
        for target in targets:
            yield f"push:{target.pk}", _push(target, words)
        if not targets:
            yield "mail", _letter(call, url).send
    for pager in Pager.objects.order_by("pk"):
        said = outside.called(pager, page, url, call.number)
        if said is not None:
            yield pager.kind, _post(pager, said)


def _push(target: PushTarget, words: Words) -> Callable[[], object]:
    return lambda: notifications.deliver(target, words, keep=KEPT, pressing=True)


def _post(pager: Pager, said: outside.Said) -> Callable[[], object]:
    """Post, and keep on the pager what was wrong with it, for whoever set it up."""

    def post() -> None:
        try:
            outside.send(said)
        except ChannelError as error:
            Pager.objects.filter(pk=pager.pk).update(problem=error.sentence[:300])
            raise
        Pager.objects.filter(pk=pager.pk).exclude(problem="").update(problem="")

    return post


def _body() -> str:
    return _("Say within five minutes that you have it, or the next person is called.")


def _letter(call: Call, url: str) -> EmailMessage:
    assert call.user is not None
    text = f"{outside.summary(call.page)}\n\n{_body()}\n{url}\n"
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office may answer it
    subject = _("You are called: %(what)s") % {"what": outside.summary(call.page)}
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [call.user.email], headers=headers)


def place_of(page: Page) -> str:
    """Where one says that one has it."""
    return settings.BASE_URL + reverse("paging:page", args=[page.pk])


def quiet(event: Event) -> None:
    """Somebody answered: the services that know of answers hear of it. Raises ChannelError."""
    page = Page.objects.filter(pk=event.subject_id or 0).first()
    if page is None:
        return
    for pager in Pager.objects.order_by("pk"):
        said = outside.answered(pager, page, place_of(page))
        if said is not None:
            _post(pager, said)()
