"""The screenshots of docs/screenshots: `python -m tests.shots` starts a demo desk of its own and takes every one.

The demo has a fixed seed and story, so pictures change when pages do.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.journeys.browser import DESKTOP, PHONE, enter, launch
from tests.journeys.desk import Desk, Trap
from tests.shared import ROOT

FOLDER = ROOT / "docs" / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
}
SETTLE_MS = 1500


def agent_pages(page: Page, desk: Desk) -> dict[str, str]:
    """Name of a picture → address, for an agent; conversation and article are the first that the demo offers."""
    page.goto(f"{desk.url}/desk/mine/")
    conversation = page.locator("#rows .list-row").first.get_attribute("href")
    page.goto(f"{desk.url}/articles/")
    article = page.locator("main a[href^='/articles/']:not([href$='/new/'])").first.get_attribute("href")
    page.goto(f"{desk.url}/help/")
    topic = page.locator("main a[href^='/help/topics/']").first.get_attribute("href")
    page.goto(f"{desk.url}{topic}")
    public = page.locator("main a[href^='/help/']:not([href='/help/'], [href*='/topics/'])").first.get_attribute("href")
    return {
        "desk": "/desk/mine/",
        "conversation": conversation or "/desk/mine/",
        "help-centre": "/help/",
        "help-article": public or "/help/",
        "article-editor": article or "/articles/",
    }


def take(browser: Browser, desk: Desk, links: list[str], folder: Path) -> list[Path]:
    """Every page in every look; returns the files. Raises AssertionError for a page that is wider than its window.

    `links` are one-time ways in: an agent's first, an admin's last.
    """
    agent, admin = (_signed_in(browser, link) for link in (links[0], links[-1]))
    scout = browser.new_context(storage_state=agent)
    addresses = agent_pages(scout.new_page(), desk)
    scout.close()
    taken = []
    for look, options in LOOKS.items():
        for state, wanted in ((agent, addresses), (admin, {"first-run": "/welcome/"})):
            context = browser.new_context(**options, storage_state=state, timezone_id="Europe/Berlin")
            for name, address in wanted.items():
                taken.append(folder / f"{name}-{look}.png")
                _picture(context.new_page(), f"{desk.url}{address}", taken[-1])
            context.close()
    return taken


def _signed_in(browser: Browser, link: str) -> StorageState:
    context = browser.new_context()
    enter(context.new_page(), link)
    state = context.storage_state()
    context.close()
    return state


def _picture(page: Page, url: str, file: Path) -> None:
    page.goto(url, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{file.stem} is {wider} px wider than its window"
    page.screenshot(path=file)
    page.close()


def seed(desk: Desk) -> list[str]:
    """Load the demo; its one-time ways in, an agent's first, an admin's last. It takes a minute or two."""
    command = [sys.executable, "-m", "firstline.config.cli", "seed", "--json"]
    loaded = subprocess.run(command, env=desk.environment, cwd=ROOT, capture_output=True, timeout=900, check=True)
    return [f"{desk.url}{path}" for path in json.loads(loaded.stdout)["links"].values()]


def main() -> int:
    """Start a demo desk, take the pictures, stop it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="firstline-shots-"))
    home.chmod(0o755)
    desk, trap = Desk(home, {"FIRSTLINE_OUTGOING_SMTP": "", "FIRSTLINE_DESK_NAME": "Orbit"}), Trap()
    trap.open()
    try:
        desk.start()
        links = seed(desk)
        with sync_playwright() as playwright:
            browser = launch(playwright, trap)
            for file in take(browser, desk, links, FOLDER):
                print(file.relative_to(ROOT))
            browser.close()
    finally:
        desk.remove()
        trap.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
