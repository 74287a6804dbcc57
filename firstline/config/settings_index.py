"""The settings page: the places that a person may go to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstline.accounts.doors import needs, person
from firstline.config.places import PLACES


@require_safe
@needs()
def index(request: HttpRequest) -> HttpResponse:
    """Every place whose permission the person holds."""
    user = person(request)
    places = [one for one in PLACES if not one.permission or user.can(one.permission)]
    return render(request, "core/settings.html", {"places": places, "place": "settings"})
