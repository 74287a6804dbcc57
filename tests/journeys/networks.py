"""What the journeys of the networks put into a running desk; called inside it by `firstline shell`."""

import json
from urllib.parse import urlsplit

from django.db import transaction

from firstline.accounts.models import Team, User
from firstline.channels.email.oauth import Tokens
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from tests.fakes.bluesky import PASSWORD
from tests.fakes.network import START

X = {"client_id": "c", "client_secret": "s", "webhook_secret": "an api key secret", "monthly_cap": "20", "dms": "1"}


@transaction.atomic
def open_inboxes(mastodon: str, bluesky: str, x: str) -> None:
    """An inbox at each server, which takes everything since the fakes' clock began; the admin connects X."""
    _open("mastodon", f"@orbit@{urlsplit(mastodon).netloc}", server=mastodon, access_token="t")
    _open("bluesky", "@orbit.test", service=bluesky, app_password=PASSWORD)
    admin = User.objects.get(email="admin@localhost")
    account = _open("x", "@orbit", api_url=x, enabled="1", **X)
    inboxes.accept_consent(account, Tokens("access", "refresh-1", 7200), by=admin)


def _open(channel: str, address: str, **options: str) -> Inbox:
    options = {"address": address, **options}
    inbox = inboxes.create_inbox(
        channel=channel, name=channel, address=address, options=options, teams=[*Team.objects.all()]
    )
    inboxes.mailbox_of(inbox)
    Mailbox.objects.filter(inbox=inbox).update(begins_at=START)
    return inbox


def told(name: str) -> None:
    """Print what an inbox is told, secrets opened."""
    print(json.dumps(dict(Inbox.objects.get(name=name).open_settings())))
