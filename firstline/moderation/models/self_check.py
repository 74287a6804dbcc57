"""How people of the desk are, told by nobody in particular (W-14): counters only, and who has answered, apart."""

from django.db import models

from firstline.accounts.models import User


class SelfCheckCount(models.Model):
    """How often an answer (1 to 5) was given to a question in a quarter; no row stands for one person."""

    quarter = models.CharField(max_length=6)
    question = models.PositiveSmallIntegerField()
    answer = models.PositiveSmallIntegerField()
    given = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "question", "answer"], name="one_self_check_counter"),
            models.CheckConstraint(name="self_check_one_to_five", condition=models.Q(answer__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} question {self.question}: {self.answer}"


class SelfCheckTaken(models.Model):
    """Who has answered in a quarter, so that they are not asked again: without a time, and without their answers."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    quarter = models.CharField(max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "quarter"], name="self_check_once")]

    def __str__(self) -> str:
        return f"{self.user_id} answered in {self.quarter}"
