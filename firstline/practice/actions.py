"""An answer for oneself; nothing leaves."""

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.evidence import secrets
from firstline.practice.models import Attempt


def attempt(conversation: Conversation, *, by: User, text: str) -> Attempt:
    """Keep what the person would have answered, once: from then on they see what was sent."""
    words = secrets.mask(text.strip()).text
    made, _created = Attempt.objects.get_or_create(user=by, conversation=conversation, defaults={"text": words})
    return made
