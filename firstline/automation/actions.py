"""Rules are kept, tried, switched on, and run."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.automation import queries, registry, rules
from firstline.automation.models import BY_TIME, KINDS, Rule, Run, Trigger
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import record

AT_ONCE = 500


class NotTried(Exception):
    """A rule is switched on only by somebody who has seen what it would have done; the message is a sentence."""


@transaction.atomic
def save_rule(
    rule: Rule | None,
    *,
    by: User,
    name: str,
    trigger: str,
    hours: int | None,
    conditions: Mapping[str, str],
    acts: Mapping[str, str],
) -> Rule:
    """Make or change a rule; a change takes it out of use until it is tried again."""
    kept = rule or Rule()
    kept.name, kept.trigger, kept.conditions, kept.acts = name.strip(), trigger, dict(conditions), dict(acts)
    kept.hours = hours if trigger in BY_TIME else None
    kept.is_on, kept.changed_by, kept.updated_at, kept.tried_at = False, by, clock.now(), None
    kept.save()
    record(Kind.RULE_CHANGED, by=by, subject_id=kept.pk)
    return kept


def note_trial(rule: Rule) -> None:
    """Somebody looked at what it would have done."""
    Rule.objects.filter(pk=rule.pk).update(tried_at=clock.now())


@transaction.atomic
def switch(rule: Rule, *, on: bool, by: User) -> None:
    """Put a rule into use, or out of it. Raises NotTried."""
    held = Rule.objects.select_for_update().get(pk=rule.pk)
    if on and not held.is_tried:
        raise NotTried(_("See first what it would have done last month."))
    if held.is_on != on:
        Rule.objects.filter(pk=held.pk).update(is_on=on)
        record(Kind.RULE_SWITCHED, by=by, subject_id=held.pk, on=on)


@transaction.atomic
def delete_rule(rule: Rule, *, by: User) -> None:
    """Take a rule away; what it did stays."""
    record(Kind.RULE_CHANGED, by=by, subject_id=rule.pk, deleted=True)
    rule.delete()


def follow(event: Event) -> int:
    """Run every rule that an event sets going; returns how many ran. May run twice."""
    trigger = KINDS.get(Kind(event.kind))
    if trigger is None or event.conversation_id is None or not _counts(event):
        return 0
    candidates = list(Rule.objects.filter(is_on=True, trigger=trigger).order_by("pk"))
    if not candidates:
        return 0
    chain = _chain(event)
    return sum(
        _run(rule, event.conversation_id, f"event {event.pk}", chain)
        for rule in candidates
        if rules.may_run(rule.pk, chain)
    )


def sweep(now: datetime) -> int:
    """Run every rule by time on what has lasted long enough; returns how often one ran."""
    ran = 0
    for rule in Rule.objects.filter(is_on=True, trigger__in=BY_TIME).order_by("pk"):
        since = "waiting_since" if rule.trigger == Trigger.WAITS else "last_message_at"
        for pk, moment in list(queries.due(rule, now).order_by("pk").values_list("pk", since)[:AT_ONCE]):
            ran += _run(rule, pk, f"wait {int(moment.timestamp())}", ())
    return ran


@transaction.atomic
def _run(rule: Rule, conversation_id: int, key: str, chain: Sequence[int]) -> bool:
    """Do what the rule says, once for each `key`, if its conditions hold now."""
    if not queries.matching(rule).filter(pk=conversation_id).exists():
        return False
    values = {"chain": [*chain], "at": clock.now()}
    _kept, is_new = Run.objects.get_or_create(rule=rule, conversation_id=conversation_id, key=key, defaults=values)
    if not is_new:
        return False
    for name, act in registry.ACTS.items():
        if name in rule.acts:
            act.do(Conversation.objects.get(pk=conversation_id), str(rule.acts[name]), rule)
    return True


def _chain(event: Event) -> list[int]:
    """The rules that led to this event, oldest first; none when a person or a contact did it."""
    if event.actor_kind != "machine" or event.actor_id is None:
        return []
    caused = Run.objects.filter(rule=event.actor_id, conversation=event.conversation_id, at__lte=event.at)
    chain = caused.order_by("-pk").values_list("chain", flat=True).first() or []
    return [*chain, event.actor_id]


def _counts(event: Event) -> bool:
    """Whether a message is a contact's own word: automatic mail and third parties set nothing going."""
    if event.kind != Kind.MESSAGE_RECEIVED:
        return True
    return Message.objects.filter(pk=event.subject_id or 0, is_automatic=False, strand__is_side=False).exists()
