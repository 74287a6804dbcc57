"""Markdown as agents and authors write it, to HTML that the one sanitiser has passed."""

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstline.core import html

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def render(text: str) -> str:
    """Safe HTML of CommonMark text with tables, bare links and highlighted code; raw HTML in it is shown as text."""
    return html.sanitise(_renderer().render(text), relative=True)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code: its label (of ```sh [pnpm] the `pnpm`, else ""), and whether another block ends right before."""

    label: str
    follows: bool


def code_blocks(text: str) -> list[CodeBlock]:
    """The blocks of code in the order in which `render` writes them."""
    found, before = [], ""
    for token in _renderer().parse(text):
        if token.type in ("fence", "code_block"):
            label = _LABEL.search(token.info)
            found.append(CodeBlock(label[1].strip() if label else "", before == "fence"))
        before = token.type
    return found


_LABEL = re.compile(r"\[([^\[\]]{1,30})\]\s*$")


@functools.cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "highlight": _highlight, "breaks": True}).enable(
        ["table", "strikethrough"]
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Code with pygments' short classes; "" leaves the escaping to markdown-it."""
    if not language:
        return ""
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))
