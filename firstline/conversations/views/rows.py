"""The list: fifty light rows at a time, grouped by whose turn it is."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.accounts.models import User
from firstline.conversations import queries
from firstline.conversations.audience import PLACES
from firstline.conversations.models import (
    NEWEST_FIRST,
    OURS,
    Conversation,
    ConversationQuerySet,
    Draft,
    Message,
    Priority,
    Promise,
    ReadMark,
    Reason,
    SavedView,
    Status,
    ViewColumn,
    ViewGroup,
)
from firstline.conversations.views import prepared
from firstline.conversations.views.prepared import Statement
from firstline.core import clock
from firstline.core.templatetags.desk import ago, ahead

PAGE = 50
ICONS = {"email": "mail", "github": "circle-dot", "web": "globe"}
AT_RISK, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
MIXED = {"mine", "open", "mentions"}
GROUP_ORDER = [
    Status.OPEN,
    Status.TELL_CONTACT,
    Status.WAITING_ON_CONTACT,
    Status.WAITING_ON_ENGINEERING,
    Status.RESOLVED,
    Status.SPAM,
]
FIELDS = (
    "pk",
    "subject",
    "status",
    "priority",
    "last_preview",
    "last_is_ours",
    "cover",
    "last_message_at",
    "waiting_since",
    "wake_at",
    "due_at",
    "sort_at",
    "snoozed_until",
    "assignee_id",
)
COLUMNS = (
    *FIELDS,
    "who",
    "plan",
    "organization",
    "channel",
    "inbox_name",
    "assignee_name",
    "heard",
    "heard_address",
    "read",
    "begun",
    "promised",
)


@dataclass(slots=True)
class Row:
    """What one list row shows, as words."""

    pk: int
    subject: str
    who: str
    tier: str
    icon: str
    channel: str
    preview: str
    when: str
    iso: str
    url: str
    unread: bool
    badge: str = ""
    badge_kind: str = ""
    badge_icon: str = ""
    clock: str = ""
    clock_state: str = ""
    assignee: str = ""
    assignee_name: str = ""
    order: str = ""
    group: str = ""
    rank: int = 0


@dataclass(slots=True)
class Group:
    """Rows under one head; the number in the head is the number of rows under it."""

    title: str
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """One page of a view; `after` is the cursor of the next, "" at the end."""

    groups: list[Group]
    after: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.groups


def page(user: User, view: str, after: str = "", *, saved: SavedView | None = None) -> Page:
    """A page of the view in list order, from the cursor on. An unreadable cursor is the beginning."""
    cursor = _cursor(after)
    if saved is not None:
        values = list(_saved_page(saved, user, cursor))
    else:
        given = dict(zip(prepared.CURSOR, cursor, strict=True)) if cursor is not None else None
        found = _statement(view, len(user.team_ids), cursor is not None).run(user, given)
        values = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    now = clock.now()
    base = reverse("conversations:list", args=[view])
    rows = [_row(one, view, base, now, saved) for one in values[:PAGE]]
    return Page(_grouped(rows), rows[-1].order if len(values) > PAGE else "")


def _saved_page(saved: SavedView, user: User, cursor: tuple[datetime, int] | None) -> Any:
    """One page of a saved view and the first row of the next."""
    found = queries.saved(saved, user)
    if cursor is not None:
        found = found.after(*cursor, newest_first=saved.newest_first)
    order = ("-sort_at", "-pk") if saved.newest_first else ("sort_at", "pk")
    return _light(found, user).order_by(*order)[: PAGE + 1]


def one(user: User, view: str, pk: int, *, saved: SavedView | None = None) -> Row | None:
    """The row of one conversation if it stands in the view now."""
    if saved is not None:
        there = queries.saved(saved, user)
    else:
        there = Conversation.objects.visible_to(user).in_view(view, user)
    found = list(_light(there.filter(pk=pk), user))
    return _row(found[0], view, reverse("conversations:list", args=[view]), clock.now(), saved) if found else None


@functools.cache
def _statement(view: str, teams: int, is_continued: bool) -> Statement:
    """One page of a view and the first row of the next, from the cursor on if `is_continued`."""
    somebody = prepared.somebody(teams)
    newest_first = view in NEWEST_FIRST
    found = Conversation.objects.visible_to(somebody).in_view(view, somebody)
    if is_continued:
        found = found.after(*prepared.CURSOR, newest_first=newest_first)
    order = ("-sort_at", "-pk") if newest_first else ("sort_at", "pk")
    sql, parameters = _light(found, somebody).order_by(*order)[: PAGE + 1].query.sql_with_params()
    return Statement(sql, tuple(parameters))


def _light(found: ConversationQuerySet, user: User) -> Any:
    """The columns of COLUMNS, in that order."""
    heard = Message.objects.filter(conversation=OuterRef("pk"), author_identity__isnull=False).order_by("-pk")
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user)
    begun = Draft.objects.filter(conversation=OuterRef("pk"), user=user).exclude(text="")
    promised = Promise.objects.filter(conversation=OuterRef("pk"), kept_at=None).order_by("due_at")
    return found.values(
        *FIELDS,
        who=F("contact__name"),
        plan=F("contact__organization__plan"),
        organization=F("contact__organization__name"),
        channel=F("inbox__channel"),
        inbox_name=F("inbox__name"),
        assignee_name=F("assignee__name"),
        heard=Subquery(heard.values("pk")[:1]),
        heard_address=Subquery(heard.values("author_identity__address")[:1]),
        read=Subquery(read.values("message_id")[:1]),
        begun=Exists(begun),
        promised=Subquery(promised.values("due_at")[:1]),
    )


def _row(values: dict[str, Any], view: str, base: str, now: datetime, saved: SavedView | None = None) -> Row:
    who = values["who"] or (values["heard_address"] or "").split("@")[0] or _("Somebody")
    organization = values["organization"]
    covered = _("Covered: %(reason)s") % {"reason": Reason(values["cover"]).label} if values["cover"] else ""
    unread = bool(values["heard"]) and (values["read"] or 0) < values["heard"]
    channel = _("Email") if values["channel"] == "email" else PLACES.get(values["channel"], values["channel"].title())
    row = Row(
        pk=values["pk"],
        subject=values["subject"] or covered or _("No subject"),
        who=f"{who}, {organization}" if organization and organization != who else who,
        tier=values["plan"] or "",
        icon=ICONS.get(values["channel"], "message-circle"),
        channel=_("%(channel)s, unread") % {"channel": channel} if unread else channel,
        preview=_("You: %(words)s") % {"words": values["last_preview"]}
        if values["last_is_ours"]
        else values["last_preview"] or (covered if values["subject"] else ""),
        when=ago(values["last_message_at"], now),
        iso=values["last_message_at"].isoformat(timespec="seconds"),
        url=f"{base}{values['pk']}/",
        unread=unread,
        order=f"{values['sort_at'].isoformat()},{values['pk']}",
        group=_saved_group(values, saved.group) if saved is not None else _group(values["status"], view),
        rank=_rank(values, view, saved),
    )
    _end(row, values, view, now)
    if saved is not None:
        _leave_out(row, set(saved.columns))
    return row


def _leave_out(row: Row, columns: set[str]) -> None:
    """Empty what a saved view does not show."""
    parts: dict[str, tuple[str, ...]] = {
        ViewColumn.PREVIEW: ("preview",),
        ViewColumn.PLAN: ("tier",),
        ViewColumn.WHEN: ("when",),
        ViewColumn.CLOCK: ("badge", "clock"),
        ViewColumn.ASSIGNEE: ("assignee",),
    }
    for name in {part for column, names in parts.items() if column not in columns for part in names}:
        setattr(row, name, "")


def _rank(values: dict[str, Any], view: str, saved: SavedView | None) -> int:
    """In which order groups stand; 0 where the list order decides."""
    if saved is not None and saved.group == ViewGroup.PRIORITY:
        return int(values["priority"])
    if view in MIXED or (saved is not None and saved.group == ViewGroup.STATUS):
        return GROUP_ORDER.index(values["status"])
    return 0


def _saved_group(values: dict[str, Any], group: str) -> str:
    match group:
        case ViewGroup.ASSIGNEE:
            return values["assignee_name"] or _("Nobody yet")
        case ViewGroup.PRIORITY:
            return str(Priority(values["priority"]).label)
        case ViewGroup.INBOX:
            return str(values["inbox_name"])
        case ViewGroup.PLAN:
            return values["plan"] or _("No plan")
        case ViewGroup.NONE:
            return _("All of them")
    return str(Status(values["status"]).label)


def _end(row: Row, values: dict[str, Any], view: str, now: datetime) -> None:
    """At most one badge or clock; only what changes a decision."""
    if view == "snoozed" and values["snoozed_until"]:
        row.clock = ahead(values["snoozed_until"], now)
    elif values["begun"] and view != "drafts":
        row.badge, row.badge_kind, row.badge_icon = _("Draft"), "plain", "pen-line"
    elif values["promised"]:
        late = values["promised"] <= now
        words = _("Promised, overdue") if late else _("Promised %(when)s")
        row.badge = words if late else words % {"when": ahead(values["promised"], now)}
        row.badge_kind, row.badge_icon = "late" if late else "soon", "hand-heart"
    elif values["due_at"] and values["due_at"] - now <= AT_RISK:
        row.clock, row.clock_state = due_words(values["due_at"], now)
    elif values["priority"] == Priority.URGENT and values["status"] in OURS:
        row.badge, row.badge_kind, row.badge_icon = _("Urgent"), "late", "triangle-alert"
    elif values["priority"] == Priority.HIGH and values["status"] in OURS:
        row.badge, row.badge_kind, row.badge_icon = _("High"), "soon", "flag"
    elif values["due_at"]:
        row.clock, row.clock_state = due_words(values["due_at"], now)
    elif values["status"] in OURS and values["waiting_since"]:
        waited = ago(values["waiting_since"], now)
        row.clock = waited if waited != row.when else ""
    elif values["wake_at"]:
        row.clock = _remaining(values["wake_at"], now)
    if values["assignee_name"] and view not in {"mine", "unassigned"}:
        words = values["assignee_name"].split()
        row.assignee = words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])
        row.assignee_name = values["assignee_name"]


def due_words(due_at: datetime, now: datetime) -> tuple[str, str]:
    """Until when an answer is promised, in the fewest words, and how near that is: "", "soon" or "late"."""
    if due_at <= now - MINUTE:
        return _("%(time)s late") % {"time": ago(due_at, now)}, "late"
    if due_at - now < MINUTE:
        return _("due now"), "late"
    state = "soon" if due_at - now <= AT_RISK else ""
    if due_at - now < DAY:
        return _("due in %(time)s") % {"time": ago(now, due_at)}, state
    return _("due %(when)s") % {"when": ahead(due_at, now)}, state


def _remaining(moment: datetime, now: datetime) -> str:
    return ago(now, moment) if moment > now else _("due")


GROUPS = {
    "snoozed": gettext_lazy("Asleep, back soonest first"),
    "drafts": gettext_lazy("You began an answer"),
    "unassigned": gettext_lazy("Nobody's yet, most pressing first"),
    Status.OPEN: gettext_lazy("Needs a reply, most pressing first"),
    Status.TELL_CONTACT: gettext_lazy("Tell the contact"),
    Status.WAITING_ON_CONTACT: gettext_lazy("Waiting on contact"),
    Status.WAITING_ON_ENGINEERING: gettext_lazy("Waiting on engineering"),
    Status.RESOLVED: gettext_lazy("Resolved, newest first"),
    Status.SPAM: gettext_lazy("Spam, newest first"),
}
"""Heads of groups: a view's own, else by status."""


def _group(status: str, view: str) -> str:
    return str(GROUPS[view] if view in GROUPS else GROUPS[status])


def _grouped(rows: Sequence[Row]) -> list[Group]:
    """Groups in the order of GROUP_ORDER; within one the list order stays."""
    groups: dict[str, Group] = {}
    for row in sorted(rows, key=lambda row: row.rank):
        groups.setdefault(row.group, Group(row.group)).rows.append(row)
    return list(groups.values())


def _cursor(after: str) -> tuple[datetime, int] | None:
    moment, _comma, pk = after.rpartition(",")
    if not pk.isdigit():
        return None
    try:
        when = parse_datetime(moment.replace(" ", "+"))
    except ValueError:
        return None
    return (when, int(pk)) if when is not None and when.tzinfo is not None else None
