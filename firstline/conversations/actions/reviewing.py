"""Eyes on a draft: asked for, given, and taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations import writing
from firstline.conversations.actions import approving, drafting, locking, replying
from firstline.conversations.models import (
    Conversation,
    Draft,
    DraftMode,
    Lift,
    Message,
    Review,
    ReviewKind,
    ReviewRemark,
    ReviewState,
    Strand,
)
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets


class ReviewRefused(Exception):
    """It can't be done; the message is a sentence for the person."""


@transaction.atomic
def ask(
    conversation: Conversation,
    kind: str,
    *,
    by: User,
    text: str,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    strand: Strand | None = None,
    resolve: bool = False,
    send_at: datetime | None = None,
    own_words: str = "",
) -> Review:
    """Share a draft with the team; a second asking takes the place of the first. The draft's files wait with it.

    Raises DraftRefused for an empty one, unless it asks for company.
    """
    conversation = locking.hold(conversation)
    if not text.strip() and kind != ReviewKind.COMPANY:
        raise replying.DraftRefused([_("Write something first.")])
    Review.objects.filter(conversation=conversation, author=by).open().update(
        state=ReviewState.WITHDRAWN, decided_at=clock.now()
    )
    review = Review.objects.create(
        conversation=conversation,
        author=by,
        kind=kind,
        text=secrets.mask(text.strip()).text,
        own_words=secrets.mask(own_words.strip()).text,
        cc=list(cc),
        bcc=list(bcc),
        strand=strand,
        resolve=resolve,
        send_at=send_at,
    )
    Draft.objects.filter(conversation=conversation, user=by, mode=DraftMode.REPLY).update(
        text="", translated="", translated_of=""
    )
    _record(Kind.REVIEW_ASKED, review, by)
    return review


@transaction.atomic
def remark(review: Review, text: str, *, by: User) -> ReviewRemark:
    """Say something to the draft, which only the team reads."""
    made = ReviewRemark.objects.create(review=review, by=by, text=secrets.mask(text.strip()).text)
    _record(Kind.REVIEW_REMARKED, review, by)
    return made


@transaction.atomic
def edit(review: Review, text: str, *, by: User, version: int) -> Review:
    """Change the words; the remark keeps who did, and what stood there. Raises ReviewRefused when it changed since."""
    held = _hold(review, version)
    words = secrets.mask(text.strip()).text
    if words == held.text:
        return held
    if not words:
        raise ReviewRefused(_("An empty draft can't be sent: take it back instead."))
    ReviewRemark.objects.create(review=held, by=by, replaced=held.text)
    held.text, held.version = words, held.version + 1
    held.save(update_fields=["text", "version"])
    _record(Kind.REVIEW_EDITED, held, by)
    return held


@transaction.atomic
def approve(review: Review, *, by: User, version: int, seen_message_id: int | None = None) -> Message | None:
    """Say yes to the draft as it stands in `version`: a trainee's leaves, anybody else's goes back into their draft.

    Raises ReviewRefused for one's own, without the right, or when it was changed since; whatever `reply` raises.
    """
    held = _hold(review, version)
    if not approving.may_approve(by, held.conversation, author=held.author):
        raise ReviewRefused(_("Somebody else who may has to say yes to this."))
    held.state, held.decided_by, held.decided_at = ReviewState.APPROVED, by, clock.now()
    held.message = _send(held, by, seen_message_id) if held.kind == ReviewKind.APPROVAL else None
    if held.kind != ReviewKind.APPROVAL:
        _give_back(held)
    held.save(update_fields=["state", "decided_by", "decided_at", "message"])
    _record(Kind.REVIEW_APPROVED, held, by)
    return held.message


@transaction.atomic
def withdraw(review: Review, *, by: User) -> None:
    """Its author takes it back; the words return into their draft."""
    held = _hold(review, None)
    if held.author_id != by.pk:
        raise ReviewRefused(_("Only who asked can take it back."))
    held.state, held.decided_at = ReviewState.WITHDRAWN, clock.now()
    held.save(update_fields=["state", "decided_at"])
    _give_back(held)
    _record(Kind.REVIEW_WITHDRAWN, held, by)


@transaction.atomic
def lift(user: User, case: str, *, by: User) -> None:
    """Let a trainee answer a case type alone; audited."""
    _made, is_new = Lift.objects.get_or_create(user=user, case=case, defaults={"by": by})
    if is_new:
        _audit(Kind.APPROVAL_LIFTED, user, case, by)


@transaction.atomic
def take_lift(user: User, case: str, *, by: User) -> None:
    """Ask for a mentor's yes again; audited."""
    if Lift.objects.filter(user=user, case=case).delete()[0]:
        _audit(Kind.APPROVAL_ASKED_AGAIN, user, case, by)


def _audit(kind: Kind, user: User, case: str, by: User) -> None:
    record(kind, by=by, subject_id=user.pk, case=case)
    record_audit(kind, by=by, subject_id=user.pk, after={"case": case})


def _hold(review: Review, version: int | None) -> Review:
    """The review, locked, if it is open and nobody changed it since `version`."""
    held = Review.objects.select_for_update(of=["self"]).select_related("conversation", "author", "strand__inbox")
    found = held.get(pk=review.pk)
    if found.state != ReviewState.ASKED:
        raise ReviewRefused(_("That was settled already."))
    if version is not None and version != found.version:
        raise ReviewRefused(_("Somebody changed the words since you read them. Read them again."))
    return found


def _send(review: Review, by: User, seen: int | None) -> Message:
    begun = Draft.objects.filter(conversation=review.conversation, user=review.author, mode=DraftMode.REPLY).first()
    later = review.send_at if review.send_at and review.send_at > clock.now() else None
    message = replying.reply(
        review.conversation,
        by=review.author,
        text=review.text,
        own_words=review.own_words,
        cc=review.cc,
        bcc=review.bcc,
        strand=review.strand,
        resolve=review.resolve,
        send_at=later,
        seen_message_id=seen,
        approved_by=by,
    )
    if begun is not None and begun.text.strip():  # what they have begun since is theirs still
        drafting.save_draft(review.conversation, by=review.author, mode=DraftMode.REPLY, text=begun.text)
    return message


def _give_back(review: Review) -> None:
    """The words go before what their author has begun since."""
    draft = Draft.objects.filter(conversation=review.conversation, user=review.author, mode=DraftMode.REPLY).first()
    words = "\n\n".join(filter(None, (review.own_words or review.text, draft.text if draft else "")))
    drafting.save_draft(
        review.conversation,
        by=review.author,
        mode=DraftMode.REPLY,
        text=words,
        cc=review.cc,
        bcc=review.bcc,
        translated=review.text if review.own_words else "",
        translated_of=writing.digest(review.own_words),
    )


def _record(kind: Kind, review: Review, by: User) -> None:
    conversation = review.conversation
    record(
        kind,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=review.pk,
        assignee_id=conversation.assignee_id,
    )
