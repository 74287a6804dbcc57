"""One linear pass over hostile HTML: a stream of well-nested tokens that both the sanitiser and the text view read.

Parsers of HTML take time that grows with the square of the nesting, and they disagree with simple counters about what
a tag is (trust-and-safety.md, "Sanitiser facts"). So nothing is counted here that is not also rewritten: what comes out
holds only known elements, properly nested and closed, at most `MAX_DEPTH` deep, with few and short attributes. The
parser behind it then has nothing left to disagree about, and no input makes it slow.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

MAX_DEPTH = 200
MAX_NAMES_BACK = 50
MAX_ATTRIBUTE = 2_000
MAX_ATTRIBUTES = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("br hr img col wbr")
BLOCK = _words(
    "address article blockquote center details dl div figure figcaption footer h1 h2 h3 h4 h5 h6 header hr main ol p "
    "pre section summary table ul"
)
INLINE = _words(
    "a abbr b bdi bdo cite code del dfn em i img ins kbd mark q s samp small span strike strong sub sup tt u var wbr br"
)
TABLE = _words("caption col colgroup tbody td tfoot th thead tr")
KNOWN = BLOCK | INLINE | TABLE | _words("li dt dd")

_RAW = _words("script style title textarea xmp iframe noembed noframes")
_REMOTE = _words(
    "action archive background classid code codebase data dynsrc formaction href icon longdesc lowsrc manifest poster "
    "profile src srcset style usemap xlink:href"
)
_KEPT = _words("href src alt title dir lang colspan rowspan align start type class id width height")

_IMPLIED_END: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (frozenset({"td", "th", "caption"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th", "caption"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr", "caption"}), frozenset({"table"})),
    "a": (frozenset({"a"}), frozenset({"td", "th", "table"})),
}
for _part in ("tbody", "thead", "tfoot"):
    _IMPLIED_END[_part] = (frozenset({"tbody", "thead", "tfoot", "caption"}), frozenset({"table"}))
_P_ENDS_AT = (frozenset({"p"}), frozenset({"td", "th", "caption", "table"}))
_CELL = frozenset({"td", "th", "caption", "table"})

_OPENING = re.compile(r"<(?=[a-zA-Z!?/])")
_LETTER = re.compile(r"</?[a-zA-Z]")
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+|["'])*+)>""",
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+|)))?+""",
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OUTSIDE = re.compile(r"(?:https?|ftp):|^\s*//|url\s*\(|@import", re.IGNORECASE)


@dataclass(slots=True)
class Token:
    """A piece of text (as written, entities and all), or the start or the end of one known element."""

    kind: Literal["text", "start", "end"]
    name: str
    attributes: dict[str, str] = field(default_factory=dict)


class Tokens:
    """Iterate once over the tokens of `source`; afterwards `blocked` says how many remote loads it asked for."""

    def __init__(self, source: str) -> None:
        self.blocked = 0
        self.too_deep = False
        self._source = source
        self._open: list[str] = []

    def __iter__(self) -> Iterator[Token]:
        """Well-nested: each start of a non-void element is followed by its end, innermost first."""
        for kind, name, rest in _scan(self._source):
            if kind == "text":
                yield Token("text", _CONTROL.sub("", name))
            elif kind == "end":
                yield from self._end(name)
            else:
                yield from self._start(name, rest)
        yield from self._close_to(0)

    def _start(self, name: str, rest: str) -> Iterator[Token]:
        attributes = self._attributes(rest) if len(rest) > 1 else {}
        if name not in KNOWN:
            return
        yield from self._implied_ends(name)
        if name in VOID:
            yield Token("start", name, attributes)
        elif len(self._open) >= MAX_DEPTH:
            self.too_deep = True
        else:
            self._open.append(name)
            yield Token("start", name, attributes)

    def _implied_ends(self, name: str) -> Iterator[Token]:
        if name in BLOCK:
            yield from self._end_nearest(*_P_ENDS_AT)
        elif name in _IMPLIED_END:
            yield from self._end_nearest(*_IMPLIED_END[name])

    def _end_nearest(self, names: frozenset[str], barrier: frozenset[str]) -> Iterator[Token]:
        for index in range(len(self._open) - 1, max(len(self._open) - MAX_NAMES_BACK, 0) - 1, -1):
            if self._open[index] in names:
                yield from self._close_to(index)
                return
            if self._open[index] in barrier:
                return

    def _end(self, name: str) -> Iterator[Token]:
        if name == "br":
            yield Token("start", "br")
        elif name in KNOWN and name not in VOID:
            barrier = frozenset({"table"}) if name in TABLE else _CELL
            yield from self._end_nearest(frozenset({name}), barrier - {name})

    def _close_to(self, index: int) -> Iterator[Token]:
        while len(self._open) > index:
            yield Token("end", self._open.pop())

    def _attributes(self, rest: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(rest):
            name = match[1].lower()
            if name not in _KEPT and name not in _REMOTE:
                continue
            value = html.unescape((match[2] or match[3] or match[4] or "")[: MAX_ATTRIBUTE * 4])
            if name in _REMOTE and name != "href" and _OUTSIDE.search(value):
                self.blocked += 1
            if name in _KEPT and name not in found and len(value) <= MAX_ATTRIBUTE and len(found) < MAX_ATTRIBUTES:
                found[name] = value
        return found


def _scan(source: str) -> Iterator[tuple[str, str, str]]:
    """('text', text, ''), ('start', name, attributes as written) or ('end', name, ''), after WHATWG HTML 13.2.5."""
    position, length = 0, len(source)
    while position < length:
        opening = _OPENING.search(source, position)
        if not opening:
            yield "text", source[position:], ""
            return
        less = opening.start()
        if less > position:
            yield "text", source[position:less], ""
        tag = _TAG.match(source, less)
        if tag:
            name = tag[2].lower()
            yield ("end", name, "") if tag[1] else ("start", name, tag[3])
            position = tag.end()
            if not tag[1] and name in _RAW:
                position = _end_of_raw(source, name, position)
        elif source.startswith("<!--", less):
            comment = _COMMENT.match(source, less)
            position = comment.end() if comment else length
        elif _LETTER.match(source, less):
            yield "text", source[less:], ""
            return
        else:
            position = source.find(">", less) + 1 or length


def _end_of_raw(source: str, name: str, position: int) -> int:
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, position)
    return end.start() if end else len(source)
