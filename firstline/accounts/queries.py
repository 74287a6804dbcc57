"""Reads about people that span several tables."""

from django.db.models import QuerySet

from firstline.accounts.models import SignInLink, User
from firstline.core import clock, tokens


def usable_link(token: str) -> SignInLink | None:
    """The link of this token while it still opens; None for any other token."""
    link = SignInLink.objects.select_related("user").filter(digest=tokens.digest(token)).first()
    return link if link is not None and link.is_usable(clock.now()) else None


def people() -> QuerySet[User]:
    """Everybody with their teams, the active ones first."""
    return User.objects.prefetch_related("teams").order_by("-is_active", "name", "pk")
