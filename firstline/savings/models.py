from django.db import models
from django.db.models import Q

from firstline.accounts.models import User
from firstline.core import clock
from firstline.knowledge.models import Article


class Forecast(models.Model):
    """What an article was expected to save when it was proposed; never changed afterwards.

    `asked_a_month` is how often people had asked it in the thirty days before; `share` of them, between `low` and
    `high`, were expected to ask no more. `is_assumed`: the desk had no measured articles of its own to go by.
    """

    article = models.OneToOneField(Article, models.CASCADE, related_name="forecast")
    asked_a_month = models.FloatField()
    share = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    is_assumed = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"forecast of article {self.article_id}"

    @property
    def questions_a_month(self) -> float:
        """How many were expected not to come."""
        return self.asked_a_month * self.share

    @property
    def whole_questions(self) -> int:
        """The same as people read it."""
        return round(self.questions_a_month)

    @property
    def fewest(self) -> float:
        """The lower end of `questions_a_month`."""
        return self.asked_a_month * self.low

    @property
    def most(self) -> float:
        """The upper end of `questions_a_month`."""
        return self.asked_a_month * self.high


class Realised(models.Model):
    """What became of an article's cause in the `days` after its publication, against the causes that nothing was
    written about. `share`, `low` and `high` are None while the counts say too little. It stays as it is once the
    longest stretch is over.
    """

    article = models.OneToOneField(Article, models.CASCADE, related_name="realised")
    days = models.PositiveSmallIntegerField()
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    untouched = models.PositiveSmallIntegerField()
    expected = models.FloatField(null=True, blank=True)
    share = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    reckoned_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "realised"

    def __str__(self) -> str:
        return f"realised of article {self.article_id}"


class HoldOut(models.Model):
    """A stretch in which one asking session in ten goes without an article; at most one runs for an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="hold_outs")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article"], name="hold_out_runs_once", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"hold-out of article {self.article_id}"


class Showing(models.Model):
    """An article in an asking session: shown, or held back; and whether the question was asked after all.

    `session` is a digest of the form's stamp: it says nothing about who asked.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="showings")
    session = models.CharField(max_length=64)
    is_held = models.BooleanField(default=False)
    is_asked = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "article"], name="showing_once")]
        indexes = [models.Index(fields=["article", "at"], name="showing_article")]

    def __str__(self) -> str:
        return f"article {self.article_id} in a session"


class SearchDay(models.Model):
    """How often the help centre was searched on one day (UTC), and how often nothing was found."""

    day = models.DateField(unique=True)
    searches = models.PositiveIntegerField(default=0)
    fruitless = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="fruitless_within_searches", condition=Q(fruitless__lte=models.F("searches")))
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.searches}"


class FruitlessSearch(models.Model):
    """Words, masked and folded, for which the help centre had nothing; who searched is not kept."""

    words = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="fruitless_last")]

    def __str__(self) -> str:
        return self.words
