"""Which conversations a rule means: now, by time, and in the month before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.automation import registry
from firstline.automation.models import BY_TIME, KINDS, Rule, Run, Trigger
from firstline.conversations.models import OURS, Conversation, ConversationQuerySet, Status
from firstline.core import clock
from firstline.events.models import Event

MONTH = timedelta(days=30)
SHOWN = 50
MOST = 10_000
"""Past conversations that a dry run looks at; more are told as "more than"."""


def matching(rule: Rule) -> ConversationQuerySet:
    """Every conversation of which the rule's conditions are true."""
    found = Conversation.objects.filter(merged_into=None)
    for key, value in rule.conditions.items():
        found = found.filter(registry.CONDITIONS[key].matches(str(value)))
    return found


def due(rule: Rule, now: datetime) -> ConversationQuerySet:
    """Conversations on which a rule by time has to run now: once for each wait."""
    lasting = F("waiting_since") if rule.trigger == Trigger.WAITS else F("last_message_at")
    ran = Run.objects.filter(rule=rule, conversation=OuterRef("pk"), at__gte=OuterRef(lasting.name))
    return _lasts(matching(rule), rule, now).exclude(Exists(ran))


def _lasts(found: ConversationQuerySet, rule: Rule, now: datetime) -> ConversationQuerySet:
    before = now - timedelta(hours=rule.hours or 1)
    if rule.trigger == Trigger.WAITS:
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
        return found.filter(awake, status__in=OURS, waiting_since__lte=before)
    return found.filter(status=Status.WAITING_ON_CONTACT, last_message_at__lte=before)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done in the last thirty days: how many conversations, and those that the reader may see.

    Conditions are asked of the conversations as they are today.
    """

    count: int
    is_more: bool
    rows: list[Conversation]


def trial(rule: Rule, reader: User) -> Trial:
    """Try the rule on the month before; nothing is changed."""
    now = clock.now()
    found = _past(rule, now)
    count = found.order_by()[: MOST + 1].count()
    rows = found.filter(pk__in=Conversation.objects.visible_to(reader).values("pk")).order_by("-pk")
    return Trial(min(count, MOST), count > MOST, list(rows.select_related("contact", "assignee")[:SHOWN]))


def _past(rule: Rule, now: datetime) -> ConversationQuerySet:
    since = now - MONTH
    if rule.trigger not in BY_TIME:
        kinds = [kind for kind, trigger in KINDS.items() if trigger == rule.trigger]
        happened = Event.objects.filter(conversation_id=OuterRef("pk"), kind__in=kinds, at__gte=since)
        return matching(rule).filter(Exists(happened))
    lasting = timedelta(hours=rule.hours or 1)
    if rule.trigger == Trigger.SILENT:
        return _lasts(matching(rule), rule, now).filter(last_message_at__gte=since)
    took_long = Q(first_response_at__gt=F("created_at") + lasting, created_at__gte=since)
    waits_long = Q(status__in=OURS, waiting_since__lte=now - lasting)
    return matching(rule).filter(took_long | waits_long)


def sentence(rule: Rule) -> str:
    """The whole rule as one sentence."""
    when = str(Trigger(rule.trigger).label)
    if rule.trigger in BY_TIME:
        when = _("%(when)s for %(hours)d hours") % {"when": when, "hours": rule.hours or 0}
    conditions = _joined(registry.CONDITIONS, rule.conditions)
    acts = _joined(registry.ACTS, rule.acts)
    if conditions:
        return _("When %(when)s, if %(conditions)s: %(acts)s.") % {"when": when, "conditions": conditions, "acts": acts}
    return _("When %(when)s: %(acts)s.") % {"when": when, "acts": acts}


def _joined(entries: dict[str, Any], chosen: dict[str, str]) -> str:
    parts = [
        str(entry.said) % {"value": registry.shown(entry, str(chosen[key]))}
        for key, entry in entries.items()
        if key in chosen
    ]
    return _(" and ").join(parts)


def rules_with_counts(now: datetime) -> list[Rule]:
    """Every rule with `ran`: how often in thirty days."""
    recent = Count("runs", filter=Q(runs__at__gte=now - MONTH))
    return list(Rule.objects.annotate(ran=recent).order_by("pk"))


def names(ids: Iterable[int]) -> dict[int, str]:
    """How the timeline calls rules: conversations asks by the setting MACHINE_NAMES."""
    wanted = set(ids)
    found = Rule.objects.filter(pk__in=wanted).values_list("pk", "name") if wanted else []
    return {pk: _("The rule “%(name)s”") % {"name": name} for pk, name in found}
