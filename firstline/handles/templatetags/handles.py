"""Signals and channels in words."""

from django import template
from django.utils.translation import gettext as _

from firstline.conversations.audience import PLACES
from firstline.handles.rules import Signal

register = template.Library()


@register.simple_tag
def signal_words(signal: Signal) -> str:
    """What a signal says, in the reader's language."""
    return {
        "same_address": _("the same address"),
        "stated": _("stated in what the other one wrote:"),
        "same_name": _("the same full name:"),
        "handle_is_name": _("handle and name are alike:"),
        "handle_has_name": _("the handle holds the first name:"),
        "same_line": _("both pasted the line"),
        "same_package": _("both speak of"),
        "colleagues": _("both have an address of their own at"),
    }.get(signal.name, signal.name)


@register.simple_tag
def channel_name(channel: str) -> str:
    """The name of a channel."""
    return (
        _("Email")
        if channel == "email"
        else _("Web form, address as typed")
        if channel == "web"
        else PLACES.get(channel, channel)
    )


@register.filter
def signed(weight: float) -> str:
    """A weight in hundredths with its sign."""
    return f"{round(100 * weight):+d}"
