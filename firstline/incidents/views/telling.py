"""Telling everybody in an incident: written once, looked at for each, and taken back if need be."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from firstline.accounts.doors import person
from firstline.conversations.views.common import permitted
from firstline.incidents.actions import telling
from firstline.incidents.forms import TellForm
from firstline.incidents.models import Incident, Telling
from firstline.incidents.views.desk import MANAGE, find, refusals


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(MANAGE)
@refusals
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at what each would read (`act=preview`), then send exactly that (`act=send`)."""
    found, user = find(request, pk), person(request)
    form = TellForm(request.POST or None, initial={"text": _proposed(found)})
    if form.is_bound and not form.is_valid():
        return _page(request, found, form, "", status=422)
    text = form.cleaned_data["text"] if form.is_bound else _proposed(found)
    if request.method == "POST" and request.POST.get("act") == "send":
        if form.cleaned_data["seen"] != _digest(text):
            messages.error(request, _("The text has changed since you looked: see first what each of them reads."))
            return _page(request, found, form, text, status=422)
        made = telling.ask(found, text, by=user)
        count = made.told.filter(held="").count()
        said = ngettext("%(n)d person is told in half a minute.", "%(n)d people are told in half a minute.", count)
        messages.success(request, said % {"n": count})
        return redirect("incidents:incident", pk)
    return _page(request, found, form, text)


@require_POST
@permitted(MANAGE)
@refusals
def take_back(request: HttpRequest, pk: int, telling_pk: int) -> HttpResponse:
    """Nobody is told."""
    found = get_object_or_404(Telling.objects.filter(incident=find(request, pk)), pk=telling_pk)
    telling.take_back(found, by=person(request))
    messages.success(request, _("Taken back: nobody was told."))
    return redirect("incidents:incident", pk)


def _page(request: HttpRequest, found: Incident, form: TellForm, text: str, status: int = 200) -> HttpResponse:
    letters = telling.letters(found, text, by=person(request)) if text else []
    going = [one for one in letters if not one.held]
    context = {
        "place": "incidents",
        "incident": found,
        "form": form,
        "letters": letters,
        "going": going,
        "held": [one for one in letters if one.held],
        "public_count": sum(one.is_public for one in going),
        "private_count": sum(not one.is_public for one in going),
        "digest": _digest(text),
    }
    return render(request, "incidents/tell.html", context, status=status)


def _proposed(found: Incident) -> str:
    """The newest public update as a letter of one's own."""
    newest = found.updates.order_by("-pk").first()
    said = newest.text if newest else ""
    page = settings.BASE_URL + reverse("status:incident", args=[found.pk])
    return _("Hello {{ contact.first_name }},\n\n%(said)s\n\nHow it stands is always here: %(page)s") % {
        "said": said,
        "page": page,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()
