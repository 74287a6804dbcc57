"""What a GitHub inbox is told, in the groups of its form."""

from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.channels.base import Setting
from firstline.channels.github import rules


def fields() -> tuple[Setting, ...]:
    """Every setting, in the order of the form."""
    return (
        Setting("repository", _("Repository"), required=True, help=_("owner/name")),
        *_rules(_("What comes in; the rest is left to the maintainers")),
        *_answers(_("Answers there")),
        *_signing_in(_("How the desk signs in; the page of the inbox makes an app for you")),
    )


def _rules(group: str) -> tuple[Setting, ...]:
    return (
        Setting(
            "kinds", _("Kinds"), default=rules.DEFAULT_KINDS, group=group,
            help=_("Of issues, discussions, pull_requests; parted by commas."),
        ),
        Setting(
            "associations", _("Only threads of"), group=group,
            help=_("Their place in the project: none, first_timer, first_time_contributor, contributor, collaborator, "
                   "member, owner. Empty takes in everybody’s."),
        ),
        Setting("labels", _("Only threads with one of these labels"), group=group, help=_("Parted by commas.")),
        Setting(
            "forms", _("Only threads of these forms"), group=group,
            help=_("The first heading of the issue form, in lower case."),
        ),
        Setting("only_mentions", _("Only threads that call our account by @name"), "boolean", group=group),
    )  # fmt: skip


def _answers(group: str) -> tuple[Setting, ...]:
    return (
        Setting(
            "helpers", _("Helpers, whose answers count as answers"), group=group,
            help=_("Accounts, parted by commas. Owners, members and collaborators count anyway."),
        ),
        Setting("close_on_resolve", _("Close the issue when a conversation is resolved"), "boolean", group=group),
    )  # fmt: skip


def _signing_in(group: str) -> tuple[Setting, ...]:
    return (
        Setting("app_id", _("App id"), "integer", group=group),
        Setting("app_slug", _("Name of the app in its address"), group=group),
        Setting("private_key", _("Private key of the app"), "secret", secret=True, group=group),
        Setting("installation_id", _("Installation id"), "integer", group=group),
        Setting("webhook_secret", _("Webhook secret"), "secret", secret=True, group=group),
        Setting(
            "webhook_secret_before", _("Webhook secret until now"), "secret", secret=True, group=group,
            help=_("Both count while you change it over."),
        ),
        Setting(
            "token", _("Personal token, to try it out"), "secret", secret=True, group=group,
            help=_("The desk then answers under this account."),
        ),
        Setting("account", _("Account that the token belongs to"), group=group),
        Setting("api_url", _("Address of the API"), "url", group=group, help=_("Only for GitHub Enterprise Server.")),
    )  # fmt: skip
