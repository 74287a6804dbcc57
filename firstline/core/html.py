"""The only sanitiser of the product (S-14), and the plain-text view of HTML. Both read the same tokens.

Remote content is never kept (S-16): of images only the alternative text, and `cid:` sources of parts that came with
the message. Links keep http, https and mailto only (S-17). Every input takes linear time (S-18).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from firstline.core.html_tokens import BLOCK, KNOWN, Token, Tokens

MAX_LENGTH = 1_000_000
"""Characters of HTML that are looked at (S-18); what is longer is cut."""

MAX_PICTURES = 40
_MAX_SHOWN_LINK = 120
_MAX_INDENT = 8
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]", re.IGNORECASE)
_PICTURE = re.compile(r"https?://[^\s<>\"']{3,2000}", re.IGNORECASE)
_IGNORED_IN_SCHEME = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_CLASS = re.compile(r"highlight|language-[a-z0-9+#.-]{1,30}|[a-z][a-z0-9]{0,2}")
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start", "type"},
    "code": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "div": {"class"},
}
_TAGS = set(KNOWN)
_QUOTE_CLASS = re.compile(
    r"\b(?:gmail_quote|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|moz-email-headers-table|"
    r"gmail_attr|moz-cite-prefix)\b"
)
_QUOTE_ID = re.compile(
    r"divRplyFwdMsg|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|replySplit|isReplyContent"
)
_QUOTE_MARKS = re.compile(
    rf"""{_QUOTE_CLASS.pattern}|id=["']?(?:{_QUOTE_ID.pattern})|<blockquote[^>]{{0,300}}type=["']?cite""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Sanitised HTML, how many remote loads were taken out, and whether it was cut (`long`, `deep`; '' when whole).

    `pictures` are the addresses of the pictures that lay elsewhere: the one at place n stands as `cid:remote.n`.
    """

    html: str
    blocked: int
    cut: str
    pictures: tuple[str, ...] = ()


def sanitise(source: str, *, relative: bool = False) -> str:
    """Safe HTML out of any HTML. `relative` keeps links within this site (for articles, never for mail)."""
    return clean(source, relative=relative).html


def clean(source: str, *, relative: bool = False, places: bool = False) -> Cleaned:
    """Sanitise and say what was taken out; with `places`, remote pictures leave a mark where they stood. Linear in
    time; never raises for any input.
    """
    import nh3

    tokens = Tokens(source[:MAX_LENGTH])
    pictures: dict[str, int] = {}
    written = "".join(_write(_placed(token, pictures) if places else token, relative=relative) for token in tokens)
    safe = nh3.clean(
        written,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "cid"},
        url_relative="pass_through" if relative else "deny",
        link_rel="noopener noreferrer ugc nofollow",
    )
    cut = "long" if len(source) > MAX_LENGTH else "deep" if tokens.too_deep else ""
    return Cleaned(safe, tokens.blocked, cut, tuple(pictures))


def _placed(token: Token, pictures: dict[str, int]) -> Token:
    """A remote picture's tag with its place for an address; of pictures too small to be seen nothing is kept."""
    address = token.attributes.get("src", "").strip()
    tiny = {token.attributes.get(name, "") for name in ("width", "height")} & {"0", "1"}
    if token.name != "img" or token.kind != "start" or not _PICTURE.fullmatch(address) or tiny:
        return token
    if len(pictures) >= MAX_PICTURES and address not in pictures:
        return token
    place = pictures.setdefault(address, len(pictures))
    return Token("start", "img", {**token.attributes, "src": f"cid:remote.{place}"})


def _write(token: Token, *, relative: bool) -> str:
    if token.kind == "text":
        return token.name.replace("<", "&lt;").replace(">", "&gt;")
    if token.kind == "end":
        return f"</{token.name}>"
    kept = [
        f' {name}="{html.escape(value)}"'
        for name, raw in token.attributes.items()
        if (value := _value(token.name, name, raw, relative=relative)) is not None
    ]
    return f"<{token.name}{''.join(kept)}>"


def _value(tag: str, name: str, value: str, *, relative: bool) -> str | None:
    """The value that is kept for an attribute, None for none."""
    if name not in _ATTRIBUTES["*"] and name not in _ATTRIBUTES.get(tag, ()):
        return None
    if name == "href":
        return link(value, relative=relative)
    if name == "src":
        return value if re.fullmatch(r"cid:[^\s<>\"']{1,250}", value, re.IGNORECASE) else None
    if name == "class":
        return " ".join(one for one in value.split()[:8] if _CLASS.fullmatch(one)) or None
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if re.fullmatch(r"\d{1,4}", value) else None
    return value


def link(value: str, *, relative: bool = False) -> str | None:
    """The link that may stay, None when its scheme is not http, https or mailto (S-17)."""
    plain = _IGNORED_IN_SCHEME.sub("", value)
    if _LINK.match(plain):
        return value.strip()
    if relative and re.match(r"#|/(?![/\\])", plain):
        return plain
    return None


def has_quote_marks(source: str) -> bool:
    """Whether a mail program has marked in this HTML where the quoted message begins."""
    return bool(_QUOTE_MARKS.search(source, 0, MAX_LENGTH))


def to_text(source: str, *, mark_quotes: bool = False) -> str:
    """Plain text of HTML: paragraphs apart, `pre` as it stands, quotes marked `> `, links after their words.

    `mark_quotes` also marks what mail programs quote without a `blockquote`. Linear in time; never raises. Lines have
    no trailing space, and outside `pre` there is no more than one empty line in a row.
    """
    writer = _TextWriter(mark_quotes=mark_quotes)
    for token in Tokens(source[:MAX_LENGTH]):
        if token.kind == "text":
            writer.text(html.unescape(token.name))
        elif token.kind == "start":
            writer.start(token)
        else:
            writer.end(token.name)
    return writer.result()


class _TextWriter:
    """Collects lines; knows how many quotes and lists are open, and whether white space counts."""

    def __init__(self, *, mark_quotes: bool) -> None:
        self._mark_quotes = mark_quotes
        self._boxes: list[bool] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._gap = 0
        self._quotes = 0
        self._quotes_before = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []

    def text(self, words: str) -> None:
        if self._pre:
            first, *more = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._line.append(first)
            for line in more:
                self._break(1, keep=True)
                self._line.append(line)
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", words).replace("\xa0", " ")
        if not self._line or self._line[-1].endswith(" "):
            words = words.lstrip(" ")
        if words:
            self._line.append(words)

    def start(self, token: Token) -> None:
        name = token.name
        if name == "br":
            self._break(1, keep=True)
        elif name == "img":
            self.text(token.attributes.get("alt", ""))
        elif name == "a":
            self._links.append((token.attributes.get("href", ""), len(self._line)))
        elif name == "hr":
            self._break(2)
            self._line.append("-----")
            self._break(2)
        elif name == "li":
            self._break(1)
            self._line.append(self._bullet())
        elif name in ("td", "th"):
            self.text(" ")
        elif name in ("ul", "ol"):
            self._break(1 if self._lists else 2)
            self._lists.append(0 if name == "ol" else None)
        else:
            self._break(_gap(name))
            self._pre += name == "pre"
            if name in ("blockquote", "div"):
                self._open_box(token)

    def _open_box(self, token: Token) -> None:
        """A blockquote, or a div that quotes although it is none."""
        quotes = token.name == "blockquote"
        if self._mark_quotes:
            quotes = quotes or bool(_QUOTE_CLASS.search(token.attributes.get("class", "")))
            if _QUOTE_ID.fullmatch(token.attributes.get("id", "")):
                self._line.append("-----Original message-----")
                self._break(1)
        self._boxes.append(quotes)
        self._quotes += quotes

    def end(self, name: str) -> None:
        if name == "a" and self._links:
            self._after_link(*self._links.pop())
        elif name in ("ul", "ol"):
            if self._lists:
                self._lists.pop()
            self._break(1 if self._lists else 2)
        else:
            self._break(1 if name == "li" else _gap(name))
            self._pre -= name == "pre"
            if name in ("blockquote", "div") and self._boxes:
                self._quotes -= self._boxes.pop()

    def result(self) -> str:
        self._break(1)
        return "\n".join(self._lines).strip("\n")

    def _bullet(self) -> str:
        indent = "  " * min(max(len(self._lists) - 1, 0), _MAX_INDENT)
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            return f"{indent}{self._lists[-1]}. "
        return f"{indent}- "

    def _after_link(self, href: str, since: int) -> None:
        words = "".join(self._line[since:]).strip()
        href = href.strip()
        shown = href.lower().startswith(("http://", "https://")) and len(href) <= _MAX_SHOWN_LINK
        if shown and words and words.rstrip("/") not in href:
            self._line.append(f" ({href})")

    def _break(self, gap: int, *, keep: bool = False) -> None:
        """End the line; `gap` 2 asks for an empty line before the next; `keep` writes this one even if it is empty."""
        if not gap:
            return
        line = "".join(self._line).rstrip()
        quotes = min(self._quotes, _MAX_INDENT)
        if line or keep:
            above = self._lines[-1].strip("> ") if self._lines else ""
            if self._gap == 2 and above:
                self._lines.append(("> " * min(quotes, self._quotes_before)).rstrip())
            if line or above or self._pre:
                self._lines.append(("> " * quotes + line).rstrip())
            self._gap = 0
            self._quotes_before = quotes
        self._line.clear()
        self._gap = max(self._gap, gap)


def _gap(name: str) -> int:
    if name in ("p", "blockquote", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dl"):
        return 2
    return 1 if name in BLOCK or name in ("tr", "li", "dt", "dd", "caption") else 0
