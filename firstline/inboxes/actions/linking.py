"""Files too big for mail leave as links: 256 random bits, 30 days, counted, and shut at once when somebody says so."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F

from firstline.core import clock, tokens
from firstline.inboxes.models import FileLink

LIFETIME = timedelta(days=30)


class LinkGone(Exception):
    """The link has expired, was revoked, or was never ours."""


def link_file(attachment_id: int) -> str:
    """The address of a new link on the content origin, where no cookie of the desk goes."""
    token = tokens.random_token()
    FileLink.objects.create(attachment_id=attachment_id, digest=tokens.digest(token), expires_at=clock.now() + LIFETIME)
    return f"{settings.CONTENT_URL}/shared/{token}/"


def follow_link(token: str) -> int:
    """The id of the file behind a link; the visit is counted. Raises LinkGone."""
    usable = FileLink.objects.filter(digest=tokens.digest(token), revoked_at=None, expires_at__gt=clock.now())
    link = usable.first()
    if link is None:
        raise LinkGone("This link has expired or was shut.")
    FileLink.objects.filter(pk=link.pk).update(fetched=F("fetched") + 1)
    return link.attachment_id


def revoke_links(attachment_id: int) -> int:
    """Shut every open link to a file; how many there were."""
    return FileLink.objects.filter(attachment_id=attachment_id, revoked_at=None).update(revoked_at=clock.now())
