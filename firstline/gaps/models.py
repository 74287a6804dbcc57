from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.knowledge.models import Article


class Why(models.TextChoices):
    """Why the articles there are fell short."""

    NONE = "none", _("no article came near")
    WEAK = "weak", _("the nearest article was a weak match")
    WRONG = "wrong", _("what was proposed was wrong")
    OTHER = "other_question", _("the article answers another question")
    INCOMPLETE = "incomplete", _("something is missing in the article")
    OUTDATED = "outdated", _("the article is out of date")


class Gap(models.Model):
    """Questions that mean the same and that no article answers well. It has no words of its own: see queries.

    `article` is what was written for it, or where its questions were added; `dismissed_at` is set when the team
    decided that it needs no article.
    """

    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="gaps")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"gap {self.pk}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: User) -> Self:
        """Questions of conversations that the person may see; sealed ones are never collected."""
        seen = self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))
        return seen.exclude(message__cover__isnull=False, message__cover__uncovered_at__isnull=True)


class Question(models.Model):
    """A message that no article answered well, once a message. `text` is cleared of names, addresses and tokens.

    `vector` is float16 as search keeps it, of the model whose file has the sha256 `model`.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="unanswered")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="unanswered")
    gap = models.ForeignKey(Gap, models.SET_NULL, null=True, blank=True, related_name="questions")
    nearest_article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=16, choices=Why.choices)
    text = models.TextField()
    vector = models.BinaryField()
    model = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["gap", "asked_at"], name="question_gap"),
            models.Index(fields=["model", "asked_at"], name="question_asked"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
