"""What people of the desk wish for themselves, and whom the desk calls."""

from collections.abc import Sequence

from django.db import transaction

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.moderation.models import CheckIn, Helpline, Preference, SafetyContact


def wish(user: User, *, avoids: Sequence[str], paused: bool, reads_about_self: bool) -> Preference:
    """Keep what somebody does not want to get; no reason is asked, and it holds at once (W-05, W-13)."""
    kept, _is_new = Preference.objects.update_or_create(
        user=user, defaults={"avoids": sorted(avoids), "paused": paused, "reads_about_self": reads_about_self}
    )
    return kept


def ask_check_in(user: User) -> CheckIn | None:
    """After something severe: one colleague is asked to check in, without a word of what it was (W-11)."""
    known = CheckIn.objects.filter(user=user, done_at=None).first()
    if known is not None:
        return known
    others = User.objects.filter(is_active=True, teams__in=user.team_ids).exclude(pk=user.pk).distinct()
    buddy = others.order_by("pk").first()
    return CheckIn.objects.create(user=user, buddy=buddy) if buddy is not None else None


def checked_in(found: CheckIn) -> None:
    """It is done."""
    CheckIn.objects.filter(pk=found.pk, done_at=None).update(done_at=clock.now())


@transaction.atomic
def set_safety(contacts: Sequence[int], helplines: Sequence[tuple[str, str, str]], *, by: User) -> None:
    """Whom the desk calls, in this order, and the helplines that the card shows."""
    before = list(SafetyContact.objects.values_list("user", flat=True))
    SafetyContact.objects.all().delete()
    Helpline.objects.all().delete()
    SafetyContact.objects.bulk_create(SafetyContact(user_id=pk, position=at) for at, pk in enumerate(contacts))
    Helpline.objects.bulk_create(
        Helpline(language=language, name=name, reach=reach, position=at)
        for at, (language, name, reach) in enumerate(helplines)
    )
    record_audit(Kind.SAFETY_CHANGED, by=by, before={"contacts": before}, after={"contacts": list(contacts)})
