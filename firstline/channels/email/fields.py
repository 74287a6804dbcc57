"""What an email inbox can be told: how its mail comes in, how it leaves, what signs it, whom it believes."""

from __future__ import annotations

from firstline.channels.base import Setting
from firstline.channels.email.accounts import FETCHED, OAUTH
from firstline.channels.email.services import SERVICES

IMAP = ("in_via", FETCHED)
HOOKED = ("in_via", tuple(name for name, one in SERVICES.items() if one.receives))
CONSENT = ("in_via", OAUTH)


def settings(words: dict[str, str]) -> tuple[Setting, ...]:
    """All fields in the order of the form. `words` translates (channel.py holds the sentences)."""
    services = tuple((name, one.label) for name, one in SERVICES.items())
    ways_in = (
        ("", words["at_the_door"]),
        ("imap", "IMAP"),
        ("google", "Google"),
        ("microsoft", "Microsoft 365"),
        ("oauth", words["oauth"]),
        *((name, words["webhook"] % {"service": label}) for name, label in services if SERVICES[name].receives),
    )
    ways_out = (
        ("", words["desk_server"]),
        ("smtp", "SMTP"),
        ("mailbox", words["same_mailbox"]),
        *services,
    )
    incoming, outgoing, trust = words["incoming"], words["outgoing"], words["trust"]
    return (
        Setting("address", words["address"], "email", required=True, help=words["address_help"]),
        Setting("name", words["name"], help=words["name_help"]),
        Setting("in_via", words["in_via"], choices=ways_in, group=incoming),
        Setting(
            "imap_server",
            words["imap_server"],
            help=words["imap_server_help"],
            group=incoming,
            when=("in_via", ("imap", "oauth")),
        ),
        Setting("imap_user", words["imap_user"], help=words["imap_user_help"], group=incoming, when=IMAP),
        Setting(
            "imap_password", words["imap_password"], "secret", secret=True, group=incoming, when=("in_via", ("imap",))
        ),
        Setting("imap_folder", words["imap_folder"], default="INBOX", group=incoming, when=IMAP),
        Setting(
            "imap_from",
            words["imap_from"],
            choices=(("", words["from_now"]), ("all", words["from_all"])),
            group=incoming,
            when=IMAP,
        ),
        Setting(
            "imap_after",
            words["imap_after"],
            choices=(("", words["mark_read"]), ("move", words["move"])),
            group=incoming,
            when=IMAP,
        ),
        Setting("imap_move_to", words["imap_move_to"], help=words["imap_move_help"], group=incoming, when=IMAP),
        Setting("oauth_client_id", words["oauth_client_id"], help=words["oauth_help"], group=incoming, when=CONSENT),
        Setting(
            "oauth_client_secret", words["oauth_client_secret"], "secret", secret=True, group=incoming, when=CONSENT
        ),
        Setting(
            "oauth_authorize_url", words["oauth_authorize_url"], "url", group=incoming, when=("in_via", ("oauth",))
        ),
        Setting("oauth_token_url", words["oauth_token_url"], "url", group=incoming, when=("in_via", ("oauth",))),
        Setting("oauth_scope", words["oauth_scope"], group=incoming, when=("in_via", ("oauth",))),
        Setting(
            "webhook_secret",
            words["webhook_secret"],
            "secret",
            secret=True,
            help=words["webhook_help"],
            group=incoming,
            when=HOOKED,
        ),
        Setting("out_via", words["out_via"], choices=ways_out, group=outgoing),
        Setting(
            "out_server",
            words["out_server"],
            help=words["out_server_help"],
            group=outgoing,
            when=("out_via", ("smtp", "mailbox", *SERVICES)),
        ),
        Setting(
            "out_user",
            words["out_user"],
            help=words["out_user_help"],
            group=outgoing,
            when=("out_via", ("smtp", "amazon_ses", "mailjet")),
        ),
        Setting(
            "out_secret",
            words["out_secret"],
            "secret",
            secret=True,
            group=outgoing,
            when=("out_via", ("smtp", *SERVICES)),
        ),
        Setting("dkim_selector", words["dkim_selector"], help=words["dkim_help"], group=outgoing),
        Setting("dkim_key", words["dkim_key"], "secret", secret=True, help=words["dkim_key_help"], group=outgoing),
        Setting(
            "acknowledge",
            words["acknowledge"],
            "boolean",
            help=words["acknowledge_help"],
            group=words["acknowledging"],
        ),
        Setting(
            "acknowledge_text",
            words["acknowledge_text"],
            "paragraphs",
            help=words["acknowledge_text_help"],
            group=words["acknowledging"],
        ),
        Setting("forwarders", words["forwarders"], help=words["forwarders_help"], group=trust),
    )
