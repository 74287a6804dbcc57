"""Adds the pgvector column and its HNSW index where the server has pgvector 0.8 or newer; nothing elsewhere.

Without it, vectors are searched in the process (search/rules/vectors.py), so both kinds of server give the same answers.
"""

from django.db import DatabaseError, migrations, transaction

NEEDED = (0, 8)
ADD = """
ALTER TABLE search_passage ADD COLUMN embedding halfvec(384);
CREATE INDEX search_passage_embedding ON search_passage USING hnsw (embedding halfvec_cosine_ops)
    WITH (m = 16, ef_construction = 64) WHERE conversation_id IS NOT NULL;
"""
REMOVE = "DROP INDEX IF EXISTS search_passage_embedding; ALTER TABLE search_passage DROP COLUMN IF EXISTS embedding"


def add(apps, schema_editor):
    connection = schema_editor.connection
    if _has_vectors(connection):
        schema_editor.execute(ADD)


def remove(apps, schema_editor):
    schema_editor.execute(REMOVE)


def _has_vectors(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
        if cursor.fetchone() is None:
            return False
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except DatabaseError:  # only a superuser may add it, and none has
            return False
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        return tuple(int(part) for part in cursor.fetchone()[0].split(".")[:2]) >= NEEDED


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
