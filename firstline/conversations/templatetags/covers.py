"""What a cover says of what it covers: made of its facts, never of the content (W-02)."""

from django import template
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from firstline.conversations.models import Cover, Origin, Reason

register = template.Library()


@register.simple_tag
def cover_gist(cover: Cover) -> str:
    """One neutral sentence or two: what was found, and what was not."""
    held = _("Its writer is under a decision: nobody was told that it came.") if cover.is_held else ""
    threat = "" if cover.reason == Reason.THREAT else _("No threat was found in it.")
    asks = _("It asks something.") if cover.asks else _("It asks nothing.")
    links = ngettext("It holds %(n)d link.", "It holds %(n)d links.", cover.links) % {"n": cover.links}
    return " ".join(filter(None, (held, threat, asks, links if cover.links else _("It holds no link."))))


@register.simple_tag
def cover_origin(cover: Cover) -> str:
    """Who or what covered it, and how sure it was."""
    if cover.origin == Origin.PERSON:
        return _("covered by %(who)s") % {"who": cover.by.first_name if cover.by else _("somebody who reported it")}
    if cover.origin == Origin.DETECTOR and cover.score is not None:
        return _("covered by the detector, sure to %(percent)d%%") % {"percent": round(cover.score * 100)}
    return _("covered by %(what)s") % {"what": Origin(cover.origin).label}


@register.filter
def language_name(code: str) -> str:
    """The language in the reader's words; its code when it has no name here."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
