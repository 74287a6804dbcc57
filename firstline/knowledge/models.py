from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.core import clock


class ArticleStatus(models.TextChoices):
    """Where an article is in its life."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    STALE = "stale", _("Stale")
    RETIRED = "retired", _("Retired")


SHOWN = (ArticleStatus.PUBLISHED, ArticleStatus.STALE)
"""States in which readers find an article; a stale one with a word of warning."""


class Visibility(models.TextChoices):
    """Who may read it."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Team only")


class Category(models.Model):
    """A shelf of the help centre."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.CharField(_("what stands on it"), max_length=160, blank=True)
    icon = models.CharField(max_length=40, default="book-open")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    def public(self) -> Self:
        """What anybody may read."""
        return self.filter(status__in=SHOWN, visibility=Visibility.PUBLIC)

    def visible_to(self, user: User) -> Self:
        """What this person of the desk may read: everything, when they may view articles."""
        return self if user.can("articles.view") else self.public()

    def matching(self, words: str) -> Self:
        """Whose title, body or questions hold `words`, in any case."""
        texts = ArticleText.objects.filter(article=OuterRef("pk")).filter(
            Q(title__icontains=words) | Q(body__icontains=words)
        )
        return self.filter(
            Exists(texts) | Exists(Phrasing.objects.filter(article=OuterRef("pk"), text__icontains=words))
        )

    def for_list(self) -> Self:
        """With what a row shows: `title`, and `ahead` when a text differs from what readers see; newest first."""
        texts = ArticleText.objects.filter(article=OuterRef("pk"))
        same = Q(title=F("published_revision__title"), body=F("published_revision__body"))
        return (
            self.select_related("category")
            .annotate(title=Subquery(texts.order_by("id").values("title")[:1]), ahead=Exists(texts.exclude(same)))
            .order_by("-updated_at", "-id")
        )


class Article(models.Model):
    """An answer worth keeping. Its words live in ArticleText, one a language (ground.md G12)."""

    slug = models.SlugField(max_length=120, unique=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="articles")
    status = models.CharField(max_length=10, choices=ArticleStatus.choices, default=ArticleStatus.DRAFT)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    signatures = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="articles")
    from_conversation = models.BigIntegerField(null=True, blank=True)
    pack = models.CharField(max_length=40, blank=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    """The pack that it came with, and a digest of the words as that pack had them."""
    product = models.CharField(_("product"), max_length=120, blank=True)
    versions = models.CharField(_("versions"), max_length=80, blank=True)
    next_review = models.DateField(_("next review"), null=True, blank=True)
    review_asked_at = models.DateTimeField(null=True, blank=True)
    review_asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    helped = models.PositiveIntegerField(default=0)
    did_not_help = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["status", "visibility", "id"], name="article_status")]

    def __str__(self) -> str:
        return self.slug

    def is_due(self, today: date) -> bool:
        """Whether its review is overdue."""
        return self.next_review is not None and self.next_review <= today

    @property
    def is_published(self) -> bool:
        """Whether readers (or the team, when it is internal) can find it."""
        return self.status in SHOWN

    @property
    def is_stale(self) -> bool:
        """Whether something in it may not be true any more: nothing is answered with it."""
        return self.status == ArticleStatus.STALE

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return self.is_published and self.visibility == Visibility.PUBLIC

    @property
    def is_citable(self) -> bool:
        """Whether contacts may be answered with it."""
        return self.is_public and not self.is_stale


class ArticleTextQuerySet(models.QuerySet["ArticleText"]):
    def public(self) -> Self:
        """Texts that anybody may read, with their article, shelf and published words."""
        return self.filter(
            article__status__in=SHOWN,
            article__visibility=Visibility.PUBLIC,
            published_revision__isnull=False,
        ).select_related("article__category", "published_revision")


class ArticleText(models.Model):
    """An article in one language: the published words, and the draft ahead of them when there is one."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12, default="en")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("body"))
    published_revision = models.ForeignKey("Revision", models.SET_NULL, null=True, blank=True, related_name="+")
    made_from = models.ForeignKey("Revision", models.SET_NULL, null=True, blank=True, related_name="+")
    """The revision of the article's first language that a translation says the same as."""

    objects = ArticleTextQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="article_text_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ahead(self) -> bool:
        """Whether the draft differs from what readers see."""
        published = self.published_revision
        return published is None or (self.title, self.body) != (published.title, published.body)


class Revision(models.Model):
    """What a text said at one time; never changed."""

    text = models.ForeignKey(ArticleText, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.text_id} r{self.number}"


class Phrasing(models.Model):
    """A question as somebody asked it, masked, with the article that answered it: the biggest lever on retrieval."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="phrasings")
    text = models.TextField()
    language = models.CharField(max_length=12, default="en")
    from_message = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "from_message"], name="phrasing_once", condition=Q(from_message__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class UnhelpfulReason(models.TextChoices):
    """Why an article did not help its reader."""

    OTHER_PROBLEM = "other_problem", _("It is about something else")
    DID_NOT_WORK = "did_not_work", _("I did that, and it did not work")
    HARD = "hard", _("Hard to follow")
    OLD = "old", _("Out of date")


class Unhelpful(models.Model):
    """How many readers gave one reason why an article did not help; who they were is not kept."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="unhelpful")
    reason = models.CharField(max_length=16, choices=UnhelpfulReason.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "reason"], name="unhelpful_once")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"


class SlugRedirect(models.Model):
    """A former address of an article."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="redirects")

    def __str__(self) -> str:
        return self.slug
