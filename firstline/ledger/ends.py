"""How every conversation ended: answered, resolved with a reason, or waited for by somebody. Two queries, however many
there are.

Answered means: by a person, by an automatic answer of which the contact said that it helped, or by somebody who
answers for the place where it was asked. Whoever resolves by hand without writing vouches for it with their name; that
is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from firstline.answers.models import AutoAnswer, Verdict
from firstline.conversations.models import OURS, UNRESOLVED, Conversation, Delivery, Message, Resolution, Status
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind, Event
from firstline.ledger.rules import Gap
from firstline.upstream.models import Thread

NAMED = 50
OFFENCES = ("unawaited", "asleep", "unreasoned", "unanswered")

_THIS = OuterRef("pk")
_BY_PERSON = Exists(Message.objects.filter(conversation=_THIS, author_user__isnull=False, state=Delivery.SENT))
_CONFIRMED = Exists(AutoAnswer.objects.filter(conversation=_THIS, verdict=Verdict.YES))
_THERE = Exists(Thread.objects.filter(Q(answered_at__isnull=False) | Q(state="closed"), strand__conversation=_THIS))
_BY_HAND = Exists(
    Event.objects.filter(
        conversation_id=_THIS,
        kind=Kind.CONVERSATION_RESOLVED,
        actor_kind__in=(ActorKind.AGENT, ActorKind.CONTACT),
    )
)
_RESOLVED = Q(status=Status.RESOLVED)
_END = Case(
    When(Q(status__in=OURS, waiting_since=None), then=Value("unawaited")),
    When(Q(status__in=OURS), then=Value("open")),
    When(Q(status__in=UNRESOLVED, wake_at=None), then=Value("asleep")),
    When(Q(status__in=UNRESOLVED), then=Value("waiting")),
    When(_RESOLVED & Q(resolution=""), then=Value("unreasoned")),
    When(~_RESOLVED | ~Q(resolution=Resolution.ANSWERED), then=Value("reason")),
    When(_BY_PERSON, then=Value("answered")),
    When(_CONFIRMED, then=Value("confirmed")),
    When(_THERE, then=Value("answered_there")),
    When(_BY_HAND, then=Value("by_hand")),
    default=Value("unanswered"),
)


@dataclass(frozen=True, slots=True)
class Ends:
    """How many conversations ended how, and the ids of the first that did not end at all, by what they lack.

    `open` has `waiting_since`, `waiting` a moment at which it comes back, `reason` a stated one (or is spam).
    """

    counts: dict[str, int]
    offenders: dict[str, list[int]]

    def gaps(self) -> list[Gap]:
        """The offenders as gaps."""
        return [
            Gap(kind, self.counts[kind], ids=tuple(f"#{pk}" for pk in self.offenders.get(kind, [])))
            for kind in OFFENCES
            if self.counts.get(kind)
        ]


def ends() -> Ends:
    """Look at every conversation there is."""
    judged = Conversation.objects.annotate(end=_END)
    counts = dict(judged.values_list("end").annotate(count=Count("pk")).order_by("end"))
    offenders: dict[str, list[int]] = {}
    if any(counts.get(kind) for kind in OFFENCES):
        for pk, kind in judged.filter(end__in=OFFENCES).order_by("pk").values_list("pk", "end")[:NAMED]:
            offenders.setdefault(kind, []).append(pk)
    return Ends(counts, offenders)
