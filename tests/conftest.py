"""What the browser tests share: one running desk a worker, one browser a module (Playwright's loop must not outlive
it).
"""

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.journeys.browser import Watch, enter, launch, watched
from tests.journeys.desk import Desk, Trap, new_home


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failed test, show what its desk has printed last."""
    report = yield
    running = getattr(item, "funcargs", {}).get("desk")
    if report.failed and isinstance(running, Desk):
        report.sections.append(("What the desk printed last", running.output[-5000:]))
    _page, watch = getattr(item, "funcargs", {}).get("watch_and_page", (None, None))
    if report.failed and isinstance(watch, Watch):
        report.sections.append(("What the browser noticed", "\n".join([*watch.problems, *watch.requests[-40:]])))
    return report


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A desk that runs, shared by the browser tests of one file: what another file fills it with is in nobody's way."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


@pytest.fixture(scope="session")
def trap() -> Iterator[Trap]:
    """Where foreign names lead."""
    opened = Trap()
    opened.open()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser(trap: Trap) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        launched = launch(playwright, trap)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, desk: Desk) -> StorageState:
    """The cookies of the signed-in admin, who is agent and lead as well."""
    context = browser.new_context()
    enter(context.new_page(), desk.new_link())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def watch_and_page(browser: Browser, desk: Desk, trap: Trap, signed_in: StorageState) -> Iterator[tuple[Page, Watch]]:
    """A watched page of the signed-in admin."""
    with watched(browser, desk, trap, storage_state=signed_in) as found:
        yield found


@pytest.fixture
def page(watch_and_page: tuple[Page, Watch]) -> Page:
    """The signed-in admin's page."""
    return watch_and_page[0]


@pytest.fixture
def watch(watch_and_page: tuple[Page, Watch]) -> Watch:
    """What that page's troubles are noted in."""
    return watch_and_page[1]
