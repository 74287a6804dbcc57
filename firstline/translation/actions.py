"""Having words translated: what was heard, and what is about to be said.

What leaves is masked; what comes back is checked.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import drafting
from firstline.conversations.models import Conversation, Draft, DraftMode
from firstline.conversations.writing import digest
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets
from firstline.inboxes.models import Inbox
from firstline.translation import queries, rules
from firstline.translation.models import OpenInbox, Reader, Translation
from firstline.translation.translators import TranslationFailed, Translator


class TranslationRefused(Exception):
    """There is no translation that could be shown or sent; the message is a sentence, and no word was lost."""


def translate_messages(conversation: Conversation, *, by: User) -> int:
    """Translate what waits in the language of the newest such message, for its reader; how many there are now.

    One request to the translator, of six seconds at most. Raises TranslationRefused.
    """
    waiting = queries.waiting(conversation, by)
    if not waiting:
        return 0
    source, target = waiting[0][1], queries.reads(by)
    messages = [message for message, language in waiting if language == source]
    texts = [secrets.mask(one.text).text for one in messages]
    found = _translated(texts, source, target, queries.names(conversation, by, texts))
    made = [
        Translation(
            message=message,
            language=target,
            source=source,
            text=secrets.mask(one.text).text,
            kept=one.kept,
            of=digest(message.text),
            made_at=clock.now(),
        )
        for message, one in zip(messages, found, strict=True)
        if one is not None
    ]
    if not made:
        raise TranslationRefused(
            _("The translation would have changed code, names or links. Only the original stands.")
        )
    _keep(conversation, made, by)
    return len(made)


def translate_draft(
    conversation: Conversation, *, by: User, text: str, cc: Sequence[str] = (), bcc: Sequence[str] = ()
) -> Draft:
    """Keep what a person wrote, and beside it what the contact would read. Raises TranslationRefused, the text kept."""
    draft = drafting.save_draft(conversation, by=by, mode=DraftMode.REPLY, text=text, cc=cc, bcc=bcc)
    target = queries.translates_to(conversation, by)
    if not target:
        raise TranslationRefused(_("There is nothing to translate: they read your language, or it is switched off."))
    if not draft.text.strip():
        raise TranslationRefused(_("Write something first."))
    names = queries.names(conversation, by, [draft.text])
    found = _translated([draft.text], queries.reads(by), target, names)[0]
    if found is None or found.kept:
        raise TranslationRefused(
            _("The translation would have changed code, names or links, so there is none. Shorter sentences may help.")
        )
    draft = drafting.save_draft(
        conversation,
        by=by,
        mode=DraftMode.REPLY,
        text=text,
        cc=cc,
        bcc=bcc,
        translated=found.text,
        translated_of=digest(draft.text),
    )
    _record(conversation, by, outgoing=1)
    return draft


@transaction.atomic
def open_inboxes(inboxes: Iterable[Inbox], *, by: User) -> None:
    """From these inboxes, and no others, words may go to the translator; audited."""
    wanted = {one.pk for one in inboxes}
    known = set(OpenInbox.objects.values_list("inbox_id", flat=True))
    OpenInbox.objects.exclude(inbox__in=wanted).delete()
    for pk in sorted(wanted - known):
        OpenInbox.objects.create(inbox_id=pk, by=by)
    for pk in sorted(wanted ^ known):
        is_on = pk in wanted
        record(Kind.TRANSLATION_CHANGED, by=by, inbox_id=pk, subject_id=pk, on=is_on)
        record_audit(Kind.TRANSLATION_CHANGED, by=by, subject_id=pk, after={"on": is_on})


def choose_language(language: str, *, at_once: bool, by: User) -> None:
    """The language that a person reads and writes; `at_once` translates what they open without being asked."""
    Reader.objects.update_or_create(user=by, defaults={"language": language, "at_once": at_once})


def try_out(text: str, target: str) -> str:
    """A sentence translated, to see that the translator answers. Raises TranslationFailed with the reason."""
    found = _ask(_set_up(), [text], "en", target)
    return found[0]


def _translated(texts: Sequence[str], source: str, target: str, names: Iterable[str]) -> list[rules.Translated | None]:
    """Each text in the other language; None where nothing of it could be believed."""
    known = list(names)
    pieces = [rules.take_apart(text, known) for text in texts]
    asked = [piece.asked for one in pieces for piece in one if piece.asked]
    if not asked:
        return [None] * len(texts)
    try:
        answers = iter(_ask(_set_up(), asked, source, target))
    except TranslationFailed as failed:
        raise TranslationRefused(
            _("The translation service did not answer as it should. The words stay as they are; try again in a moment.")
        ) from failed
    found: list[rules.Translated | None] = []
    for one in pieces:
        wanted = [piece for piece in one if piece.asked]
        whole = rules.put_together(one, [next(answers) for _piece in wanted])
        found.append(whole if wanted and whole.kept < len(wanted) else None)
    return found


def _ask(translator: Translator, texts: Sequence[str], source: str, target: str) -> list[str]:
    return translator.translate(texts, source, target)


def _set_up() -> Translator:
    translator = queries.translator()
    if translator is None:
        raise TranslationFailed("No translation service is set.")
    return translator


@transaction.atomic
def _keep(conversation: Conversation, made: Sequence[Translation], by: User) -> None:
    Translation.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["message", "language"],
        update_fields=["source", "text", "kept", "of", "made_at"],
    )
    _record(conversation, by, incoming=len(made))


def _record(conversation: Conversation, by: User, *, incoming: int = 0, outgoing: int = 0) -> None:
    """That words went to the translator, and how many messages' words; never which."""
    record(
        Kind.WORDS_TRANSLATED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        incoming=incoming,
        outgoing=outgoing,
    )
