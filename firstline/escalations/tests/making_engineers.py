"""Writes `data/engineers.jsonl`: 60 cases with the people who can solve them. `python -m …tests.making_engineers`.

Eight parts of a registry, two owners each of a team of sixteen; a third of the cases carries a path, a third a word of
the code, a third says it in other words. Who is at work, on the rota or busy is drawn by chance and knows no label.
"""

import json
import random
from pathlib import Path

FILE = Path(__file__).parent / "data" / "engineers.jsonl"
PLACE = "orbit/registry"
PARTS: dict[str, tuple[str, list[str], list[str]]] = {
    "publish": (
        "/lib/commands/publish/",
        ["rui", "mira"],
        [
            "npm ERR!     at Publish.exec (/usr/lib/node_modules/orbit/lib/commands/publish/index.js:76:5), then 500",
            "at async packAndSend (C:\\Users\\kim\\AppData\\node_modules\\orbit\\lib\\commands\\publish\\send.js:31:9)",
            "our publish job answers 409 although the version is new",
            "publishing with provenance ends in E422, the workflow has not changed",
            "publish says ok but the version is not there",
            "the upload went through and nobody can see the new version",
            "the tarball is rejected as too large, it has 20 MB",
            "we pushed 2.0.1 an hour ago and the old one is still what people get",
        ],
    ),
    "auth": (
        "/lib/auth/",
        ["tess", "omar"],
        [
            "Error: invalid state\n    at callback (/app/node_modules/orbit/lib/auth/oidc.js:12:7)",
            "TypeError at verify (/srv/orbit/lib/auth/totp/verify.js:40:11) when I type the code",
            "auth fails with E401 behind our proxy since Monday",
            "auth tokens for CI expire after an hour",
            "the auth page loops after the second factor",
            "every login asks for a one-time code twice",
            "my token is refused although it was made today",
            "our single sign-on sends people back to the start page",
        ],
    ),
    "cache": (
        "/lib/cache/",
        ["ines", "pavel"],
        [
            "EINTEGRITY at verifyIntegrity (/root/.nvm/lib/node_modules/orbit/lib/cache/integrity.js:210:13)",
            "EPERM: rename in /home/ci/node_modules/orbit/lib/cache/write.js:18:3",
            "the cache grows until the disk is full",
            "cache verify never ends on NFS",
            "stale cache entries after a proxy answered with HTML",
            "sha512 does not match what was downloaded, a second try works",
            "checksum mismatch on the build machine only",
        ],
    ),
    "search": (
        "/services/search/",
        ["noor", "li"],
        [
            "500 from search: at Query.run (/srv/registry/services/search/query.ts:88:2)",
            "at rank (/srv/registry/services/search/ranking/score.ts:5:1) NaN",
            "search finds nothing for scoped names",
            "search shows packages that were removed last week",
            "my package does not show up in search since Friday",
            "typing an exact name lists forty others before it",
            "results differ every time I reload",
        ],
    ),
    "billing": (
        "/services/billing/",
        ["jana", "sol"],
        [
            "at charge (/srv/registry/services/billing/cards.ts:51:9) card_declined although the bank says yes",
            "Unhandled: /srv/registry/services/billing/invoices/render.ts:9:1 when I open last month",
            "billing counts a seat for somebody who left",
            "billing address cannot be changed",
            "billing page shows euros and dollars mixed",
            "we were charged twice this month",
            "the receipt has no VAT number on it",
        ],
    ),
    "resolver": (
        "/lib/resolver/",
        ["anna", "tim"],
        [
            "RangeError at walk (/usr/lib/node_modules/orbit/lib/resolver/walk.js:300:1) Maximum call stack",
            "at place (/builds/x/node_modules/orbit/lib/resolver/tree/place.js:77:3) cannot read properties of null",
            "the resolver picks two copies of react",
            "ERESOLVE: resolver cannot find a tree although both ranges overlap",
            "the resolver takes 20 minutes on a monorepo",
            "could not resolve dependency, peer react@17 wanted",
            "the lockfile changes with every install although nothing did",
            "optional platform binaries vanish from the lock after an update on a Mac",
        ],
    ),
    "webhooks": (
        "/services/webhooks/",
        ["kofi", "eva"],
        [
            "delivery failed: at sign (/srv/registry/services/webhooks/sign.ts:19:4)",
            "at retry (/srv/registry/services/webhooks/queue/retry.ts:66:2) ECONNRESET",
            "webhooks arrive twice",
            "webhooks stopped on Tuesday without a word",
            "webhooks signature does not verify with the new secret",
            "our endpoint hears of a release an hour late",
            "hooks for removed packages still come in",
        ],
    ),
    "mirror": (
        "/services/mirror/",
        ["yuki", "bo"],
        [
            "at follow (/srv/registry/services/mirror/follow.ts:102:6) sequence went backwards",
            "at store (/srv/registry/services/mirror/blobs/store.ts:8:1) ENOSPC",
            "our mirror misses every package of the last two days",
            "mirror replication stands still at 31 %",
            "the mirror serves an old dist-tag",
            "the change feed jumps back and sends everything again",
            "our replica in Asia is a day behind",
            "what we replicate has other checksums than the source",
        ],
    ),
}


def codeowners() -> str:
    """The repository's file; a team that nobody is in owns the rest."""
    lines = ["*  @orbit/everybody", *(f"{path}  @{first} @{second}" for path, (first, second) in owned())]
    return "\n".join(lines) + "\n"


def owned() -> list[tuple[str, tuple[str, str]]]:
    """Each part's path and its two owners."""
    return [(path, (people[0], people[1])) for path, people, _texts in PARTS.values()]


def rows(seed: int = 9) -> list[dict[str, object]]:
    """Sixty cases, always the same for a seed."""
    chance = random.Random(seed)
    logins = [login for _path, people in owned() for login in people]
    made: list[dict[str, object]] = []
    for name, (_path, people, texts) in PARTS.items():
        for number, text in enumerate(texts, 1):
            team = [_engineer(login, chance) for login in sorted(logins)]
            made.append(
                {"id": f"{name}-{number}", "text": text, "repository": PLACE, "codeowners": codeowners(),
                 "engineers": team, "label": sorted(people)}
            )  # fmt: skip
    return made[:60]


def _engineer(login: str, chance: random.Random) -> dict[str, object]:
    return {
        "login": login, "repositories": [PLACE], "open": chance.choice([0, 0, 1, 2, 4]),
        "here": chance.random() < 0.6, "rota": chance.random() < 0.1, "budget_left": chance.choice([0, 2, 5, 5, 5, 5]),
    }  # fmt: skip


if __name__ == "__main__":
    FILE.write_text("".join(json.dumps(row) + "\n" for row in rows()))
