"""Over twenty HTML mails made to slow a sanitiser down (S-18). Each is at most about a megabyte."""

from collections.abc import Callable

HEADER = (
    b"From: Casey <casey@example.org>\r\nSubject: x\r\nMessage-ID: <m@example.org>\r\nContent-Type: text/html\r\n\r\n"
)


def _repeat(unit: str, count: int, *, before: str = "", after: str = "") -> Callable[[], bytes]:
    return lambda: HEADER + (before + unit * count + after).encode()


INPUTS: dict[str, Callable[[], bytes]] = {
    "nested div": _repeat("<div>", 200_000),
    "nested div, closed": _repeat("<div>", 90_000, after="</div>" * 90_000),
    "nested bold": _repeat("<b>", 300_000),
    "bold in div, misnested": _repeat("<b><div></b>", 80_000),
    "a counter fooled": _repeat("<b>" * 199 + "</div>" * 199, 600),
    "Noah's ark": _repeat("<p><b class=i>", 70_000),
    "formatting without end": _repeat("<a><b><i><u><s><tt><big>", 40_000),
    "nested tables": _repeat("<table><tr><td>", 60_000),
    "foster parenting": _repeat("<table>x<b>", 90_000),
    "nested lists": _repeat("<ul><li>", 110_000),
    "nested quotes": _repeat("<blockquote>", 80_000),
    "120,000 attributes": _repeat(" a=1", 120_000, before="<p", after=">x</p>"),
    "one long attribute": _repeat("a", 900_000, before='<p title="', after='">x</p>'),
    "tags never closed": _repeat("<p a='", 160_000),
    "less-than signs": _repeat("<", 900_000),
    "comments never closed": _repeat("<!--", 220_000),
    "entities": _repeat("&amp;lt;", 110_000),
    "entities without end": _repeat("&#x", 300_000),
    "nested select": _repeat("<select><option>", 60_000),
    "svg in math in svg": _repeat("<svg><math><mtext><svg><title>", 30_000),
    "nested templates": _repeat("<template>", 90_000),
    "flat megabyte": _repeat("<p>word</p>", 90_000),
}
"""Name → what makes the mail."""
