"""An article's Markdown as the help centre shows it: anchors on headings, code with a head and a Copy button."""

import html
import re
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from firstline.core import markdown
from firstline.core.templatetags.desk import icon
from firstline.knowledge.rules.naming import slug_of

WORDS_PER_MINUTE = 200
LANGUAGES = {
    "sh": "Terminal",
    "bash": "Terminal",
    "shell": "Terminal",
    "console": "Terminal",
    "powershell": "PowerShell",
    "json": "JSON",
    "yaml": "YAML",
    "yml": "YAML",
    "toml": "TOML",
    "ini": ".npmrc",
    "js": "JavaScript",
    "javascript": "JavaScript",
    "ts": "TypeScript",
    "py": "Python",
    "python": "Python",
}
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_CODE = re.compile(r'<pre>(<code(?: class="(?:language-)?([\w+#.-]*)")?>.*?</code>)</pre>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Heading:
    """A second-level heading and the anchor that leads to it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered article: safe HTML, its headings, and how many minutes it takes to read (at least one)."""

    html: SafeString
    headings: tuple[Heading, ...]
    minutes: int


def page(source: str) -> Page:
    """Render Markdown. Only fixed markup and escaped text is added to what the sanitiser has passed."""
    headings: list[Heading] = []
    clean = _HEADING.sub(lambda match: _heading(match, headings), str(markdown.render(source)))
    clean = _CODE.sub(_code, clean)
    minutes = max(1, round(len(source.split()) / WORDS_PER_MINUTE))
    return Page(mark_safe(clean), tuple(headings), minutes)  # noqa: S308  # sanitised by core.markdown, see the docstring


def _heading(match: re.Match[str], headings: list[Heading]) -> str:
    text = html.unescape(_TAG.sub("", match[1])).strip()
    taken = {heading.id for heading in headings}
    anchor, number = slug_of(text), 1
    while anchor in taken:
        number += 1
        anchor = f"{slug_of(text)}-{number}"
    headings.append(Heading(anchor, text))
    return f'<h2 id="{anchor}">{match[1]}</h2>'


def _code(match: re.Match[str]) -> str:
    language = (match[2] or "").lower()
    name = html.escape(LANGUAGES.get(language, language) or _("Text"))
    copy = f"{icon('copy')}<span>{html.escape(_('Copy'))}</span>"
    button = f'<button class="button button--sm push" type="button" data-copy-code hidden>{copy}</button>'
    head = f'<div class="codeblock__head"><span>{name}</span>{button}</div>'
    return f'<div class="codeblock">{head}<pre tabindex="0">{match[1]}</pre></div>'
