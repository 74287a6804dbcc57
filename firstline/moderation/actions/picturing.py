"""Pictures are remembered by what they look like, and copies of them found whatever was done to them (D-11)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import storing
from firstline.conversations.actions.storing import NewFile
from firstline.conversations.models import Attachment
from firstline.core import images
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Case, KnownPicture

NEAR = 31
"""Bits of 256 up to which two pictures are the same, as PDQ's authors recommend. Of 30 drawn pictures copies differ in
at most 8, others in at least 98.
"""
MOST_PICTURES = 3
VERSION = "pictures-1"


def remember(attachment: Attachment, *, case: Case, by: User) -> KnownPicture:
    """Know a picture again. Raises Refused when it can't be read as one; it is decoded in a process of its own."""
    try:
        print_ = images.prints(storing.read_file(attachment))[0]
    except (images.PictureRefused, FileNotFoundError) as error:
        raise Refused(_("This can’t be read as a picture, or it is of one colour only.")) from error
    with transaction.atomic():
        known = KnownPicture.objects.create(print=print_, reason=case.reason, case=case, by=by)
        record_audit(Kind.PICTURE_REMEMBERED, by=by, inbox_id=case.inbox_id, subject_id=case.pk)
    return known


def match(files: Sequence[NewFile]) -> tuple[KnownPicture, int] | None:
    """The known picture that one of the first three pictures is a copy of, and in how many bits it differs."""
    pictures = [one for one in files if one.content_type in images.RASTER][:MOST_PICTURES]
    known = list(KnownPicture.objects.order_by("pk")) if pictures else []
    found = [near for one in pictures if known and (near := _nearest(one.content, known)) is not None]
    return min(found, key=lambda pair: pair[1], default=None)


def pictures_of(case: Case) -> list[tuple[Attachment, bool]]:
    """The pictures of the case's messages, and whether the case has remembered any: their names stay unsaid."""
    files = Attachment.objects.filter(message__case_item__case=case, content_type__in=images.RASTER)
    is_known = case.pictures.exists()
    return [(one, is_known) for one in files.order_by("pk")[:10]]


def _nearest(content: bytes, known: Sequence[KnownPicture]) -> tuple[KnownPicture, int] | None:
    try:
        seen = images.prints(content)
    except images.PictureRefused:
        return None
    near = [(one, min(images.distance(bytes(one.print), print_) for print_ in seen)) for one in known]
    closest = min(near, key=lambda pair: pair[1])
    return closest if closest[1] <= NEAR else None
