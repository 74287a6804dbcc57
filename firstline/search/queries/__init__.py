"""Everything that is found. What callers need stands here; how, in the files below."""

from firstline.search.queries.articles import Engine, Hit, engine, retrieve, search_articles
from firstline.search.queries.conversations import Found, FoundConversation, TooSlow, by_number, search_conversations
from firstline.search.queries.nearest import Similar, similar_conversations
from firstline.search.queries.people import search_people
from firstline.search.queries.proving import Moved, Proof, foreseen, proofs

__all__ = [
    "Engine",
    "Found",
    "FoundConversation",
    "Hit",
    "Moved",
    "Proof",
    "Similar",
    "TooSlow",
    "by_number",
    "engine",
    "foreseen",
    "proofs",
    "retrieve",
    "search_articles",
    "search_conversations",
    "search_people",
    "similar_conversations",
]
