"""The rota, who stands in for whom, and the services that ring as well."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from firstline.accounts.models import User
from firstline.core import sealing
from firstline.events.audit import Facts, record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.paging import outside
from firstline.paging.models import Member, Override, Pager, PagerKind, Rota


@transaction.atomic
def keep_rota(people: Sequence[User], *, zone: str, begins_on: date, minute: int, by: User) -> None:
    """Whose week comes round in which order; the first has the week that begins on `begins_on`."""
    before = list(Member.objects.values_list("user", flat=True))
    Rota.objects.update_or_create(pk=1, defaults={"zone": zone, "begins_on": begins_on, "minute": minute})
    Member.objects.all().delete()
    Member.objects.bulk_create([Member(user=one, position=at) for at, one in enumerate(people)])
    _changed(by, before={"people": before}, after={"people": [one.pk for one in people]})


@transaction.atomic
def stand_in(user: User, begins_at: datetime, ends_at: datetime, *, by: User) -> Override:
    """Somebody is on call instead of whoever's week it is."""
    made = Override.objects.create(user=user, begins_at=begins_at, ends_at=ends_at, made_by=by)
    _changed(by, before={}, after={"stands_in": user.pk})
    return made


@transaction.atomic
def take_back(override: Override, *, by: User) -> None:
    """It is whoever's week it is again."""
    _changed(by, before={"stands_in": override.user_id}, after={})
    override.delete()


@transaction.atomic
def keep_pager(kind: PagerKind, *, address: str, secret: str, by: User) -> Pager | None:
    """A service outside rings as well; without an address, no more. An empty secret keeps the one that is there."""
    if not address:
        Pager.objects.filter(kind=kind).delete()
        _changed(by, before={"pager": str(kind)}, after={})
        return None
    pager, _is_new = Pager.objects.update_or_create(kind=kind, defaults={"address": address, "problem": ""})
    if secret:
        sealed = sealing.seal(secret.encode())
        pager.ciphertext, pager.wrapped_key = sealed.ciphertext, sealed.wrapped_key
        pager.save(update_fields=["ciphertext", "wrapped_key"])
    _changed(by, before={}, after={"pager": str(kind)})
    return pager


def try_pager(pager: Pager) -> None:
    """Ring there now, to see whether it does. Raises ChannelError."""
    outside.send(outside.trial(pager, settings.BASE_URL + reverse("paging:index")))
    Pager.objects.filter(pk=pager.pk).update(problem="")


def _changed(by: User, *, before: Facts, after: Facts) -> None:
    record(Kind.ROTA_CHANGED, by=by)
    record_audit(Kind.ROTA_CHANGED, by=by, before=before, after=after)
