"""Five people report the same: noticed, declared, told in public, told one by one after a second thought, over."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import Watch, watched
from tests.journeys.desk import Desk, Trap, a_mail, wait_for

pytestmark = pytest.mark.journey

QUIET_WEEKS = """
from datetime import timedelta
from firstline.core import clock
from firstline.incidents.models import Watch
from firstline.incidents.watching import Arrival, Watcher
watcher, now = Watcher(), clock.now()
for hours in range(21 * 24, 0, -1):
    watcher.see(Arrival.of(now - timedelta(hours=hours), f"quiet {hours}", "How do I rename my organisation?"))
Watch.objects.update_or_create(pk=1, defaults={"memory": watcher.memory})
"""
NOTICED = """
from firstline.incidents.actions import detecting
from firstline.incidents.models import Incident
detecting.watch()
print(Incident.objects.count())
"""
PEOPLE = {
    "Noor": "npm install fails with 503 since eleven",
    "Ines": "Is the registry down? 503 for everything",
    "Mara": "Getting 503 Service Unavailable on every package",
    "Jonas": "E503 when fetching left-trim",
    "Lea": "npm ERR! 503 on a plain install",
}


def test_from_the_fifth_report_to_what_was_learned(
    page: Page, watch: Watch, browser: Browser, desk: Desk, trap: Trap
) -> None:
    _is_noticed(page, desk)
    _is_declared(page)
    _everybody_is_told(page, desk)
    with watched(browser, desk, trap) as (reader, _watch):
        _the_public_reads_it(reader, "Identified")
        _is_over(page)
        _the_public_reads_it(reader, "What we learned")


def _is_noticed(page: Page, desk: Desk) -> None:
    """The fifth person's mail makes it stand on the page."""
    desk.shell(QUIET_WEEKS)
    for name, text in PEOPLE.items():
        desk.send(a_mail(f"{name} Moss <{name.lower()}@reports.example>", text, text))
    wait_for(lambda: desk.shell(NOTICED).strip() == "1", "the desk has noticed what five people say", 120)
    page.goto("/incidents/")
    page.get_by_role("link", name="Trouble with").click()
    expect(page.get_by_role("heading", name="5 more look alike")).to_be_visible()


def _is_declared(page: Page) -> None:
    page.get_by_label("What people notice, in a line").fill("Installs answer 503")
    page.get_by_role("button", name="Declare it in public").click()
    expect(page.get_by_role("heading", name="Installs answer 503")).to_be_visible()
    expect(page.get_by_role("heading", name="People in this incident")).to_be_visible()


def _everybody_is_told(page: Page, desk: Desk) -> None:
    """In public first; then each, taken back once, and told all the same."""
    page.get_by_label("Next public update").fill("A cache gives up too early. Try once more in ten minutes.")
    page.get_by_label("Where it stands").select_option("identified")
    page.get_by_label("Also tell the 5 in it").check()
    page.get_by_role("button", name="Publish on the status page").click()
    expect(page.get_by_role("heading", name="5 people would be told")).to_be_visible()
    expect(page.get_by_text("Hello Jonas,")).to_be_visible()
    page.get_by_role("button", name="Tell these 5").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back: nobody was told.")).to_be_visible()
    page.get_by_role("link", name="Tell them…").click()
    page.get_by_role("button", name="Tell these 5").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    for name in PEOPLE:
        mail = desk.mailbox.wait(f"{name.lower()}@reports.example", 1)
        assert f"Hello {name}," in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert len(desk.mailbox.to(f"{name.lower()}@reports.example")) == 1


def _is_over(page: Page) -> None:
    page.reload()
    page.get_by_label("Next public update").fill("It is over.")
    page.get_by_label("Where it stands").select_option("resolved")
    page.get_by_role("button", name="Publish on the status page").click()
    page.get_by_label("What we learned").fill("A time-out was too short.")
    page.get_by_role("button", name="Publish what we learned").click()
    expect(page.get_by_text("Published with the incident.")).to_be_visible()


def _the_public_reads_it(reader: Page, said: str) -> None:
    reader.goto("/status/")
    reader.get_by_role("link", name="History").click()
    reader.get_by_role("link", name="Installs answer 503").click()
    expect(reader.get_by_text(said, exact=True).first).to_be_visible()
