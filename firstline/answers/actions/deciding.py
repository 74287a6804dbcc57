"""What a person does with a proposal: take it over, or say why not."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers.models import DismissReason, Suggestion, SuggestionState, Usage
from firstline.conversations.actions import drafting
from firstline.conversations.models import Conversation, Draft, DraftMode
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import record


class SuggestionGone(Exception):
    """The suggestion can't be used any more; the message is a sentence for the person."""


@transaction.atomic
def insert(suggestion: Suggestion, *, by: User, to_edit: bool = False) -> Suggestion:
    """Mark a suggestion as taken over into a reply. Raises SuggestionGone when it may not be used."""
    locked = _lock(suggestion)
    if locked.state not in (SuggestionState.PROPOSED, SuggestionState.INSERTED, SuggestionState.EDITED):
        raise SuggestionGone(_("This suggestion is not current any more."))
    sources = [citation.article for citation in locked.citations.select_related("article")]
    if not all(article.is_citable for article in sources):
        raise SuggestionGone(_("Its source is for the team only. Use it in your own words."))
    _decide(locked, SuggestionState.EDITED if to_edit else SuggestionState.INSERTED, by)
    Usage.objects.update_or_create(suggestion=locked, defaults={"inserted": locked.text})
    record(
        Kind.SUGGESTION_INSERTED,
        by=by,
        conversation_id=locked.conversation_id,
        inbox_id=locked.conversation.inbox_id,
        subject_id=locked.pk,
        article=sources[0].pk if sources else None,
        to_edit=to_edit,
    )
    return locked


def add_to_draft(conversation: Conversation, *, by: User, text: str) -> Draft:
    """Put `text` at the end of the person's reply draft: the way without JavaScript."""
    draft = Draft.objects.filter(conversation=conversation, user=by, mode=DraftMode.REPLY).first()
    so_far = draft.text.rstrip() if draft else ""
    whole = f"{so_far}\n\n{text}" if so_far else text
    cc = [str(address) for address in draft.cc] if draft else []
    return drafting.save_draft(conversation, by=by, mode=DraftMode.REPLY, text=whole, cc=cc)


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: User, reason: DismissReason) -> Suggestion:
    """Say that a suggestion is not right, and why. A second dismissal changes nothing."""
    locked = _lock(suggestion)
    if locked.state == SuggestionState.DISMISSED:
        return locked
    locked.dismissed_reason = reason
    _decide(locked, SuggestionState.DISMISSED, by)
    record(
        Kind.SUGGESTION_DISMISSED,
        by=by,
        conversation_id=locked.conversation_id,
        inbox_id=locked.conversation.inbox_id,
        subject_id=locked.pk,
        reason=reason.value,
    )
    return locked


def _lock(suggestion: Suggestion) -> Suggestion:
    return Suggestion.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=suggestion.pk)


def _decide(suggestion: Suggestion, state: SuggestionState, by: User) -> None:
    suggestion.state = state
    suggestion.decided_by = by
    suggestion.decided_at = clock.now()
    suggestion.save(update_fields=["state", "dismissed_reason", "decided_by", "decided_at"])
