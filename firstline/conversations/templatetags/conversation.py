"""How a message's text is written: every piece is escaped here, nothing is trusted."""

import functools
from collections.abc import Iterable, Sequence

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from firstline.conversations import blocks, topics
from firstline.conversations.audience import PLACES
from firstline.conversations.models import Conversation, SealedSecret
from firstline.core import clock
from firstline.core.templatetags.desk import icon
from firstline.covers import deceiving

register = template.Library()
NEWLINE = SafeString("<br>")
KEPT_LENGTH = 8000


@functools.cache
def _prefix() -> str:
    return reverse("conversations:permalink", args=[0]).removesuffix("0/")


@register.filter
def network(channel: str) -> str:
    """The name of what a kind of channel leads to."""
    return PLACES.get(channel, channel.title())


@register.simple_tag
def act(conversation: Conversation, name: str) -> str:
    """Address of a conversation's action or part; their last word is their name, which spares forty look-ups a page."""
    return f"{_prefix()}{conversation.pk}/{name}/"


@register.filter
def topic(subject: str) -> str:
    """A subject without "Re:" and its like."""
    return topics.topic(subject)


@register.simple_tag
def message_text(text: str, secrets: Sequence[SealedSecret] = (), may_reveal: bool = False) -> SafeString:
    """Plain text as HTML: paragraphs, quotations, logs, links that open elsewhere, and chips for what is sealed."""
    if not secrets and len(text) <= KEPT_LENGTH:
        return _plain_text(text, get_language() or "")
    return _text(text, _Chips(secrets, may_reveal))


@functools.lru_cache(maxsize=1024)
def _plain_text(text: str, _language: str) -> SafeString:
    """Text without sealed secrets looks the same to everybody: it is drawn once."""
    return _text(text, _Chips((), may_reveal=False))


def _text(text: str, chips: "_Chips") -> SafeString:
    return format_html_join("\n", "{}", ((_block(block, chips),) for block in blocks.blocks(text)))


class _Chips:
    """The sealed secrets of a message by their mask; each stands for the first mask like it that is still free."""

    def __init__(self, secrets: Sequence[SealedSecret], may_reveal: bool) -> None:
        self._secrets = list(secrets)
        self._may_reveal = may_reveal

    def draw(self, mask: str) -> SafeString:
        secret = next((one for one in self._secrets if one.mask == mask), None)
        if secret is None:
            return format_html('<span class="sealed">{}{}</span>', icon("lock", "icon--sm"), mask)
        openable = self._may_reveal and secret.revealed_at is None and secret.expires_at > clock.now()
        if not openable:
            return format_html(
                '<span class="sealed" title="{}">{}{}</span>',
                _("Sealed; it can't be shown any more"),
                icon("lock", "icon--sm"),
                mask,
            )
        return format_html(
            '<button class="sealed" type="button" popovertarget="secret-{}" title="{}">{}{}</button>',
            secret.pk,
            _("Sealed. Show it once, with a reason"),
            icon("lock", "icon--sm"),
            mask,
        )


def _block(block: blocks.Block, chips: _Chips) -> SafeString:
    if block.kind == "code":
        return _code(block, chips)
    words = format_html_join("", "{}", ((_piece(piece, chips),) for piece in block.pieces))
    if block.kind == "quote":
        return format_html("<blockquote><p>{}</p></blockquote>", words)
    return format_html("<p>{}</p>", words)


def _piece(piece: blocks.Piece, chips: _Chips) -> SafeString:
    if piece.kind == "mask":
        return chips.draw(piece.text)
    if piece.kind == "code":
        return format_html("<code>{}</code>", piece.text)
    if piece.kind == "link":
        href = piece.text if piece.text.startswith("http") else f"mailto:{piece.text}"
        drawn = format_html('<a href="{}" rel="noopener noreferrer ugc" target="_blank">{}</a>', href, piece.text)
        return format_html("{}{}", drawn, _marked(deceiving.look(href)))
    return format_html_join(NEWLINE, "{}", ((line,) for line in piece.text.split("\n")))


def _marked(link: deceiving.Link) -> SafeString:
    """A quiet mark behind a link that pretends: where it leads, as people and as machines read it (D-12)."""
    if not link.tricks:
        return SafeString()
    site = link.site if link.host == link.punycode else f"{link.site} ({link.punycode})"
    return format_html(
        ' <span class="badge badge--soon" title="{}">{}{}</span>',
        " ".join(_tricks()[one] for one in link.tricks),
        icon("shield-alert", "icon--sm"),
        _("leads to %(site)s") % {"site": site},
    )


def _tricks() -> dict[deceiving.Trick, str]:
    return {
        "mixed": _("Its letters are of several alphabets."),
        "lookalike": _("It looks like another address."),
        "number": _("It is a number, not a name."),
        "userinfo": _("What stands before the @ is not where it leads."),
        "hidden": _("It holds signs that nobody sees."),
        "elsewhere": _("It says another address than it leads to."),
        "address": _("It says another address than its own."),
    }


def _code(block: blocks.Block, chips: _Chips) -> SafeString:
    head = format_html(
        '<div class="codeblock__head">{}{}<span class="push row">'
        '<button class="button button--sm button--icon" type="button" data-copy aria-label="{}">'
        "{}</button></span></div>",
        icon("terminal", "icon--sm"),
        _("Pasted log") if any(line.marked or line.hit or line.dim for line in block.shown) else _("Code"),
        _("Copy log"),
        icon("copy"),
    )
    if not block.lines:
        return format_html(
            '<div class="codeblock codeblock--wrap">{}{}</div>', head, _pre(block.shown, chips, _("Pasted log"))
        )
    return format_html(
        '<div class="codeblock codeblock--wrap">{}<details class="codeblock__all">'
        '<summary class="codeblock__more">{}</summary>{}</details>{}</div>',
        head,
        _("All %(n)d lines") % {"n": block.total},
        _pre(block.lines, chips, _("Pasted log, all lines")),
        _pre(block.shown, chips, _("Pasted log, the telling lines")),
    )


def _pre(lines: Iterable[blocks.CodeLine], chips: _Chips, label: str) -> SafeString:
    return format_html(
        '<pre tabindex="0" aria-label="{}">{}</pre>',
        label,
        format_html_join("", "{}", ((_line(one, chips),) for one in lines)),
    )


def _line(line: blocks.CodeLine, chips: _Chips) -> SafeString:
    words = format_html_join(
        "",
        "{}",
        ((chips.draw(piece.text) if piece.kind == "mask" else piece.text,) for piece in blocks.masks(line.text)),
    )
    if line.marked:
        words = format_html('<span class="err">{}</span>{}', line.marked, words)
    if line.hit:
        return format_html('<span class="hit">{}</span>', words)
    if line.dim:
        return format_html('<span class="dim">{}</span>\n', words)
    return format_html("{}\n", words)
