"""How allauth behaves at a desk: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an admin."""
        return False
