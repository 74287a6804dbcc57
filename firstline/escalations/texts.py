"""What contacts are told of a problem's end, each in their language, and what engineers read of its impact."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.escalations.models import Outcome

SHORT = {"x", "mastodon", "bluesky"}
"""Channels whose posts are short: the same news in a sentence or two, without a greeting."""


@dataclass(frozen=True, slots=True)
class News:
    """What somebody is told: `title` of the problem in the desk's words is not in it, their own matter is."""

    outcome: str
    version: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a problem hits: people, their organisations, those who pay, and the weighed sum; `again` says how many were
    told of a fix and still meet it.
    """

    people: int
    organizations: int
    paying: int
    severity: str
    score: int
    again: int = 0


def letter(news: News, *, name: str, language: str, channel: str) -> str:
    """The draft to one person, in their language and fit for their channel."""
    with translation.override(language or None):
        words = _short(news) if channel in SHORT else _long(news)
        if channel in SHORT:
            return words
        greeting = _("Hello %(name)s,") % {"name": name} if name else _("Hello,")
        return f"{greeting}\n\n{words}"


def _long(news: News) -> str:
    named = {"version": news.version, "link": news.link}
    match news.outcome:
        case Outcome.FIXED:
            said = _(
                "what you reported is fixed in %(version)s, and you can install it now.\n\nTo check: update to "
                "%(version)s and do once more what failed. If it still fails, answer this and I will take it up again."
                "\n\nThank you for telling us, and sorry for the trouble."
            )
        case Outcome.WONT_FIX:
            said = _(
                "the people who build it have looked at what you reported and decided to leave it as it is:\n"
                "%(link)s\n\nI know that this is not what you hoped for. Tell me what you are trying to do, "
                "and I will look for another way with you."
            )
        case Outcome.DUPLICATE:
            said = _(
                "what you reported turned out to be the same as something that is known already:\n%(link)s\n\n"
                "You don’t need to do anything. If yours looks different to you, answer this and tell me how."
            )
        case _:
            said = _(
                "I told you that what you reported is fixed. The fix had to be taken back, so it may fail again: I am "
                "sorry.\n\nYou are on the list still, and I will write as soon as there is a version that holds."
            )
    return said % named


def _short(news: News) -> str:
    named = {"version": news.version, "link": news.link}
    match news.outcome:
        case Outcome.FIXED:
            said = _("This is fixed in %(version)s, out now. If it still fails after the update, tell me here.")
        case Outcome.WONT_FIX:
            said = _("This stays as it is: %(link)s Tell me what you are after, and I will look for another way.")
        case Outcome.DUPLICATE:
            said = _("This is the same as a known report: %(link)s")
        case _:
            said = _("The fix I told you of had to be taken back, sorry. I will write when there is one that holds.")
    return said % named


def block(impact: Impact) -> str:
    """The comment at the issue: figures only, nobody can be told from them."""
    people = ngettext("%(n)d person waits for this", "%(n)d people wait for this", impact.people) % {"n": impact.people}
    parts = []
    if impact.organizations:
        words = ngettext("%(n)d organisation", "%(n)d organisations", impact.organizations)
        parts.append(words % {"n": impact.organizations})
    if impact.paying:
        parts.append(ngettext("%(n)d of them pays", "%(n)d of them pay", impact.paying) % {"n": impact.paying})
    lines = [f"**{people}**{': ' if parts else ''}{', '.join(parts)}.", ""]
    lines.append(_("Severity: %(severity)s. Impact: %(score)d.") % {"severity": impact.severity, "score": impact.score})
    if impact.again:
        words = ngettext(
            "%(n)d person has it still after the fix.", "%(n)d people have it still after the fix.", impact.again
        )
        lines += ["", f"**{words % {'n': impact.again}}**"]
    lines += ["", f"<sub>{_('Kept up to date by the support desk.')}</sub>"]
    return "\n".join(lines)


def still_broken(versions: Sequence[str], count: int) -> str:
    """What an issue is told when people who were told of a fix say that it is none."""
    words = ngettext(
        "%(n)d person updated to %(version)s and still meets this.",
        "%(n)d people updated to %(version)s and still meet this.",
        count,
    )
    return words % {"n": count, "version": ", ".join(versions)}
