"""What stands on the settings page: each slice's own page, by URL name, and the permission that it asks for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the settings page."""

    url: str
    title: Promise
    hint: Promise
    icon: str
    permission: str


PLACES = [
    Place(
        "inboxes:inboxes",
        _("Inboxes"),
        _("Where people write to you, and how answers leave"),
        "inbox",
        "inboxes.manage",
    ),
    Place("accounts:people", _("People"), _("Who works here, and what they may do"), "users", "people.manage"),
    Place("conversations:lifts", _("Trainees"), _("What who is learning may answer alone"), "sprout", "replies.lift"),
    Place(
        "escalations:engineers",
        _("Engineers"),
        _("Whom you can ask for help, and who owns which code"),
        "wrench",
        "engineers.manage",
    ),
    Place("sla:settings", _("Clocks"), _("Working hours, and how soon people get an answer"), "clock", "clocks.manage"),
    Place(
        "incidents:settings",
        _("Status page"),
        _("Parts of the service, what is promised of them, and who watches"),
        "activity",
        "clocks.manage",
    ),
    Place("paging:settings", _("On call"), _("Who is called out of hours, and how"), "phone", "clocks.manage"),
    Place("automation:index", _("Rules"), _("What is done the same way every time"), "zap", "rules.manage"),
    Place(
        "answers:report",
        _("Answers"),
        _("What the machine proposes, and what it may do alone"),
        "pencil-line",
        "answers.decide",
    ),
    Place(
        "answers:catalogue",
        _("Known failures"),
        _("What the desk recognises in a paste, and what it says of it"),
        "stethoscope",
        "answers.decide",
    ),
    Place(
        "quality:settings",
        _("Quality"),
        _("What makes an answer good, and looking at some by chance"),
        "eye",
        "quality.review",
    ),
    Place("surveys:settings", _("Surveys"), _("Who is asked how it was, and when"), "smile", "surveys.manage"),
    Place("ledger:page", _("Ledger"), _("Everything that arrived, accounted for"), "shield-check", "ledger.view"),
    Place("inboxes:outbox", _("Outbox"), _("Mail that is kept because no server takes it"), "send", "outbox.view"),
    Place(
        "moderation:settings",
        _("Safety"),
        _("Whom the desk calls when somebody may be in danger, and where help is found"),
        "hand-heart",
        "desk.configure",
    ),
    Place(
        "inboxes:first_run", _("First steps"), _("What a fresh desk needs, step by step"), "sprout", "desk.configure"
    ),
    Place(
        "notifications:settings",
        _("How you are told"),
        _("What the bell and mail tell you of"),
        "bell",
        "conversations.view",
    ),
    Place(
        "translation:own",
        _("Languages"),
        _("What you read and write, and what may be translated"),
        "languages",
        "conversations.view",
    ),
    Place("accounts:me", _("You and your keys"), _("Your name, your keys, your password"), "user", ""),
]
