"""Who waits for what, what happened to it since, and what each of them is owed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from firstline.accounts.models import User
from firstline.answers.models import Diagnosis
from firstline.contacts.models import Contact
from firstline.conversations.models import UNRESOLVED, Conversation, Message
from firstline.core import clock
from firstline.escalations import releases
from firstline.escalations.impact import Impact
from firstline.escalations.models import Happening, Issue, Outcome, Problem, Told, Waiting
from firstline.inboxes.models import Inbox
from firstline.upstream.models import Release

ENOUGH_ALIKE = 5
ALIKE_FOR = timedelta(weeks=3)
STILL_READ = timedelta(days=30)
"""How long an issue is read after the last word: a fix may be taken back."""
PAYS_WEIGHT = 3
FREE = {"", "free", "hobby", "community", "none"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who waits: by all their conversations, of which the newest is where they are told. `told` is what they
    were told in this round.
    """

    contact: Contact
    newest: Waiting
    round: int
    since: datetime | None
    told: Told | None
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One known failure that many met within three weeks, and that no problem stands for yet."""

    signature: str
    cause: str
    people: int
    conversations: tuple[int, ...]


def waiting_people(problem: Problem) -> list[Person]:
    """Everybody who waits for a problem, each once, however many conversations they have."""
    rows = Waiting.objects.filter(problem=problem, conversation__merged_into=None)
    found: dict[int, list[Waiting]] = {}
    for one in rows.select_related("conversation__contact", "linked_by").order_by("pk"):
        found.setdefault(one.conversation.contact.standing.pk, []).append(one)
    told = {(one.contact_id, one.round): one for one in Told.objects.filter(problem=problem)}
    return [_person(mine, told) for mine in found.values()]


def _person(mine: list[Waiting], told: Mapping[tuple[int, int], Told]) -> Person:
    newest = max(mine, key=lambda one: (one.conversation.last_message_at, one.pk))
    contact = newest.conversation.contact.standing
    number = max(one.round for one in mine)
    since = max((one.since for one in mine if one.since is not None), default=None)
    return Person(contact, newest, number, since, told.get((contact.pk, number)), tuple(mine))


def history(problem: Problem) -> list[dict[str, Any]]:
    """What happened to a problem's issues, as the release rule reads it, and what was published of its package.

    That an issue was closed as not planned or as a duplicate counts only when no other issue of the problem is left.
    """
    issues = list(problem.issues.all())
    lasting = any(not one.settles for one in issues)
    events = []
    for one in Happening.objects.filter(issue__in=issues):
        is_settling = one.kind == "closed" and one.data.get("state_reason") in {"not_planned", "duplicate"}
        if not (is_settling and lasting and len(issues) > 1):
            events.append({"at": one.at, "kind": one.kind, **one.data})
    if problem.package:
        for version, at in Release.objects.filter(place=problem.package).values_list("version", "out_at"):
            events.append({"at": at, "kind": "published", "version": version})
    return events


def said_by(person: Person) -> Iterator[dict[str, Any]]:
    """What somebody has said since they wait: "works now" ends the waiting."""
    begun = person.since or min(one.linked_at for one in person.waiting)
    for text, at in _heard(person).filter(created_at__gt=begun).values_list("text", "created_at"):
        yield {"at": at, "kind": "said", "person": "somebody", "text": text[:4000]}


def first_complaint(person: Person) -> tuple[int, datetime] | None:
    """The first message after a letter that says that it is not so: its id, and when."""
    if person.told is None:
        return None
    heard = _heard(person).filter(created_at__gt=person.told.at).order_by("pk")
    rows = heard.values_list("pk", "text", "created_at")[:20]
    return next(((pk, at) for pk, text, at in rows if releases.says_it_is_broken(text)), None)


def _heard(person: Person) -> QuerySet[Message]:
    mine = [one.conversation_id for one in person.waiting]
    return Message.objects.uncovered().filter(
        conversation__in=mine, author_identity__isnull=False, strand__is_side=False, is_automatic=False
    )


def impact(problem: Problem) -> Impact:
    """Whom it hits: distinct people, weighed by their plan and by how much it hurts."""
    return impacts([problem])[problem.pk]


def impacts(problems: Sequence[Problem]) -> dict[int, Impact]:
    """The same for many, by the problem's id, in one query."""
    rows = Waiting.objects.filter(problem__in=problems, conversation__merged_into=None)
    waiting: dict[int, list[Waiting]] = {one.pk: [] for one in problems}
    for row in rows.select_related("conversation__contact__organization", "conversation__contact__merged_into"):
        waiting[row.problem_id].append(row)
    return {one.pk: _impact(one, waiting[one.pk]) for one in problems}


