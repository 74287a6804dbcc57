"""An article's Markdown as the help centre shows it: anchors on headings, code with a head and a Copy button, callouts
(`> [!WARNING]`, as GitHub writes them), and tabs of labelled blocks that follow each other (```sh [pnpm]).

Tabs are radio buttons, so that they work without a script and by the arrow keys; on paper all of them are shown.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from firstline.core import markdown
from firstline.core.markdown import CodeBlock
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
_CALLOUT = re.compile(
    r"<blockquote>\s{0,9}<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](</p>|<br ?/?>\s{0,9}|(?=\s))", re.IGNORECASE
)
CALLOUTS: dict[str, tuple[str, Callable[[], str]]] = {
    "note": ("pen-line", lambda: _("Note")),
    "tip": ("lightbulb", lambda: _("Tip")),
    "important": ("megaphone", lambda: _("Important")),
    "warning": ("triangle-alert", lambda: _("Warning")),
    "caution": ("shield-alert", lambda: _("Careful")),
}
MOST_TABS = 6
"""As many as code.css knows; what is more begins a group of its own."""


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
    clean = _CALLOUT.sub(_callout, clean)
    clean = _Blocks(markdown.code_blocks(source)).write(clean)
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


def _callout(match: re.Match[str]) -> str:
    kind = match[1].lower()
    symbol, words = CALLOUTS[kind]
    title = f'<p class="callout__title">{icon(symbol)}{html.escape(words())}</p>'
    return f'<blockquote class="callout callout--{kind}">{title}{"" if match[2] == "</p>" else "<p>"}'


class _Blocks:
    """Writes the blocks of code of one page, those with labels that follow each other as tabs."""

    def __init__(self, blocks: list[CodeBlock]) -> None:
        self._blocks = blocks
        self._groups = 0

    def write(self, clean: str) -> str:
        """The page with its code; blocks that the source does not explain stay single ones."""
        matches = list(_CODE.finditer(clean))
        blocks = self._blocks if len(self._blocks) == len(matches) else [CodeBlock("", False)] * len(matches)
        written, at = [], 0
        for group in _groups(blocks):
            first, last = matches[group[0]], matches[group[-1]]
            written.append(clean[at : first.start()])
            labels = [blocks[place].label for place in group]
            codes = [_code(matches[place], blocks[place].label) for place in group]
            written.append(self._tabs(labels, codes) if len(group) > 1 else codes[0])
            at = last.end()
        return "".join([*written, clean[at:]])

    def _tabs(self, labels: list[str], codes: list[str]) -> str:
        self._groups += 1
        name = f"tabs-{self._groups}"
        heads = []
        for number, label in enumerate(labels, start=1):
            checked, words = " checked" if number == 1 else "", html.escape(label)
            place = f'id="{name}-{number}" name="{name}" value="{words}" form="nowhere"'
            heads.append(f'<input type="radio" {place}{checked}><label for="{name}-{number}">{words}</label>')
        legend = f'<legend class="visually-hidden">{html.escape(_("Which one do you use?"))}</legend>'
        return f'<fieldset class="code-tabs" data-tabs>{legend}{"".join(heads)}{"".join(codes)}</fieldset>'


def _groups(blocks: list[CodeBlock]) -> list[list[int]]:
    """Places of blocks that belong together: labelled, one right after the other, each label once."""
    groups: list[list[int]] = []
    for place, block in enumerate(blocks):
        labels = [blocks[other].label for other in groups[-1]] if groups else []
        joins = block.follows and block.label and all(labels) and block.label not in labels
        if joins and labels and len(labels) < MOST_TABS:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _code(match: re.Match[str], label: str) -> str:
    language = (match[2] or "").lower()
    name = html.escape(label or LANGUAGES.get(language, language) or _("Text"))
    copy = f"{icon('copy')}<span>{html.escape(_('Copy'))}</span>"
    button = f'<button class="button button--sm push" type="button" data-copy-code hidden>{copy}</button>'
    head = f'<div class="codeblock__head"><span>{name}</span>{button}</div>'
    return f'<div class="codeblock">{head}<pre tabindex="0">{match[1]}</pre></div>'
