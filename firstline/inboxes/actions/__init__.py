"""Every write about inboxes, and the way out for mail."""

from firstline.inboxes.actions.configuring import (
    SettingsRefused,
    change_settings,
    create_inbox,
    ensure_default_inbox,
    set_active,
    settings_of,
)
from firstline.inboxes.actions.consenting import accept_consent, access_token, distrust_token, refresh_due
from firstline.inboxes.actions.linking import LinkGone, follow_link, link_file, revoke_links
from firstline.inboxes.actions.measuring import RESTING, account_of, allowances, measured, posted
from firstline.inboxes.actions.polling import note_polled, place_of
from firstline.inboxes.actions.reading_mailboxes import (
    hold,
    let_go,
    mailbox_of,
    note_connected,
    note_failure,
    note_taken,
    place_at,
)
from firstline.inboxes.actions.sending import hand_over, keep_mail, settings_to_send
from firstline.inboxes.actions.spending import Bill, SpentUp, allow_reading, bill, note_used, paying
from firstline.inboxes.actions.stopping import NotWanted, not_me_link, refuse_stopped, stop
from firstline.inboxes.actions.testing import came_back, check_connection, note_forward_code, send_test_mail

__all__ = [
    "RESTING",
    "Bill",
    "LinkGone",
    "NotWanted",
    "SettingsRefused",
    "SpentUp",
    "accept_consent",
    "access_token",
    "account_of",
    "allow_reading",
    "allowances",
    "bill",
    "came_back",
    "change_settings",
    "check_connection",
    "create_inbox",
    "distrust_token",
    "ensure_default_inbox",
    "follow_link",
    "hand_over",
    "hold",
    "keep_mail",
    "let_go",
    "link_file",
    "mailbox_of",
    "measured",
    "not_me_link",
    "note_connected",
    "note_failure",
    "note_forward_code",
    "note_polled",
    "note_taken",
    "note_used",
    "paying",
    "place_at",
    "place_of",
    "posted",
    "refresh_due",
    "refuse_stopped",
    "revoke_links",
    "send_test_mail",
    "set_active",
    "settings_of",
    "settings_to_send",
    "stop",
]
