"""Who may come in: the decorator that stands over every view of the desk."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from firstline.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


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
