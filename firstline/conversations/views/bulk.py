"""One thing done to every selected row, with the way back."""

from dataclasses import asdict

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations.actions import bulking
from firstline.conversations.forms import BulkForm
from firstline.conversations.models import Conversation
from firstline.conversations.views.common import is_htmx, permitted, view_name
from firstline.conversations.views.header import colleagues

SALT = "conversations.bulk"
UNDO_SECONDS = 600


@require_POST
@permitted("conversations.resolve")
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing to the selected conversations that the person may see; a toast says how many, and undoes it."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(" ".join(str(one) for errors in form.errors.values() for one in errors))
    user, verb = person(request), form.cleaned_data["verb"]
    found = list(Conversation.objects.visible_to(user).filter(pk__in=form.cleaned_data["ids"], merged_into=None))
    to = _assignee(form.cleaned_data["value"], found, user) if verb == "assign" else None
    states_before = bulking.act(found, verb, form.cleaned_data["value"], by=user, to=to)
    words = ngettext("%(n)d conversation changed", "%(n)d conversations changed", len(states_before)) % {
        "n": len(states_before)
    }
    token = signing.dumps([user.pk, [asdict(one) for one in states_before]], salt=SALT, compress=True)
    return _answer(request, words, token)


@require_POST
@permitted("conversations.resolve")
def undo(request: HttpRequest) -> HttpResponse:
    """Lead what `bulk` changed back to how it stood, for ten minutes and for whoever did it."""
    user = person(request)
    try:
        whose, rows = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return HttpResponseBadRequest(_("It is too long ago to undo."))
    if whose != user.pk:
        raise Http404
    states_before = [bulking.Before(**row) for row in rows]
    found = Conversation.objects.visible_to(user).in_bulk([one.pk for one in states_before])
    count = bulking.take_back(found, states_before, by=user)
    words = ngettext("%(n)d conversation as before", "%(n)d conversations as before", count) % {"n": count}
    return _answer(request, words, "")


def _assignee(value: str, found: list[Conversation], user: User) -> User | None:
    """Who is meant, if they may have every one of the conversations. Raises Http404."""
    if not value:
        return None
    people = [{one.pk: one for one in colleagues(conversation, user)} for conversation in found]
    if not value.isdigit() or any(int(value) not in one for one in people):
        raise Http404
    return people[0][int(value)] if people else None


def _answer(request: HttpRequest, words: str, token: str) -> HttpResponse:
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("conversations:list", args=[view_name(request)]), status=303)
    return render(request, "conversations/parts/bulk_toast.html", {"words": words, "token": token})
