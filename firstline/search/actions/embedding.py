"""Texts to stored vectors, or to none where no language model is installed."""

from dataclasses import dataclass

from django.db import connection

from firstline.models_ai import embedder
from firstline.search.models import Passage
from firstline.search.queries import nearest
from firstline.search.rules import vectors
from firstline.search.rules.ranking import mean_vectors


@dataclass(frozen=True, slots=True)
class Embedded:
    """Stored vectors in the texts' order, and the sha256 of the model that made them ("" and Nones without a model)."""

    vectors: list[bytes | None]
    model: str


def current_model() -> str:
    """The sha256 of the installed model; "" when there is none."""
    try:
        return embedder.load().sha256
    except embedder.ModelMissing:
        return ""


def embed(said: list[tuple[str, ...]]) -> Embedded:
    """One vector for the texts of each passage together, about 10 ms of CPU a text. Never call it in a transaction."""
    try:
        model = embedder.load()
    except embedder.ModelMissing:
        return Embedded([None] * len(said), "")
    made = mean_vectors([("", texts) for texts in said], model.encode)
    return Embedded([vectors.to_bytes(vector) for vector in made], model.sha256)


def store_in_column(passage: Passage) -> None:
    """Copy a passage's vector into pgvector's column, where the server has it."""
    if passage.vector is None or not nearest.has_column():
        return
    literal = vectors.to_literal(vectors.from_bytes([bytes(passage.vector)])[0])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_passage SET embedding = %s::halfvec WHERE id = %s", [literal, passage.pk])
