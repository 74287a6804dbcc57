from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from firstline.accounts.models import User
from firstline.contacts.models import Contact
from firstline.conversations.models import Conversation, Message, Note, Reader
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.knowledge.models import Article


class Part(models.TextChoices):
    """Which part of its source a passage is."""

    TITLE = "title"
    BODY = "body"
    QUESTION = "question"


class PassageVisibility(models.TextChoices):
    """Who a passage may be shown to at all; inboxes and seals narrow it further."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Passage(models.Model):
    """A stretch of masked text and its vector: part of a published article, or the question of a resolved conversation.

    `vector` is float16, little end first, of the model whose file has the sha256 `model`; both are empty while no
    language model is installed. Where the server has pgvector 0.8, migration 0002 adds a column `embedding
    halfvec(384)` that only queries/nearest.py knows. Visibility is by inbox ids and seal, never by person (G7).
    """

    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="passages")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, blank=True, related_name="passages")
    text_id = models.BigIntegerField(null=True, blank=True)
    revision_id = models.BigIntegerField(null=True, blank=True)
    part = models.CharField(max_length=8, choices=Part.choices)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField()
    language = models.CharField(max_length=12, default="en")
    visibility = models.CharField(max_length=8, choices=PassageVisibility.choices)
    inbox_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    sealed = models.BooleanField(default=False)
    vector = models.BinaryField(null=True, blank=True)
    model = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="passage_has_one_source",
                condition=Q(article__isnull=False, conversation__isnull=True)
                | Q(article__isnull=True, conversation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        source = f"article {self.article_id}" if self.article_id else f"conversation {self.conversation_id}"
        return f"{self.part} of {source}"


class OtherVector(models.Model):
    """A title's or past question's vector by the multilingual model, by the sha256 of the text: float16, little end
    first. There are none until somebody writes in another language (actions/others.py).
    """

    digest = models.CharField(max_length=64, unique=True)
    vector = models.BinaryField()
    model = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.digest[:12]


class IndexState(models.Model):
    """One row, `articles`: a random number, new whenever article passages change, so that processes know to reload."""

    name = models.CharField(max_length=20, unique=True)
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Learned(models.Model):
    """A model that this desk fitted on its own outcomes, as JSON of coefficients; the newest of a kind is in use."""

    kind = models.CharField(max_length=20)
    content = models.TextField()
    rows = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="learned_newest")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.rows} rows"


def tsquery_of(literal: str) -> Cast:
    """A tsquery literal of rules/lexemes.py as an expression."""
    return Cast(Value(literal), SearchQueryField())


def words_satisfy(tsquery: str) -> Func:
    """A condition on the column `tsv`: its words satisfy a tsquery literal of rules/lexemes.py."""
    sides = (F("tsv"), tsquery_of(tsquery))
    return Func(*sides, template="%(expressions)s", arg_joiner=" @@ ", output_field=models.BooleanField())


class MessageTextQuerySet(models.QuerySet["MessageText"]):
    def visible_to(self, user: User) -> Self:
        """Rows of conversations in the person's inboxes, sealed ones only for those on their list.

        Works on the row's own copy of inboxes and seal, so that two thousand hits need no join; whoever shows
        conversations still fetches them through Conversation.visible_to.
        """
        inboxes = list(Inbox.objects.visible_to(user).values_list("pk", flat=True))
        unsealed = Q(sealed=False) | Q(conversation__in=Reader.objects.filter(user=user).values("conversation"))
        return self.filter(unsealed, inbox_ids__overlap=inboxes)


class MessageText(models.Model):
    """The search words of one message or note, as a tsvector made by rules/lexemes.py: masked text only."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, models.CASCADE, null=True, blank=True, related_name="+")
    note = models.OneToOneField(Note, models.CASCADE, null=True, blank=True, related_name="+")
    inbox_ids = ArrayField(models.BigIntegerField(), default=list)
    sealed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    tsv = SearchVectorField()

    objects = MessageTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_text_has_one_source",
                condition=Q(message__isnull=False, note__isnull=True) | Q(message__isnull=True, note__isnull=False),
            ),
        ]
        indexes = [
            GinIndex(fields=["tsv"], name="message_text_words"),
            models.Index(fields=["-created_at"], name="message_text_newest"),
        ]

    def __str__(self) -> str:
        return f"words of {'message' if self.message_id else 'note'} {self.message_id or self.note_id}"


class ContactText(models.Model):
    """The search words of a contact: name, organisation, and every address with its parts."""

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="+")
    tsv = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["tsv"], name="contact_text_words")]

    def __str__(self) -> str:
        return f"words of contact {self.contact_id}"
