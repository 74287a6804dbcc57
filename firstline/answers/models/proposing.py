"""What the machine read and proposed, from what, and what became of it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.answers.rules import Strength
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.knowledge.models import Article


class StrengthChoice(models.TextChoices):
    """`rules.Strength` for the database, with the words people read."""

    STRONG = Strength.STRONG.value, _("strong match")
    FAIR = Strength.FAIR.value, _("fair match")
    WEAK = Strength.WEAK.value, _("weak match")


class Diagnosis(models.Model):
    """What a message's paste says (evidence/diagnose.py), once a message. `signature` is "" when it is unknown.

    Lists hold plain strings; `telling_lines` are line numbers from 0 of the message's text.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="diagnosis")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="diagnoses")
    signature = models.CharField(max_length=80, blank=True)
    case = models.CharField(max_length=8, blank=True)
    whose = models.CharField(max_length=20, blank=True)
    cause = models.TextField(blank=True)
    fix = models.JSONField(default=list)
    docs = models.URLField(max_length=400, blank=True)
    facts = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    runners_up = models.JSONField(default=list)
    telling_lines = models.JSONField(default=list)
    confidence = models.FloatField(default=0.0)
    fingerprint = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "diagnoses"
        indexes = [
            models.Index(fields=["conversation", "-message"], name="diagnosis_conversation"),
            models.Index(
                fields=["signature", "created_at"], name="diagnosis_signature", condition=~models.Q(signature="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signature or 'unknown'} in message {self.message_id}"

    @property
    def is_known(self) -> bool:
        """Whether a signature was recognised."""
        return bool(self.signature)


class SuggestionState(models.TextChoices):
    """What became of a suggestion; `nothing` is one that could not be backed by a source and says so."""

    PROPOSED = "proposed", _("proposed")
    NOTHING = "nothing", _("nothing to propose")
    INSERTED = "inserted", _("inserted")
    EDITED = "edited", _("inserted to be edited")
    DISMISSED = "dismissed", _("dismissed")
    SUPERSEDED = "superseded", _("superseded")


class DismissReason(models.TextChoices):
    """Why a suggestion was not right, in the words of the menu."""

    WRONG = "wrong", _("It is wrong")
    OTHER_QUESTION = "other_question", _("It answers another question")
    INCOMPLETE = "incomplete", _("Something is missing")
    OUTDATED = "outdated", _("The article is out of date")
    NOT_NEEDED = "not_needed", _("No answer is needed")


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User) -> Self:
        """Suggestions of conversations that the person may see."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))

    def shown(self) -> Self:
        """With the citations and articles a panel shows."""
        return self.select_related("message").prefetch_related("citations__article")


class Suggestion(models.Model):
    """An answer proposed for one message, made of an article's own words; `text` is what goes into the composer.

    `score` is the fused score of search and no probability; `confidence` is search's calibrated probability, made of
    `features`, and None where it has none (by words alone, in other languages); `sureness` (measures.sureness)
    orders suggestions by how likely they are right, and means what the desk's last replay found; `similar` are ids of
    articles that came near; `language` is set when the question is in another one than
    English; `index_version` is the state of search's index that was asked.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="suggestion")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="suggestions")
    text = models.TextField(blank=True)
    engine = models.CharField(max_length=60)
    score = models.FloatField(default=0.0)
    strength = models.CharField(max_length=6, choices=StrengthChoice.choices, blank=True)
    language = models.CharField(max_length=12, blank=True)
    similar = models.JSONField(default=list)
    sureness = models.FloatField(default=0.0)
    confidence = models.FloatField(null=True, blank=True)
    features = models.JSONField(null=True, blank=True)
    index_version = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=SuggestionState.choices)
    dismissed_reason = models.CharField(max_length=20, choices=DismissReason.choices, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["conversation", "-message"], name="suggestion_conversation")]
        constraints = [
            models.CheckConstraint(
                name="dismissed_says_why", condition=~models.Q(state="dismissed") | ~models.Q(dismissed_reason="")
            ),
            models.CheckConstraint(
                name="proposed_has_text", condition=~models.Q(state="proposed") | ~models.Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"suggestion for message {self.message_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody may still insert or dismiss it."""
        return self.state == SuggestionState.PROPOSED


class Citation(models.Model):
    """One block of a suggestion with its source: `quote` stands word for word in the article's revision."""

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    article = models.ForeignKey(Article, models.CASCADE, related_name="citations")
    revision = models.ForeignKey("knowledge.Revision", models.SET_NULL, null=True, blank=True, related_name="citations")
    title = models.CharField(max_length=200)
    heading = models.CharField(max_length=200, blank=True)
    quote = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "position"], name="citation_once")]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"


class Usage(models.Model):
    """What became of a suggestion that was taken over.

    `inserted` is what went into the composer, `distance` (0 the same, 1 nothing left) how much of it was changed before
    it was sent. `helped` is the contact's own word; None while they have not said.
    """

    suggestion = models.OneToOneField(Suggestion, models.CASCADE, related_name="usage")
    inserted = models.TextField()
    sent = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    distance = models.FloatField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    helped = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="usage_distance_is_a_share",
                condition=models.Q(distance__isnull=True) | models.Q(distance__gte=0, distance__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"usage of suggestion {self.suggestion_id}"


class DraftMade(models.Model):
    """How a draft came to be, and what the language model cost: tokens, and millionths of the configured currency.

    `kept` and `struck` count the model's sentences; with fewer than two kept the composed draft was used.
    """

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="drafts_made")
    model = models.CharField(max_length=80, blank=True)
    is_models = models.BooleanField(default=False)
    kept = models.PositiveSmallIntegerField(default=0)
    struck = models.PositiveSmallIntegerField(default=0)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "drafts made"

    def __str__(self) -> str:
        return f"draft of suggestion {self.suggestion_id}"
