from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.knowledge.models import Article


class FindingKind(models.TextChoices):
    """What may not be true any more about an article."""

    QUESTION = "question", _("A question leads elsewhere")
    LINK = "link", _("A link is dead")
    RELEASE = "release", _("A newer release")
    REVIEW = "review", _("Its review is overdue")


class Finding(models.Model):
    """Something that was found wrong with an article and is still so; `detail` names it, `said` is what was found.

    A person may wave it through (`waved_by`): it stands, and nobody is bothered again while nothing changes.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=FindingKind.choices)
    detail = models.CharField(max_length=600)
    said = models.CharField(max_length=300, blank=True)
    other = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    found_at = models.DateTimeField(default=clock.now)
    waved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    waved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "kind", "detail"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.kind} of article {self.article_id}"


class Link(models.Model):
    """An address that articles point to, and how its server answered last; it is asked again after some days."""

    address = models.CharField(max_length=600, unique=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.address
