"""What every template of the desk draws with: icons, avatars, times, confidence, and questions about permissions."""

import functools
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from firstline.core import clock, html

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
TONES = ("", "blue", "leaf")
COMPONENTS = (
    "icon",
    "button",
    "input",
    "badge",
    "avatar",
    "list-row",
    "timeline-message",
    "note",
    "composer",
    "tabs",
    "menu",
    "palette",
    "toast",
    "panel",
    "suggestion",
    "diagnosis",
    "cover",
    "empty",
    "table",
    "chart",
    "steps",
    "banner",
    "article",
    "public-status",
    "popover",
)
"""Style sheets of css/components, in the order in which pages link them."""
_FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]{1,100}"')
_CID = re.compile(r'src="cid:([^"]{1,250})"')


@functools.cache
def _sprite() -> str:
    return static("core/vendor/icons.svg")


@register.simple_tag
@functools.cache
def core_styles() -> SafeString:
    """The links to every shared style sheet; their addresses change only with a release."""
    files = [f"core/css/{name}.css" for name in ("tokens", "base", "layout")]
    files += [f"core/css/components/{name}.css" for name in COMPONENTS]
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(file),) for file in files))


@register.simple_tag
@functools.lru_cache(maxsize=1024)
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """One symbol of the sprite; decoration unless it has a `label`. Names are those of scripts/icons.txt."""
    css = f"icon {extra}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#i-{}"/></svg>', css, label, _sprite(), name
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', css, _sprite(), name)


@register.simple_tag
def avatar(person: Any, size: str = "", presence: str = "") -> SafeString:
    """Shape says who: contacts are round, teammates soft squares, the machine (None) a dashed circle. No photos."""
    kind = getattr(person, "actor_kind", "contact") if person is not None else "machine"
    css = f"avatar avatar--{size}" if size else "avatar"
    if kind == "machine":
        return format_html(
            '<span class="{}" data-kind="machine" aria-hidden="true">{}</span>', css, icon("orbit", "icon--sm")
        )
    letters = initials(person)
    if kind == "agent":
        ring = format_html(' data-presence="{}"', presence) if presence else ""
        return format_html('<span class="{}" data-kind="agent"{} aria-hidden="true">{}</span>', css, ring, letters)
    contact = getattr(person, "contact_id", None) or getattr(person, "pk", 0) or 0
    tone = TONES[contact % len(TONES)]
    drawn = format_html(' data-tone="{}"', tone) if tone else ""
    return format_html('<span class="{}"{} aria-hidden="true">{}</span>', css, drawn, letters)


def initials(person: Any) -> str:
    """Two letters for anybody who has `initials` or at least a name."""
    ready = getattr(person, "initials", None)
    if ready:
        return str(ready)
    words = str(person).replace(".", " ").replace("-", " ").split()
    if not words:
        return "?"
    return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()


