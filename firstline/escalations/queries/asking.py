"""What is known when somebody asks for help: whom to ask and why, and what the brief can say by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.answers.models import Diagnosis
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.escalations import codeowners, matching, rules
from firstline.escalations.matching import Case, Match, Reason, Why
from firstline.escalations.models import Engineer, HelpRequest, HelpState, Ownership
from firstline.models_ai import embedder
from firstline.search.queries.nearest import nearest
from firstline.upstream.models import Thread

WEEK = timedelta(days=7)
ALIKE_FOR = timedelta(days=14)
QUESTION_LENGTH = 900
TRIED_LENGTH = 240
MOST_FACTS = 12
NEAREST_PAST = 10
LEAST_ALIKE = 0.5
"""How near a past question must be (cosine) to say anything about whom to ask."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An engineer who can be asked, and why; `has_room` unless their week is full."""

    engineer: Engineer
    reasons: tuple[str, ...]
    has_room: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the desk writes into a brief by itself."""

    summary: str
    tried: str
    facts: tuple[tuple[str, str], ...]
    diagnosis: str
    impact: str


def beside(conversation: Conversation) -> list[HelpRequest]:
    """What engineers were asked about a conversation, the newest first."""
    return list(HelpRequest.objects.filter(conversation=conversation).with_people().order_by("-pk"))


def budget_left(engineers: Sequence[Engineer], now: datetime) -> dict[int, int]:
    """How many more requests each takes within seven days."""
    asked = HelpRequest.objects.filter(engineer__in=engineers, asked_at__gt=now - WEEK)
    had = dict(asked.values_list("engineer").annotate(n=Count("pk")).order_by())
    return {one.pk: one.budget - had.get(one.pk, 0) for one in engineers}


def choices(conversation: Conversation, now: datetime) -> list[Choice]:
    """Everybody who can be asked, the best match first, with the reasons."""
    engineers = list(Engineer.objects.available())
    left, at_work = budget_left(engineers, now), _open_requests(engineers)
    by_key = {str(one.pk): one for one in engineers}
    candidates = [_candidate(one, now, at_work.get(one.pk, 0), left[one.pk]) for one in engineers]
    ranked = matching.rank(_case(conversation), candidates)
    return [_choice(match, by_key[match.key], left, now) for match in ranked]


def prefilled(conversation: Conversation, now: datetime) -> Prefilled:
    """The brief as far as the desk can write it; masked words only, and no name of the contact."""
    diagnosis = Diagnosis.objects.filter(conversation=conversation).order_by("-message_id").first()
    return Prefilled(
        summary=_summary(conversation),
        tried=_tried(conversation),
        facts=_facts(diagnosis),
        diagnosis=f"{diagnosis.cause} ({round(100 * diagnosis.confidence)} %)" if diagnosis and diagnosis.cause else "",
        impact=_impact(conversation, diagnosis, now),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An engineer with what they were asked in the last weeks: for sharing the load, never for ranking people."""

    engineer: Engineer
    is_here: bool
    is_on_rota: bool
    left: int
    open: int
    answered: int
    hours: float | None


def standings(now: datetime) -> list[Standing]:
    """Everybody in the order of their names; `hours` is the median from question to answer, None without one."""
    engineers = list(Engineer.objects.all())
    left, at_work = budget_left(engineers, now), _open_requests(engineers)
    ended: dict[int, list[float]] = defaultdict(list)
    answered = HelpRequest.objects.filter(state=HelpState.ANSWERED, asked_at__gt=now - 13 * WEEK)
    for pk, asked, end in answered.values_list("engineer", "asked_at", "ended_at"):
        ended[pk].append((end - asked).total_seconds() / 3600 if end else 0.0)
    return [
        Standing(
            one, one.is_here(now), one.is_on_rota(now), left[one.pk], at_work.get(one.pk, 0), len(ended[one.pk]),
            round(median(ended[one.pk]), 1) if ended[one.pk] else None,
        )
        for one in engineers
    ]  # fmt: skip


def _open_requests(engineers: Iterable[Engineer]) -> dict[int, int]:
    rows = HelpRequest.objects.open().filter(engineer__in=engineers)
    return dict(rows.values_list("engineer").annotate(n=Count("pk")).order_by())


def _candidate(one: Engineer, now: datetime, at_work: int, left: int) -> matching.Candidate:
    teams = {place.removeprefix("@") for place in one.repositories if place.startswith("@")}
    return matching.Candidate(
        key=str(one.pk),
        names=frozenset({one.github.lower(), one.email.lower(), *teams} - {""}),
        places=frozenset(one.repositories),
        open=at_work,
        is_here=one.is_here(now),
        is_on_rota=one.is_on_rota(now),
        budget_left=left,
    )


def _case(conversation: Conversation) -> Case:
    said = _heard(conversation).values_list("text", flat=True)[:20]
    known = Diagnosis.objects.filter(conversation=conversation).order_by("-message_id").first()
    found = [known.signature.replace("-", " "), known.cause] if known else []
    text = "\n".join([conversation.subject, *said, *found])
    place = _place(conversation)
    kept = Ownership.objects.filter(repository=place) if place else Ownership.objects.all()
    owned = [rule for owners in kept.values_list("text", flat=True) for rule in codeowners.read(owners)]
    return Case(text, place, owned, _solved(conversation))


