"""Letters to us: somebody may be in danger, a sanction is stuck. No word of what was written is in them (W-01)."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.moderation.models import Care, SafetyContact, UpstreamAct


def call_second(care: Care) -> int:
    """Call the safety contacts, or the leads while none is named; whoever has it in hand is left out. How many."""
    contacts = [one.user for one in SafetyContact.objects.select_related("user").filter(user__is_active=True)]
    leads = User.objects.filter(is_active=True, roles__contains=[Role.LEAD.value]).order_by("pk")
    busy = {care.conversation.assignee_id, care.raised_by_id}
    called = [one for one in contacts or leads if one.pk not in busy]
    link = settings.BASE_URL + reverse("conversations:permalink", args=[care.conversation_id])
    text = _(
        "Somebody who wrote to us may be in danger. Please look now, together with whoever has it in hand: nobody does "
        "this alone. The conversation has a card that says what to do.\n\n%(link)s\n"
    )
    for person in called:
        send_mail(_("Somebody may be in danger: please look now"), text % {"link": link}, _sender(), [person.email])
    return len(called)


def tell_stuck(act: UpstreamAct) -> None:
    """Tell the admins that a platform did not take an act."""
    link = settings.BASE_URL + reverse("moderation:case", args=[act.sanction.case_id])
    text = _(
        "“%(act)s” could not be done at %(inbox)s: %(why)s\nThe desk goes on trying where that can help.\n\n%(link)s\n"
    )
    facts = {"act": act.kind, "inbox": act.inbox.name, "why": act.why, "link": link}
    for admin in User.objects.filter(is_active=True, roles__contains=[Role.ADMIN.value]).order_by("pk"):
        send_mail(_("A sanction is not carried out on its platform"), text % facts, _sender(), [admin.email])


def _sender() -> str:
    return settings.DEFAULT_FROM_EMAIL
