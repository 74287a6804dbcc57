"""The conversation's header: whose turn it is, who looks after it, and the menus to change that."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from firstline.accounts.doors import person
from firstline.accounts.models import Team, User
from firstline.conversations.forms import preset
from firstline.conversations.models import Conversation, Link, LinkKind, Priority, Resolution, Status
from firstline.conversations.views.common import changed, is_htmx, page_url, view_name, visible
from firstline.conversations.views.rows import due_words
from firstline.core import clock

LOOKS = {
    Status.OPEN: "open",
    Status.WAITING_ON_CONTACT: "waiting",
    Status.WAITING_ON_ENGINEERING: "engineering",
    Status.TELL_CONTACT: "tell",
    Status.RESOLVED: "resolved",
    Status.SPAM: "spam",
}


def header(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the header and its menus show."""
    now = clock.now()
    is_snoozed = conversation.is_snoozed(now)
    is_new = conversation.status == Status.OPEN and conversation.first_response_at is None
    return {
        "status_look": "snoozed" if is_snoozed else "new" if is_new else LOOKS[Status(conversation.status)],
        "is_snoozed": is_snoozed,
        "is_new": is_new,
        "due": due_words(conversation.due_at, now) if conversation.due_at else None,
        "tags": list(conversation.tags.order_by("name")),
        "team": _team(conversation, person(request)),
        "statuses": [one for one in Status if one not in (Status.RESOLVED, Status.SPAM)],
        "priorities": list(Priority),
        "resolutions": [one for one in Resolution if one not in (Resolution.ANSWERED, Resolution.SANCTIONED)],
        "tomorrow": preset("tomorrow", now),
        "next_week": preset("week", now),
        "teams": teams(conversation),
        "promise": next(iter(conversation.promises.filter(kept_at=None).order_by("due_at")[:1]), None),
        "links": _links(conversation, person(request)),
        "link_kinds": [one for one in LinkKind if one != LinkKind.SPLIT],
    }


def answer(request: HttpRequest, conversation: Conversation, *, say: str = "", way_back: bool = False) -> HttpResponse:
    """The header as it is now (with a toast that leads back), or the page again for a plain form."""
    fresh = visible(request, conversation.pk)
    if not is_htmx(request):
        return HttpResponseRedirect(page_url(view_name(request, fresh), fresh), status=303)
    context = {
        "conversation": fresh,
        "view": view_name(request, fresh),
        "toast": say if way_back else "",
        **header(request, fresh),
    }
    return changed(
        request, render(request, "conversations/parts/head.html", context), fresh, say="" if way_back else say
    )


def teams(conversation: Conversation) -> list[Team]:
    """The teams that may have the conversation: those that its inbox is granted to."""
    return list(Team.objects.filter(inboxes=conversation.inbox_id).order_by("name"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu of people."""

    pk: int
    name: str
    initials: str
    is_me: bool
    is_assignee: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """One linked conversation in the sidebar."""

    pk: int
    subject: str
    words: str
    icon: str


INVERSE = {
    LinkKind.RELATED: _("Related to"),
    LinkKind.DUPLICATE: _("Has a duplicate"),
    LinkKind.FOLLOW_UP: _("Is followed by"),
    LinkKind.SPLIT: _("A message was split out"),
}


def _links(conversation: Conversation, user: User) -> list[Linked]:
    """Linked conversations, seen from this one; subjects only of what the person may see."""
    found = Link.objects.filter(Q(conversation=conversation) | Q(other=conversation)).order_by("pk")
    linked = []
    both = list(found.select_related("conversation", "other"))
    there_too = {one.other_id if one.conversation_id == conversation.pk else one.conversation_id for one in both}
    visible_ones = Conversation.objects.visible_to(user).filter(pk__in=there_too)
    seen = set(visible_ones.values_list("pk", flat=True)) if both else set()
    for one in both:
        is_ours = one.conversation_id == conversation.pk
        there = one.other if is_ours else one.conversation
        words = LinkKind(one.kind).label if is_ours else INVERSE[LinkKind(one.kind)]
        icon = "circle-check" if there.is_ended else "circle-dot"
        linked.append(Linked(there.pk, there.subject if there.pk in seen else "", str(words), icon))
    return linked


def _team(conversation: Conversation, user: User) -> list[Choice]:
    people = colleagues(conversation, user)
    return [
        Choice(one.pk, one.name, one.initials, one.pk == user.pk, one.pk == conversation.assignee_id) for one in people
    ]


def colleagues(conversation: Conversation, user: User) -> list[User]:
    """Who may be given the conversation: active people of the teams that its inbox is granted to, oneself first."""
    found = User.objects.filter(is_active=True, teams__inboxes=conversation.inbox_id).distinct().order_by("name")
    people = [one for one in found.only("name", "roles", "is_active") if one.can("conversations.view")]
    return sorted(people, key=lambda one: one.pk != user.pk)
