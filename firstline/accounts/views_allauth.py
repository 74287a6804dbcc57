"""allauth's views where the desk wants another answer."""

from typing import Any

from allauth.account import views
from django.http import HttpRequest, HttpResponseBase


class PasswordResetFromKeyView(views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth ships no types
    """Answers 404 to every link that does not open, whatever is wrong with it (S-26)."""

    reset_user: Any = ...  # allauth sets a person, or None when the link is refused

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        """As allauth, but a refused link is not found."""
        response: HttpResponseBase = super().dispatch(request, uidb36, key, **kwargs)
        if self.reset_user is None:
            response.status_code = 404
        return response