def ago(moment: datetime, now: datetime) -> str:
    """How long ago in the fewest words: "now", "12 min", "2 h", "5 d", then the date."""
    seconds = (now - moment).total_seconds()
    if seconds < MINUTE:
        return _("now")
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _("%(n)d h") % {"n": seconds // HOUR}
    if seconds < 28 * DAY:
        return _("%(n)d d") % {"n": seconds // DAY}
    return _date_words(
        timezone.localtime(moment).date(), "M Y" if now.year != moment.year else "j M", get_language() or ""
    )


@functools.lru_cache(maxsize=4096)
def _date_words(day: date, pattern: str, _language: str) -> str:
    """A date in words; a list of old conversations says the same few days over and over."""
    return date_format(day, pattern)


def ahead(moment: datetime, now: datetime) -> str:
    """When something will be: "10:30", "tomorrow, 09:00", "Mon 12 Jan, 09:00"; in the current time zone."""
    here, today = timezone.localtime(moment), timezone.localtime(now).date()
    hour = date_format(here, "H:i")
    if here.date() == today:
        return hour
    if (here.date() - today).days == 1:
        return _("tomorrow, %(time)s") % {"time": hour}
    return f"{date_format(here, 'D j M')}, {hour}"


@register.simple_tag
def since(value: datetime | None, css: str = "") -> SafeString | str:
    """A `<time>` that says how long ago; the browser adds the exact moment on hover (times.js)."""
    return _time(value, ago(value, clock.now()), css) if value is not None else ""


@register.simple_tag
def moment(value: datetime | None, css: str = "") -> SafeString | str:
    """A `<time>` as a timeline shows it: the hour today, day and hour before."""
    if value is None:
        return ""
    here = timezone.localtime(value)
    today = timezone.localtime(clock.now())
    if here.date() == today.date():
        return _time(value, f"{here:%H:%M}", css)
    return _time(value, f"{_day(here.date(), here.year != today.year, get_language())}, {here:%H:%M}", css)


@functools.lru_cache(maxsize=512)
def _day(day: date, with_year: bool, _language: str | None) -> str:
    return date_format(day, "j M Y" if with_year else "j M")


def _time(value: datetime, words: str, css: str) -> SafeString:
    return format_html('<time class="{}" datetime="{}">{}</time>', css, value.isoformat(timespec="seconds"), words)


@register.filter
def until(value: datetime | None) -> str:
    """Words for a moment ahead."""
    return ahead(value, clock.now()) if value else ""


@register.simple_tag
def confidence(value: float, floor: float | None = None) -> SafeString:
    """A bar and a percentage for a probability between 0 and 1; the tick is the floor that the lead has set."""
    tick = format_html('<path class="floor" d="M{} 0v6"/>', round(40 * floor, 1)) if floor else ""
    return format_html(
        '<span class="confidence"><svg viewBox="0 0 40 6" aria-hidden="true">'
        '<rect class="track" width="40" height="6" rx="3"/>'
        '<rect class="fill" width="{}" height="6" rx="3"/>{}</svg>{}%</span>',
        round(40 * value, 1),
        tick,
        int(value * 100),
    )


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> bool:
    """Whether the signed-in person holds a permission: `{% may "outbox.view" as outbox %}`."""
    user = getattr(context.get("request"), "user", None)
    return bool(user is not None and user.is_authenticated and user.can(permission))


@register.simple_tag
def keeps_mail() -> bool:
    """Whether outgoing mail is kept in the outbox because no outgoing server is set."""
    return not settings.OUTGOING_SMTP


@register.filter
def capped(count: int) -> str:
    """A counter that stops at 999+."""
    return f"{count}" if count < 1000 else "999+"


@register.filter
def language_words(code: str) -> str:
    """The name of a language in the reader's own: "German" for "de"; the code itself when it is not known."""
    try:
        return _(get_language_info({"zh": "zh-hans", "no": "nb"}.get(code, code))["name"])
    except KeyError:
        return code


@register.filter
def filesize(size: int) -> str:
    """Bytes as people read them: "812 B", "34 kB", "2.1 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


@register.simple_tag(takes_context=True)
def panel(context: Context, name: str, pk: int) -> SafeString:
    """What another slice shows here: its own view, found by URL name, called within this request.

    A request of its own for each panel would pay for session, person and visibility every time. Nothing is shown when
    there is no such view, or when it refuses.
    """
    found = _panel_view(name, settings.ROOT_URLCONF)
    if found is None:
        return SafeString()
    view, argument = found
    try:
        response = view(context["request"], **{argument: pk})
    except PermissionDenied:
        return SafeString()
    return SafeString(response.content.decode() if response.status_code == HTTPStatus.OK else "")


@functools.lru_cache(maxsize=1024)
def _cleaned(source: str, relative: bool) -> str:
    return html.sanitise(source, relative=relative)


@functools.cache
def _panel_view(name: str, urls: str) -> tuple[Callable[..., HttpResponse], str] | None:
    """The view behind a panel's name and the word by which it takes the id; None when there is none."""
    try:
        match = resolve(reverse(name, args=[0]), urls)
    except NoReverseMatch:
        return None
    return match.func, next(iter(match.kwargs))


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, pk: int, audience: str = "") -> SafeString:
    """A panel in the place where live updates look for it: what it says has a digest, so that only news is put in."""
    if _panel_view(name, settings.ROOT_URLCONF) is None:
        return SafeString()
    words = SafeString() if name in (context.get("silent") or ()) else panel(context, name, pk)
    digest = zlib.crc32(_FORM_TOKEN.sub("", words).encode())
    place = f"slot-{name.replace(':', '-')}"
    for_whom = format_html(' data-audience="{}"', audience) if audience else ""
    return format_html('<div class="slot" id="{}" data-rev="{}"{}>{}</div>', place, digest, for_whom, words)


@register.filter
def clean_html(source: str, pictures: Mapping[str, str] | None = None) -> SafeString:
    """The one place where stored HTML becomes part of a page: through the sanitiser, every time (S-14).

    `pictures` gives data: addresses for the Content-IDs of pictures that came with a mail.
    """
    cleaned = _cleaned(source, pictures is None)
    if pictures is not None:
        cleaned = _CID.sub(lambda match: f'src="{pictures.get(match.group(1), "data:,")}"', cleaned)
    return SafeString(cleaned)
