"""The conditions and acts that rules are made of: each stands here once, for form, sentence, dry run and run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.conversations.actions import assigning, statuses, tagging
from firstline.conversations.models import Conversation, Message, Priority, Resolution, Status, Tag
from firstline.core import clock
from firstline.events.recording import Actor
from firstline.inboxes.models import Inbox

Choices = Callable[[], list[tuple[str, str]]]
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` stands above its field, `said` in the sentence; without `choices` it takes words."""

    label: Promise
    said: Promise
    matches: Callable[[str], Q | Exists]
    choices: Choices | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """`do` changes the conversation as `by`; what is there already stays."""

    label: Promise
    said: Promise
    do: Callable[[Conversation, str, Actor], object]
    choices: Choices | None = None


def _words(value: str) -> Exists:
    return Exists(
        Message.objects.filter(conversation=OuterRef("pk"), author_identity__isnull=False, text__icontains=value)
    )


def _tagged(value: str) -> Exists:
    return Exists(Tag.objects.filter(conversations=OuterRef("pk"), name=value.lower()))


def _inboxes() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Inbox.objects.order_by("name").values_list("pk", "name")]


def _channels() -> list[tuple[str, str]]:
    return [(one, one) for one in Inbox.objects.order_by("channel").values_list("channel", flat=True).distinct()]


def _people() -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True).order_by("name")
    return [(str(one.pk), one.name) for one in people if one.can("conversations.view")]


def _anybody() -> list[tuple[str, str]]:
    return [(NOBODY, str(_("nobody"))), *_people()]


def _teams() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Team.objects.order_by("name").values_list("pk", "name")]


def _priorities() -> list[tuple[str, str]]:
    return [(str(one.value), str(one.label)) for one in Priority]


def _statuses() -> list[tuple[str, str]]:
    return [(str(one.value), str(one.label)) for one in Status if one not in (Status.RESOLVED,)]


def _resolutions() -> list[tuple[str, str]]:
    return [(str(one.value), str(one.label)) for one in Resolution if one != Resolution.SANCTIONED]


CONDITIONS: dict[str, Condition] = {
    "inbox": Condition(_("It is in the inbox"), _("it is in %(value)s"), lambda value: Q(inbox=int(value)), _inboxes),
    "channel": Condition(_("It came by"), _("it came by %(value)s"), lambda value: Q(inbox__channel=value), _channels),
    "subject": Condition(
        _("The subject holds"), _("the subject holds “%(value)s”"), lambda value: Q(subject__icontains=value)
    ),
    "words": Condition(_("The contact’s words hold"), _("the contact’s words hold “%(value)s”"), _words),
    "tag": Condition(_("It has the tag"), _("it has the tag %(value)s"), _tagged),
    "no_tag": Condition(_("It lacks the tag"), _("it lacks the tag %(value)s"), lambda value: Q(~_tagged(value))),
    "priority": Condition(
        _("Its priority is"), _("its priority is %(value)s"), lambda value: Q(priority=int(value)), _priorities
    ),
    "status": Condition(_("It stands at"), _("it stands at “%(value)s”"), lambda value: Q(status=value), _statuses),
    "assignee": Condition(
        _("Looked after by"),
        _("%(value)s looks after it"),
        lambda value: Q(assignee=None) if value == NOBODY else Q(assignee=int(value)),
        _anybody,
    ),
    "plan": Condition(
        _("The contact’s plan is"),
        _("the contact’s plan is %(value)s"),
        lambda value: Q(contact__organization__plan__iexact=value),
    ),
}


def _assign(conversation: Conversation, value: str, by: Actor) -> None:
    to = User.objects.filter(pk=int(value), is_active=True).first()
    if to is not None and Conversation.objects.visible_to(to).filter(pk=conversation.pk).exists():
        assigning.assign(conversation, to, by=by)


def _give_team(conversation: Conversation, value: str, by: Actor) -> None:
    team = Team.objects.filter(pk=int(value), inboxes=conversation.inbox_id).first()
    if team is not None:
        assigning.give_team(conversation, team, by=by)


ACTS: dict[str, Act] = {
    "tag": Act(_("Add the tag"), _("add the tag %(value)s"), lambda one, value, by: tagging.add_tag(one, value, by=by)),
    "priority": Act(
        _("Set the priority to"),
        _("set the priority to %(value)s"),
        lambda one, value, by: assigning.set_priority(one, int(value), by=by),
        _priorities,
    ),
    "assign": Act(_("Give it to"), _("give it to %(value)s"), _assign, _people),
    "team": Act(_("Give it to the team"), _("give it to the team %(value)s"), _give_team, _teams),
    "status": Act(
        _("Set whose turn it is"),
        _("set it to “%(value)s”"),
        lambda one, value, by: statuses.set_status(one, value, by=by),
        _statuses,
    ),
    "snooze": Act(
        _("Snooze it for hours"),
        _("snooze it for %(value)s hours"),
        lambda one, value, by: statuses.snooze(one, clock.now() + timedelta(hours=int(value)), by=by),
    ),
    "resolve": Act(
        _("Resolve it as"),
        _("resolve it: %(value)s"),
        lambda one, value, by: statuses.resolve(one, by=by, resolution=value),
        _resolutions,
    ),
}
"""In the order in which they are done."""


def shown(entry: Condition | Act, value: str) -> str:
    """What was chosen, in words; a choice that is gone says so."""
    if entry.choices is None:
        return value
    return dict(entry.choices()).get(value, str(_("something that is gone")))
