"""What contacts are told: of a problem's end, each in their language and fit for their channel."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from firstline.escalations.models import Outcome

SHORT = {"x", "mastodon", "bluesky"}
"""Channels whose posts are short: the same news in a sentence or two, without a greeting."""


@dataclass(frozen=True, slots=True)
class News:
    """What somebody is told: `title` of the problem in the desk's words is not in it, their own matter is."""

    outcome: str
    version: str = ""
    link: str = ""


def letter(news: News, *, name: str, language: str, channel: str) -> str:
    """The draft to one person, in their language and fit for their channel."""
    with translation.override(language or None):
        words = _short(news) if channel in SHORT else _long(news)
        if channel in SHORT:
            return words
        return f"{greeting(name, language)}\n\n{words}"


def greeting(name: str, language: str) -> str:
    """The first line of a letter to a contact, in their language."""
    with translation.override(language or None):
        return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


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
