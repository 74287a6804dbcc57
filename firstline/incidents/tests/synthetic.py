"""A year of messages to a registry's desk: a daily and weekly rhythm, thirty incidents, twenty harmless bursts.

All sentences are ours; everything is drawn from one seed.

`python -m firstline.incidents.tests.synthetic SEED > year.jsonl`
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

DAY = timedelta(days=1)
START = datetime(2026, 1, 5, tzinfo=UTC)
CHANNELS = ("email", "github", "x", "web")
PACKAGES = (
    "left-trim",
    "orbit-kit",
    "@lumen/core",
    "tiny-router",
    "harbor-cli",
    "@acme/tools",
    "date-fn",
    "lamp",
    "fern",
    "web-kit",
)
USUAL = (
    "How do I rename my organisation?",
    "Where do I find the invoice for {month}?",
    "npm publish fails with E403 for {p}, what is wrong?",
    "I lost my phone and can't log in any more",
    "E404 on PUT when publishing {p}",
    "ERESOLVE unable to resolve dependency tree in {p}",
    "npm ERR! code EACCES permission denied, mkdir /usr/lib/node_modules",
    "Please transfer {p} to my colleague",
    "Can I get a refund for {month}?",
    "Install of {p} is slow in our CI",
    "self signed certificate in certificate chain behind our proxy",
    "My token expired and CI is red, error 401",
    "Is there a student plan?",
    "ETIMEDOUT when installing {p} from the office",
    "Search does not find my package {p}",
    "The readme of {p} is not showing",
    "Thank you, that solved it!",
    "gyp ERR! find Python on Windows 11",
    "Does your registry support provenance?",
    "I can't verify my email address",
    "My package {p} was flagged as spam, why?",
    "How do I unpublish {p}?",
    "npm audit shows 12 problems in {p}",
    "yarn install fails with YN0028",
    "The download count of {p} seems wrong",
    "webhook for {p} stopped firing",
    "We want SSO with Okta",
    "429 too many requests from our CI runner",
    "EINTEGRITY sha512 checksum failed for {p}",
    "Two-factor code is refused",
    "Can two people own {p}?",
    "npm ci hangs at idealTree in {p}",
    "pip install: externally-managed-environment",
    "How do I use a private registry for one scope?",
    "The website looks broken in Safari",
    "503 once while fetching {p}, retry worked",
    "ECONNRESET while downloading {p}",
    "I get a blank page at the billing settings",
    "docs link is dead on the token page",
    "password reset mail does not arrive",
    "Is the api for owners documented?",
    "team permissions of {p} are confusing",
)
INCIDENTS = (
    (
        "npm install fails with 503 since {t}",
        "registry is down? 503 for everything",
        "Getting 503 Service Unavailable on every package",
        "E503 when fetching {p}",
        "is the registry down? all our builds fail with 503",
        "npm ERR! 503 GET https://registry.example.org/{p}",
    ),
    (
        "publish hangs forever today",
        "npm publish times out for {p}",
        "cannot publish {p}, timeout after 5 minutes",
        "publishing is stuck for us",
        "publish of {p} never finishes, ETIMEDOUT",
    ),
    (
        "I can't log in, error 500",
        "login broken? 500 after entering the code",
        "sign in fails with internal server error",
        "logged out and can't get back in, 500",
        "2fa page gives error 500",
    ),
    (
        "search returns nothing at all",
        "the search is broken, empty results",
        "search not working on the site",
        "no search results for anything since {t}",
    ),
    (
        "E429 on plain installs",
        "429 too many requests for a single npm install",
        "we are rate limited after one request, 429",
        "rate limit error 429 although we do nothing",
        "npm ERR! 429 Too Many Requests - GET {p}",
    ),
    (
        "EINTEGRITY for {p}, checksum mismatch",
        "tarballs corrupt? integrity check fails",
        "checksum mismatch on many packages today",
        "sha512 integrity errors everywhere, npm ci fails",
    ),
    (
        "certificate expired on the registry",
        "CERT_HAS_EXPIRED when installing",
        "TLS error: certificate has expired",
        "ssl certificate of the registry is invalid since {t}",
    ),
    (
        "website is down",
        "the site does not load, 502",
        "502 bad gateway on the package pages",
        "package page of {p} gives 502",
        "homepage unreachable, bad gateway",
    ),
    (
        "ENOTFOUND registry.example.org",
        "dns of the registry does not resolve",
        "getaddrinfo ENOTFOUND, dns problem?",
        "can't resolve the registry host, EAI_AGAIN",
    ),
    (
        "new version of {p} is missing after publish",
        "published {p} but version not showing",
        "metadata is stale, old version served",
        "dist-tag latest still old for {p}, replication broken?",
    ),
    (
        "verification mails do not arrive",
        "no confirmation email for an hour",
        "the reset mail never comes",
        "email with the code is not arriving",
    ),
    (
        "checkout fails with an error",
        "payment rejected with error for every card",
        "billing page error, can't pay",
        "card payment broken since {t}",
    ),
    (
        "403 forbidden on downloads of public packages",
        "E403 when installing {p}, it is public",
        "installs blocked with 403 since {t}",
        "npm ERR! 403 Forbidden - GET {p}",
    ),
    (
        "webhooks are not delivered",
        "our webhook stopped, no events since {t}",
        "hooks missing, deliveries fail",
        "webhook notifications are broken",
    ),
    (
        "downloads extremely slow from Europe",
        "npm install takes forever, slow downloads",
        "tarball downloads time out",
        "very slow installs today, 20 kB/s",
    ),
)
HARMLESS = (
    (
        "How do I use the new trusted publishing?",
        "Is there a guide for trusted publishing?",
        "Where do I find the switch for trusted publishing?",
        "Can I use trusted publishing with GitLab?",
    ),
    (
        "Thank you for the great talk!",
        "thanks, lovely conference talk",
        "Congratulations on the new release",
        "Great talk yesterday, thank you",
    ),
    (
        "npm ERR! code EACCES in our course",
        "EACCES permission denied, following the tutorial",
        "tutorial step 3: EACCES error",
        "npm ERR! EACCES: permission denied, mkdir",
    ),
    (
        "ERESOLVE with react 19 in {p}",
        "ERESOLVE could not resolve after react update",
        "peer dep conflict ERESOLVE react 19",
        "npm install: ERESOLVE unable to resolve dependency tree",
    ),
    ("BUY CHEAP FOLLOWERS NOW limited offer, the link is not broken",),
    (
        "How do I export my data before the new terms?",
        "When will the new terms start?",
        "Do you offer the old plan under the new terms?",
        "Where can I read the new terms?",
    ),
    (
        "Does it support node 24?",
        "Do you plan support for node 24?",
        "Is there a build for node 24?",
        "When is the next release with node 24?",
    ),
)


def year(
    seed: int, days: int = 365, a_day: float = 90.0, incidents: int = 30, bursts: int = 20
) -> list[dict[str, Any]]:
    """Arrivals in order, as `firstline eval incidents` reads them."""
    random = Random(seed)
    rows = list(_usual(random, days, a_day))
    starts = sorted(random.sample(range(8, days), incidents + bursts))
    random.shuffle(starts)
    for number, day in enumerate(starts[:incidents]):
        rows += _incident(random, day, number)
    for day in starts[incidents:]:
        rows += _harmless(random, day)
    rows.sort(key=lambda row: row["at"])
    return rows


def _usual(random: Random, days: int, a_day: float) -> Iterator[dict[str, Any]]:
    for day in range(days):
        for hour in range(24):
            weight = (
                (0.3 + 1.4 * max(0.0, 1 - abs(hour - 14) / 9))
                * (0.45 if day % 7 >= 5 else 1.0)
                * (1.3 if day % 7 == 0 else 1.0)
            )
            for _ in range(_poisson(random, a_day / 24 * weight)):
                at = START + day * DAY + timedelta(hours=hour, seconds=random.random() * 3600)
                text = random.choice(USUAL)
                yield _row(random, at, f"p{random.randrange(200_000)}", text, None)


def _incident(random: Random, day: int, number: int) -> Iterator[dict[str, Any]]:
    people = round(5 * 100 ** random.random())
    start = START + day * DAY + timedelta(hours=random.random() * 23)
    minutes = random.uniform(12, 60) if people < 15 else random.uniform(20, 180)
    texts = INCIDENTS[number % len(INCIDENTS)]
    for one in range(people):
        at = start + timedelta(minutes=minutes * random.random() ** 1.3)
        yield _row(random, at, f"i{number}-{one}", random.choice(texts), f"inc-{number}")
        if random.random() < 0.15:
            yield _row(
                random,
                at + timedelta(minutes=random.uniform(1, 30)),
                f"i{number}-{one}",
                random.choice(texts),
                f"inc-{number}",
            )


def _harmless(random: Random, day: int) -> Iterator[dict[str, Any]]:
    start = START + day * DAY + timedelta(hours=random.uniform(7, 18))
    texts = random.choice(HARMLESS)
    if random.random() < 0.2:
        for _ in range(random.randrange(6, 20)):
            yield _row(
                random,
                start + timedelta(minutes=random.random() * 60),
                f"angry-{day}",
                "still 503, the registry is down for me, fix it",
                None,
            )
        return
    for one in range(random.randrange(8, 60)):
        yield _row(random, start + timedelta(minutes=random.random() * 90), f"h{day}-{one}", random.choice(texts), None)


def _row(random: Random, at: datetime, person: str, text: str, incident: str | None) -> dict[str, Any]:
    filled = text.format(
        p=random.choice(PACKAGES), month=random.choice(("March", "June", "October")), t=f"{at.hour:02d}:{at.minute:02d}"
    )
    return {
        "at": at.isoformat(),
        "person": person,
        "channel": random.choice(CHANNELS),
        "text": filled,
        "incident": incident,
    }


def _poisson(random: Random, expected: float) -> int:
    count, product, limit = 0, random.random(), 2.718281828459045**-expected
    while product > limit:
        count += 1
        product *= random.random()
    return count


if __name__ == "__main__":
    for row in year(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        print(json.dumps(row))
