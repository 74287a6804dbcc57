"""The quarterly self-check: counted, never kept as somebody's answers (W-14)."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import SelfCheckCount, SelfCheckTaken


@transaction.atomic
def answer(user: User, quarter: str, answers: Sequence[int]) -> None:
    """Count one person's answers (1 to 5, in the questions' order). Raises Refused the second time in a quarter.

    Nothing is recorded or audited: an event's moment would lead from the person to what they answered.
    """
    _taken, is_new = SelfCheckTaken.objects.get_or_create(user=user, quarter=quarter)
    if not is_new:
        raise Refused(_("You have answered this quarter. Nobody can tell your answers from others’, so they stay."))
    for question, given in enumerate(answers):
        SelfCheckCount.objects.get_or_create(quarter=quarter, question=question, answer=given)
        SelfCheckCount.objects.filter(quarter=quarter, question=question, answer=given).update(given=F("given") + 1)