def _impact(problem: Problem, waiting: Sequence[Waiting]) -> Impact:
    people = {one.pk: one for one in (row.conversation.contact.standing for row in waiting)}
    organizations = {one.organization_id: one.organization for one in people.values() if one.organization is not None}
    paying = {pk for pk, one in organizations.items() if one.plan.strip().lower() not in FREE}
    weights = (PAYS_WEIGHT if one.organization_id in paying else 1 for one in people.values())
    return Impact(
        people=len(people),
        organizations=len(organizations),
        paying=len(paying),
        severity=str(problem.get_severity_display()),
        score=sum(weights) * problem.severity,
        again=len({row.conversation.contact_id for row in waiting if row.since is not None}),
    )


def link_of(problem: Problem, outcome: str) -> str:
    """The issue that a letter points to."""
    issue = problem.issues.order_by("-pk").first()
    return issue.url if issue is not None and outcome != Outcome.FIXED else ""


def issues_to_read(before: datetime) -> list[Issue]:
    """Issues not read since, for which somebody waits or was told lately."""
    untold = Exists(Waiting.objects.filter(problem=OuterRef("problem"), conversation__status__in=UNRESOLVED))
    lately = Exists(Told.objects.filter(problem=OuterRef("problem"), at__gt=clock.now() - STILL_READ))
    due = Issue.objects.filter(untold | lately).filter(Q(read_at=None) | Q(read_at__lte=before))
    return list(due.select_related("problem").order_by("read_at", "pk"))


def way_into(place: str) -> dict[str, str] | None:
    """The settings of an inbox that works in a repository, in plain, for the tracker; None without one."""
    return next((settings for known, settings in ways_in() if known == place.lower()), None)


def ways_in() -> Iterator[tuple[str, dict[str, str]]]:
    """Each repository that an inbox of ours works in, in lower case, with the inbox's settings."""
    for inbox in Inbox.objects.filter(channel="github", is_active=True).order_by("pk"):
        settings = inbox.open_settings()
        if settings.get("repository"):
            yield settings["repository"].lower(), settings


def proposals(user: User, now: datetime) -> list[Proposal]:
    """Known failures that five or more people met within three weeks and that nobody made a problem of yet, of
    conversations that this person may see; what hits most first.
    """
    seen = Conversation.objects.visible_to(user).filter(sealed=False, waits_for=None).values("pk")
    met = Diagnosis.objects.exclude(signature="").filter(created_at__gt=now - ALIKE_FOR, conversation__in=seen)
    known = Problem.objects.exclude(signature="").values("signature")
    counted = met.exclude(signature__in=known).values("signature")
    often = counted.annotate(n=Count("conversation__contact", distinct=True)).filter(n__gte=ENOUGH_ALIKE)
    return [_proposal(met, row["signature"], row["n"]) for row in often.order_by("-n", "signature")[:20]]


def _proposal(met: QuerySet[Diagnosis], signature: str, people: int) -> Proposal:
    rows = list(met.filter(signature=signature).values_list("conversation", "cause").order_by("conversation"))
    return Proposal(signature, rows[0][1], people, tuple(dict.fromkeys(pk for pk, _cause in rows)))