def _heard(conversation: Conversation) -> QuerySet[Message]:
    written = Message.objects.uncovered().filter(conversation=conversation, author_identity__isnull=False)
    return written.filter(strand__is_side=False, is_automatic=False).order_by("pk")


def _place(conversation: Conversation) -> str:
    """The repository that the conversation is tied to, '' for none."""
    thread = Thread.objects.filter(strand__conversation=conversation).exclude(place="").order_by("pk").first()
    return thread.place.lower() if thread else ""


def _solved(conversation: Conversation) -> dict[str, tuple[float, int]]:
    """Who answered about the nearest past cases, once enough were answered: key → how near (0 to 1), how many."""
    answered = HelpRequest.objects.filter(state=HelpState.ANSWERED)
    if answered.count() < rules.ENOUGH_PAST:
        return {}
    question = _heard(conversation).values_list("text", flat=True).first()
    try:
        model = embedder.load()
    except embedder.ModelMissing:
        return {}
    inboxes = list(conversation.strands.values_list("inbox", flat=True))
    near = {pk: cosine for pk, _text, cosine in nearest(model.encode([question or ""])[0], model.sha256, inboxes)}
    solvers = answered.filter(conversation__in=near).exclude(conversation=conversation)
    alike = sorted(
        (
            (near[pk], str(who))
            for pk, who in solvers.values_list("conversation", "engineer")
            if near[pk] >= LEAST_ALIKE
        ),
        reverse=True,
    )[:NEAREST_PAST]
    return _shares(alike)


def _shares(alike: Sequence[tuple[float, str]]) -> dict[str, tuple[float, int]]:
    """Each solver's share of the nearest cases, nearer ones counting more."""
    total = sum(cosine for cosine, _who in alike) or 1.0
    found: dict[str, tuple[float, int]] = {}
    for cosine, who in alike:
        share, count = found.get(who, (0.0, 0))
        found[who] = (share + cosine / total, count + 1)
    return found


def _choice(match: Match, engineer: Engineer, left: dict[int, int], now: datetime) -> Choice:
    said = tuple(_said(reason) for reason in match.reasons)
    return Choice(engineer, said, left[engineer.pk] > 0, engineer.is_here(now))


def _said(reason: Reason) -> str:
    """A reason as a clause."""
    match reason.why:
        case Why.PATH:
            return _("owns %(path)s") % {"path": reason.words}
        case Why.TOPIC:
            return _("owns what is about %(words)s") % {"words": reason.words}
        case Why.SOLVED:
            words = ngettext("solved %(n)d case like it", "solved %(n)d cases like it", reason.count)
            return words % {"n": reason.count}
        case Why.PLACE:
            return _("knows %(place)s") % {"place": reason.words}
        case Why.ROTA:
            return _("on the rota")
        case Why.HERE:
            return _("at work now")
        case Why.AWAY:
            return _("not at work now")
        case Why.BUSY:
            words = ngettext("has %(n)d open request", "has %(n)d open requests", reason.count)
            return words % {"n": reason.count}
        case Why.BUDGET:
            return _("has had all they take this week")


def _summary(conversation: Conversation) -> str:
    first = _heard(conversation).values_list("text", flat=True).first() or ""
    return f"{conversation.subject}\n\n{rules.shortened(first, QUESTION_LENGTH)}".strip()


def _tried(conversation: Conversation) -> str:
    """What we have told them so far, a line for each message of ours."""
    sent = Message.objects.filter(conversation=conversation, author_user__isnull=False, state=Delivery.SENT)
    texts = sent.filter(strand__is_side=False).order_by("pk").values_list("text", flat=True)
    return "\n".join(f"- {' '.join(rules.shortened(text, TRIED_LENGTH).split())}" for text in texts[:5])


def _facts(diagnosis: Diagnosis | None) -> tuple[tuple[str, str], ...]:
    facts = diagnosis.facts if diagnosis else {}
    return tuple((str(name).replace("_", " "), str(value)[:120]) for name, value in facts.items() if value)[:MOST_FACTS]


def _impact(conversation: Conversation, diagnosis: Diagnosis | None, now: datetime) -> str:
    """Whom it hits: how many had the same within a fortnight, and the plan of who asks."""
    parts = []
    if diagnosis is not None and diagnosis.signature:
        alike = Diagnosis.objects.filter(signature=diagnosis.signature, created_at__gt=now - ALIKE_FOR)
        people = alike.aggregate(n=Count("conversation__contact", distinct=True))["n"]
        words = ngettext("%(n)d person in 14 days", "%(n)d people in 14 days", people)
        parts.append(words % {"n": people})
    organization = conversation.contact.organization
    if organization is not None and organization.plan:
        parts.append(_("plan: %(plan)s") % {"plan": organization.plan})
    return "; ".join(parts)
