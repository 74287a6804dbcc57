"""OAuth grants: given once in the browser, kept fresh, and mourned aloud when they die."""

import json
from datetime import datetime, timedelta

from django.db import transaction

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.channels.email import oauth
from firstline.core import clock, sealing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import Grant, Inbox

FRESH = timedelta(minutes=10)
"""An access token is renewed this long before it ends."""


@transaction.atomic
def accept_consent(inbox: Inbox, tokens: oauth.Tokens, *, by: User) -> Grant:
    """Keep what the owner of the mailbox has just allowed. Raises GrantDead when no refresh token came with it."""
    if not tokens.refresh:
        raise oauth.GrantDead("The provider gave no refresh token: allow offline access for this app.", permanent=True)
    grant = Grant.objects.update_or_create(
        inbox=inbox,
        defaults={**_sealed(tokens.access, tokens.refresh, _end(tokens)), "given_by": by, "given_at": clock.now()},
    )[0]
    record(Kind.GRANT_GIVEN, by=by, inbox_id=inbox.pk, subject_id=inbox.pk)
    record_audit(Kind.GRANT_GIVEN, by=by, inbox_id=inbox.pk, subject_id=inbox.pk)
    return grant


def access_token(inbox: Inbox) -> str:
    """A token that is good for some minutes, asked for anew when the kept one is about to end.

    Raises GrantDead when there is no grant or it is gone, ChannelError when the token server is away. The row stays
    locked while the server is asked: two processes that refresh at once would each void the other's rotated token.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(inbox=inbox).first()
        if grant is None and registry.get(inbox.channel).signs_in:
            grant = _first_session(inbox)
        if grant is None:
            raise oauth.GrantDead("Nobody has allowed access to this mailbox yet.", permanent=True)
        if grant.dead_since is not None:
            raise oauth.GrantDead(grant.failure, permanent=True)
        access, refresh_token = _opened(grant)
        if grant.expires_at - clock.now() > FRESH:
            return access
        try:
            new = _renewed(inbox, refresh_token)
        except oauth.GrantDead as error:
            failed = error
        except ValueError as error:
            raise oauth.GrantDead(str(error), permanent=True) from error
        except ChannelError:
            if grant.expires_at > clock.now():
                return access
            raise
        else:
            _save(grant, _sealed(new.access, new.refresh or refresh_token, _end(new)))
            return new.access
        _bury(grant, failed.sentence)
    raise failed


def _renewed(inbox: Inbox, refresh_token: str) -> oauth.Tokens:
    """New tokens. Raises GrantDead when that can't be, ChannelError when nobody answers, ValueError."""
    channel, options = registry.get(inbox.channel), inbox.open_settings()
    if not channel.signs_in:
        return oauth.refresh(channel.provider(options), refresh_token)
    try:
        session = channel.sign_in(options, refresh_token)
    except ChannelError as error:
        if not error.permanent:
            raise
        raise oauth.GrantDead(error.sentence, permanent=True) from error
    return oauth.Tokens(session.access, session.refresh, session.seconds)


def _first_session(inbox: Inbox) -> Grant:
    """A session by what the settings hold: no owner has to come by the browser for it. Raises ChannelError."""
    tokens = _renewed(inbox, "")
    Grant.objects.bulk_create(
        [Grant(inbox=inbox, **_sealed(tokens.access, tokens.refresh, _end(tokens)))], ignore_conflicts=True
    )
    return Grant.objects.select_for_update().get(inbox=inbox)


def distrust_token(inbox: Inbox) -> None:
    """The mailbox refused the kept token: the next look asks for a new one, and learns whether the grant is dead."""
    Grant.objects.filter(inbox=inbox, dead_since=None).update(expires_at=clock.now())


def refresh_due() -> int:
    """Renew every grant whose token is about to end; how many died. One that dies tells all admins (GRANT_DIED)."""
    due = Grant.objects.filter(dead_since=None, expires_at__lt=clock.now() + FRESH).select_related("inbox")
    died = 0
    for grant in due.filter(inbox__is_active=True):
        channel = registry.get(grant.inbox.channel)
        if not channel.signs_in and not channel.consents(grant.inbox.shown_settings()):
            continue
        try:
            access_token(grant.inbox)
        except oauth.GrantDead:
            died += 1
        except ChannelError:
            continue  # the server is away: the next minute asks again
    return died


def _bury(grant: Grant, sentence: str) -> None:
    grant.dead_since, grant.failure = clock.now(), sentence[:300]
    grant.save(update_fields=["dead_since", "failure"])
    record(Kind.GRANT_DIED, by=MACHINE, inbox_id=grant.inbox_id, subject_id=grant.inbox_id)


def _save(grant: Grant, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(grant, name, value)
    grant.save(update_fields=list(values))


def _end(tokens: oauth.Tokens) -> datetime:
    return clock.now() + timedelta(seconds=tokens.seconds)


def _sealed(access: str, refresh: str, expires_at: datetime) -> dict[str, object]:
    item = sealing.seal(json.dumps([access, refresh]).encode())
    return {
        "ciphertext": item.ciphertext,
        "wrapped_key": item.wrapped_key,
        "expires_at": expires_at,
        "dead_since": None,
        "failure": "",
    }


def _opened(grant: Grant) -> tuple[str, str]:
    access, refresh = json.loads(sealing.unseal(bytes(grant.ciphertext), bytes(grant.wrapped_key)))
    return access, refresh
