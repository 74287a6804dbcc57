"""Chromium as the journeys use it: every page is watched, and no name but this machine's own leads anywhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
    expect,
)

from tests.journeys.desk import Desk, Trap

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-features=LocalNetworkAccessChecks",  # else it stops short of the trap and nobody hears of it
)
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NOTICE_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("csp: " + event.violatedDirective + " refused " + event.blockedURI + " at " + event.documentURI);
});
"""


@dataclass
class Watch:
    """What went wrong on the pages of one test. `expected` are statuses that the test means to provoke, `friends` the
    origins on loopback that it means to visit.
    """

    desk: Desk
    trap: Trap
    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    friends: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    visits_before: int = 0

    def follow(self, context: BrowserContext) -> None:
        """Listen to everything that happens in a context."""
        self.visits_before = len(self.trap.visits)
        context.add_init_script(NOTICE_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        resource = message.text.startswith("Failed to load resource")  # its status is judged in _response
        if message.type in {"error", "warning"} and not resource:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        found = urlsplit(request.url)
        if found.scheme in {"http", "https", "ws", "wss"} and f"http://{found.netloc}" not in self.own:
            self.problems.append(f"request to another host: {request.url}")

    @property
    def own(self) -> set[str]:
        """The two origins of the desk, and the test's friends."""
        return {self.desk.url, self.desk.content_url, *self.friends}

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # left behind by a person who went on
            self.problems.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"status {response.status}: {response.request.method} {response.url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def check(self) -> None:
        """Fail when anything went wrong, or when anybody outside was asked for anything (P-08, S-16)."""
        visits = self.trap.visits[self.visits_before :]
        said = self.desk.output[-4000:] if any("status 5" in problem for problem in self.problems) else ""
        assert not self.problems, "\n".join([*self.problems, said])
        assert not visits, f"The browser called on {visits}"


def launch(playwright: Playwright, trap: Trap) -> Browser:
    """Debian's Chromium; every foreign name is answered by the trap."""
    program = shutil.which("chromium")
    assert program is not None, "The journeys need the package chromium (make tools)."
    rules = f"MAP * 127.0.0.1:{trap.port}, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    return playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, f"--host-resolver-rules={rules}"])


@contextmanager
def watched(browser: Browser, desk: Desk, trap: Trap, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A page in a fresh context whose troubles fail the test at its end. `options` are Playwright's for contexts."""
    context = browser.new_context(**{"viewport": DESKTOP, "base_url": desk.url, **options})
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(desk, trap)
    watch.follow(context)
    try:
        yield context.new_page(), watch
        watch.check()
    finally:
        context.close()


def enter(page: Page, link: str) -> None:
    """Follow a one-time sign-in link to its end."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/enter/" not in url)
