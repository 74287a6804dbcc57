"""Rules of conduct and letters, in words: nothing here names one of us, a reporter, or how a detector works."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.conversations.models import Reason
from firstline.moderation.models import CaseState, Measure, Sanction, Source

CONDUCT = {
    Reason.FRUSTRATION: gettext_lazy("Frustration is welcome here: say what went wrong."),
    Reason.OFF_TOPIC: gettext_lazy("Keep to the matter of the conversation."),
    Reason.DUPLICATE_FLOOD: gettext_lazy("Ask once: the same message again and again takes time from others."),
    Reason.SPAM: gettext_lazy("No advertising and no mass mail."),
    Reason.LOW_QUALITY_GENERATED: gettext_lazy("Read what you send: no reports that nobody has checked."),
    Reason.INSULT: gettext_lazy("Keep to the matter: nobody is insulted here."),
    Reason.HARASSMENT: gettext_lazy("Nobody is pursued, threatened with exposure or written to against their will."),
    Reason.HATE: gettext_lazy("Nobody is degraded for who they are."),
    Reason.SEXUAL: gettext_lazy("No sexual content."),
    Reason.IMPERSONATION: gettext_lazy("Write as yourself, not as somebody else."),
    Reason.BAN_EVASION: gettext_lazy("A pause binds the person, under every name."),
    Reason.DOXXING: gettext_lazy("No private data of other people."),
    Reason.THREAT: gettext_lazy("Nobody is threatened."),
    Reason.MALWARE_OR_PHISHING: gettext_lazy("Nothing that harms those who open or install it."),
    Reason.GRAPHIC_VIOLENCE: gettext_lazy("No depictions of violence."),
    Reason.SELF_HARM_RISK: gettext_lazy("Who may be in danger is helped, never sanctioned."),
    Reason.CSAE: gettext_lazy("Nothing that sexualises or abuses children."),
    Reason.ILLEGAL_OTHER: gettext_lazy("Nothing that is against the law."),
}
"""The rule behind each reason, of version `rules.POLICY_VERSION`."""


def rule_of(reason: str) -> str:
    """The rule's text."""
    return str(CONDUCT[Reason(reason)])


def statement(sanction: Sanction, *, items: int, first: datetime, link: str, appeal_until: datetime) -> str:
    """The statement of reasons (1.5): what, measure, from and until, facts, rule, how found, what is left, appeal."""
    found = {
        Source.DETECTOR.value: _("A detector covered it when it came in; a person made this decision."),
        Source.CONTACT.value: _("It was reported to us; a person made this decision."),
        Source.AGENT.value: _("We noticed it ourselves; a person made this decision."),
    }[sanction.found_by]
    what = _("This is about %(items)d of your messages to us, the first of %(date)s.") % {
        "items": items,
        "date": day(first),
    }
    parts = [
        what,
        measure_words(sanction),
        _("Facts: %(facts)s") % {"facts": sanction.words} if sanction.words else "",
        _("Rule (%(version)s): %(rule)s") % {"version": sanction.policy_version, "rule": rule_of(sanction.reason)},
        found,
        _("You can still read everything we publish, and what you have elsewhere is not touched.")
        if sanction.measure not in (Measure.NOTE, Measure.WARN)
        else "",
        _("If you think this is wrong, appeal until %(date)s; somebody else will decide: %(link)s")
        % {"date": day(appeal_until), "link": link},
        _("You may also go to a court."),
        _("Case %(number)d.") % {"number": sanction.case_id},
    ]
    return "\n\n".join(filter(None, parts))


def measure_words(sanction: Sanction) -> str:
    """What is done, its scope, from when until when."""
    until = _("until %(date)s") % {"date": day(sanction.expires_at)} if sanction.expires_at else _("for good")
    match Measure(sanction.measure):
        case Measure.WARN:
            return _("This is a warning. Nothing else changes.")
        case Measure.SLOW:
            return _("From now %(until)s we take at most %(n)d messages a day from you.") % {
                "until": until,
                "n": sanction.per_day or 0,
            }
        case Measure.MUTE:
            return _("From now %(until)s your messages are kept, but nobody is told of them.") % {"until": until}
        case Measure.RESTRICT_CHANNEL:
            return _("From now %(until)s we take no messages from you on this channel: %(channel)s.") % {
                "until": until,
                "channel": sanction.channel,
            }
        case Measure.SUSPEND:
            return _("From now %(until)s we pause your access to support. Your messages are kept, not answered.") % {
                "until": until
            }
        case Measure.BAN:
            return _("From now %(until)s you have no access to support. Your messages are kept, not answered.") % {
                "until": until
            }
    return ""


def appeal_answer(outcome: str, answer: str) -> str:
    """What the person gets to read about their appeal."""
    said = {
        CaseState.UPHELD.value: _("Somebody who had no part in it looked at the decision. It stands."),
        CaseState.OVERTURNED.value: _(
            "Somebody who had no part in it looked at the decision. It was wrong and is taken back; we are sorry."
        ),
        CaseState.AMENDED.value: _("Somebody who had no part in it looked at the decision and made it milder."),
    }[outcome]
    return "\n\n".join(filter(None, (said, answer)))


def day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
