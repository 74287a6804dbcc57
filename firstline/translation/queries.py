"""What is in which language, and what of it may be translated for whom. Nothing is asked while no translator is set."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import QuerySet

from firstline.accounts.models import User
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import Conversation, Message
from firstline.conversations.renderings import Rendering
from firstline.conversations.writing import digest
from firstline.evidence import facts, normalise
from firstline.models_ai import languages
from firstline.models_ai.embedder import ModelMissing
from firstline.translation import rules
from firstline.translation.models import OpenInbox, Reader, Translation
from firstline.translation.translators import Chat, Libre, Translator

SUREST = 0.5
FEWEST_WORDS = 2
MOST_AT_ONCE = 10


def translator() -> Translator | None:
    """The translator of FIRSTLINE_TRANSLATION_URL; None while none is set."""
    if not settings.TRANSLATION_URL:
        return None
    if settings.TRANSLATION_MODEL:
        return Chat(settings.TRANSLATION_URL, settings.TRANSLATION_MODEL, settings.TRANSLATION_KEY)
    return Libre(settings.TRANSLATION_URL, settings.TRANSLATION_KEY)


def may_be_translated(conversation: Conversation) -> bool:
    """Whether words of this conversation may go to the translator: its inbox allows it, and it is not sealed."""
    if not settings.TRANSLATION_URL or conversation.sealed:
        return False
    return OpenInbox.objects.filter(inbox=conversation.inbox_id).exists()


def language_of(text: str) -> str:
    """The language of a text's own words, code and names left out; "" when they do not say, or without the model."""
    words = rules.prose(text)
    if len(words.split()) < FEWEST_WORDS and words.isascii():
        return ""
    try:
        found = languages.detect(words)
    except ModelMissing:
        return ""
    return found.code if found.probability >= SUREST else ""


def reads(user: User) -> str:
    """The language that a person reads and writes."""
    found = Reader.objects.filter(user=user).values_list("language", flat=True).first()
    return found or settings.LANGUAGE_CODE.partition("-")[0]


def translates_to(conversation: Conversation, user: User) -> str:
    """Into which language a reply of this person's would be translated; "" for not at all."""
    if not may_be_translated(conversation):
        return ""
    heard = _heard(conversation).values_list("text", flat=True).first()
    theirs = language_of(heard or "") or conversation.contact.language[:2]
    return theirs if theirs != reads(user) else ""


def renderings(conversation: Conversation, messages: Sequence[Message], user: User) -> dict[int, Rendering]:
    """What was translated of these messages into the person's language, by the message's id."""
    if not may_be_translated(conversation):
        return {}
    made = Translation.objects.filter(message__in=[one.pk for one in messages], language=reads(user))
    texts = {one.pk: one.text for one in messages}
    return {
        one.message_id: Rendering(one.text, one.language, one.source, one.kept)
        for one in made
        if one.of == digest(texts[one.message_id])
    }


def waiting(conversation: Conversation, user: User) -> list[tuple[Message, str]]:
    """The newest messages in another language than the person's, each with its own, that nobody had translated."""
    if not may_be_translated(conversation):
        return []
    messages = list(_heard(conversation)[:MOST_AT_ONCE])
    done, own = renderings(conversation, messages, user), reads(user)
    found = [(one, language_of(one.text)) for one in messages if one.pk not in done]
    return [(message, language) for message, language in found if language not in ("", own)]


def names(conversation: Conversation, user: User, texts: Iterable[str]) -> set[str]:
    """What is called by a name in these texts: people who take part, the desk, packages that a paste names."""
    people = [user.name, settings.DESK_NAME]
    people += ContactIdentity.objects.filter(messages__conversation=conversation).values_list("name", flat=True)
    if conversation.assignee is not None:
        people.append(conversation.assignee.name)
    packages = [facts.extract(normalise.normalise(text)).get("package", "") for text in texts]
    return {name for one in people for name in (one, one.partition(" ")[0]) if name} | {one for one in packages if one}


def _heard(conversation: Conversation) -> QuerySet[Message]:
    """What the contact's side wrote and no cover lies on, newest first."""
    heard = Message.objects.filter(conversation=conversation, author_identity__isnull=False, strand__is_side=False)
    return heard.uncovered().order_by("-pk")
