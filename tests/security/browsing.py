"""Looking at hostile content as a person would, and what must not be found there."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.desk import Desk

REPORT = 'window.hit = () => console.error("xss: a vector ran at " + location.href);'
SUSPECT = """
(selector) => {
  const found = [];
  for (const box of document.querySelectorAll(selector)) {
    for (const element of [box, ...box.querySelectorAll("*")]) {
      if (element.closest(".codeblock__head")) continue;  // ours: the sanitiser lets nobody else have the class
      for (const {name, value} of element.attributes) {
        if (/^(on|hx-|data-|srcdoc$|formaction$|action$|ping$|background$|poster$|srcset$|nonce$|style$)/i.test(name)) {
          found.push(`${element.tagName} ${name}=${value}`);
        }
      }
      const refused =
        /^(script|iframe|object|embed|form|input|link|meta|base|style|svg|math|frame|template|video|audio)$/i;
      if (refused.test(element.tagName)) {
        found.push(`<${element.tagName}>`);
      }
    }
    for (const link of box.querySelectorAll("a[href]")) {
      const rel = (link.getAttribute("rel") || "").split(/\\s+/);
      const elsewhere = link.origin !== location.origin;
      if (!["http:", "https:", "mailto:"].includes(link.protocol)) found.push("scheme of " + link.outerHTML);
      else if (elsewhere && !(rel.includes("noopener") && rel.includes("noreferrer"))) found.push("rel of " +
      link.outerHTML);
    }
  }
  return found;
}
"""
WRITTEN_BY_OTHERS = (
    ".message__body > :is(p, pre, blockquote, ul, ol, table, h1, h2), .prose > :not(#helped, :first-child)"
)


def seeded(desk: Desk, what: str) -> dict[str, Any]:
    """What `seeding.WHAT()` printed inside the running desk."""
    said: dict[str, Any] = json.loads(desk.shell(f"from tests.security import seeding; seeding.{what}()"))
    return said


def open_conversation(page: Page, desk: Desk, conversation: int) -> int:
    """Open it whole, with every mail that has HTML also shown as it was sent; returns how many messages there are."""
    answer = page.goto(f"/desk/open/{conversation}/?from=all")
    assert answer is not None
    assert answer.ok, desk.output[-3000:]
    expect(page.locator("#timeline")).to_be_visible()
    links = page.get_by_role("link", name="Show as sent")
    count = links.count()
    links.evaluate_all("links => links.forEach(link => link.click())")
    expect(page.locator("iframe.as-sent__frame")).to_have_count(count)
    for frame in page.frames[1:]:
        frame.wait_for_load_state()
    return page.locator("#timeline > .message").count()


def suspects(page: Page) -> list[str]:
    """Elements and attributes that nobody's words may have brought, in the page and its mail frames."""
    found: list[str] = page.evaluate(SUSPECT, WRITTEN_BY_OTHERS)
    for frame in page.frames[1:]:
        found += frame.evaluate(SUSPECT, "body")
    return found
