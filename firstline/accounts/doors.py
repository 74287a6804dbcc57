"""Who may come in: the decorator that stands over every view of the desk."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ENTERED_AT = "entered_at"
"""Session key: when the person came in by a one-time link (seconds since 1970)."""


def needs(permission: str = "") -> Callable[[View[P]], View[P]]:
    """Let signed-in people in who hold `permission` (any, when it is empty); others sign in first, or get 403."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if permission and not request.user.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def person(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied when there is none, which `needs` has ruled out before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def needs_recent_sign_in(view: View[P]) -> View[P]:
    """Ask for the password once more when the sign-in is older than 15 minutes (S-25). Put it under `needs`.

    Guard the GET of a form with it too, so that nothing typed is lost on the way.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if _is_recent(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in ("GET", "HEAD") else request.META.get("HTTP_REFERER", "/")
        if person(request).has_usable_password():
            return redirect_to_login(back, reverse("account_reauthenticate"))
        messages.info(request, _("Set a password first: changes here need it once more."))
        return redirect("account_set_password")

    return guarded


def _is_recent(request: HttpRequest) -> bool:
    records = request.session.get("account_authentication_methods", [])
    moments = [request.session.get(ENTERED_AT, 0), *(one.get("at", 0) for one in records)]
    return bool(time.time() - max(moments) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
