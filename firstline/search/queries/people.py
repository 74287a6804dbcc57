"""Contacts by name, organisation or address."""

from django.db.models import Exists, OuterRef

from firstline.accounts.models import User
from firstline.contacts.models import Contact
from firstline.conversations.models import Conversation
from firstline.search.queries.narrowing import contacts
from firstline.search.rules.grammar import Query

MOST = 200


def search_people(user: User, query: Query, *, limit: int = 5) -> list[Contact]:
    """Contacts that hold every word asked for and have a conversation that the person may see; the newest first.

    Operators ask for conversations, so with one there are no people.
    """
    if not query.tsquery or query.filters:
        return []
    named = list(contacts(query.tsquery).order_by("-contact_id").values_list("contact_id", flat=True)[:MOST])
    if not named:
        return []
    seen = Conversation.objects.visible_to(user).filter(contact=OuterRef("pk"))
    found = Contact.objects.filter(Exists(seen), pk__in=named).select_related("organization")
    return list(found.prefetch_related("identities").order_by("-pk")[:limit])
